import { classesOf, learningOf, isMember, membershipsOf } from '#commands/roster/state.ts'
import { lastSchoolDay, periodOf, WHOLE_YEAR } from '#commands/school-year/state.ts'
import { type JournalState, teachersOf } from '#commands/teaching-load/state.ts'
import { openFinals, summaryPostponements } from '#projections/summary-sheet/queries.ts'
import { addDays, endOfDay, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Asked } from '../view.ts'
import { type Duty, type DutyGround, NOTHING_MORE, stillResponsible } from './duty.ts'

/** Days before the last school day from which finals are set. */
const WEEK_BEFORE = 6

/**
 * The finals that are missing, from the last week of a period on: one duty for a journal and period, and one of
 * its own for the pupils whose postponement ends on another day (R-5.5b). Where none is missing any more, closing the page
 * is proposed from the last school day on.
 */
export async function dutiesOfFinals(asked: Asked<unknown>, ground: DutyGround): Promise<Duty[]> {
  const { school, parts } = asked
  const { references, today, journals, zone } = ground
  const ending = [...references.teachingLoad.journals].flatMap(([journal, known]) => {
    if (journals?.has(journal) === false || (known.type !== 'lesson' && known.grading === 'none')) return []
    return endsOf(ground, journal, known)
      .filter(({ lastDay }) => addDays(lastDay, -WEEK_BEFORE) <= today)
      .map((end) => ({ journal, known, ...end }))
  })
  if (ending.length === 0) return []
  const ids = [...new Set(ending.map(({ journal }) => journal))]
  // A closed page has every final that it must have, but those that are postponed.
  const pages = new Map(
    (await openFinals(parts.database, school, ids)).map((page) => [`${page.journal} ${page.period}`, page]),
  )
  const postponed = new Map(
    (await summaryPostponements(parts.database, school, ids)).map((one) => [
      `${one.journal} ${one.period} ${one.pupil}`,
      one.until,
    ]),
  )
  return ending.flatMap(({ journal, known, period, lastDay }): Duty[] => {
    const page = pages.get(`${journal} ${period}`)
    const set = new Set(page?.pupils)
    const members = membershipsOf(references.roster, known.learners)
    const here = [...new Set(members.map(({ pupil }) => pupil))].filter((pupil) =>
      isMember(members, pupil, lastDay),
    )
    const until = (pupil: Uuid): LocalDate | undefined => postponed.get(`${journal} ${period} ${pupil}`)
    const missing = here.filter(
      (pupil) => !set.has(pupil) && (page?.closed !== true || until(pupil) !== undefined),
    )
    const responsible = stillResponsible(
      ground,
      teachersOf(references.teachingLoad, journal, lastDay),
      journal,
    )
    const of = { ...NOTHING_MORE, journal, period, responsible }
    const finals = [...Map.groupBy(missing, (pupil) => until(pupil) ?? lastDay)].map(
      ([date, pupils]): Duty => ({ ...of, duty: 'finals', dueAt: endOfDay(date, zone), date, pupils }),
    )
    const hinders = missing.some((pupil) => (until(pupil) ?? '') < today)
    const closes = page?.closed === false && lastDay <= today && !hinders
    return closes ? [...finals, { ...of, duty: 'closing', dueAt: null, date: lastDay }] : finals
  })
}

/**
 * The periods in which a journal has lessons by the timetable, the whole year among them, with the last day on which those
 * who learn there have school.
 */
function endsOf(
  { references: { schoolYear, roster, timetable }, pilot }: DutyGround,
  journal: Uuid,
  { learners }: JournalState,
): Array<{ period: string; lastDay: LocalDate }> {
  const learning = learningOf(roster, learners)
  if (schoolYear.year === null || learning.classes.length === 0) return []
  const names = new Set(schoolYear.periods.map(({ period }) => period))
  const spans = [...names].flatMap((period) => periodOf(schoolYear, period, learning) ?? [])
  const year = names.has(WHOLE_YEAR) ? [] : [{ ...schoolYear.year, period: WHOLE_YEAR }]
  const classes = classesOf(roster, learners)
  const isTaught = (span: { readonly from: LocalDate; readonly until: LocalDate }): boolean =>
    classes.some((id) => hasLessons(timetable, id, journal, span))
  return [...spans, ...year]
    .filter(isTaught)
    .map((span) => ({ period: span.period, lastDay: lastSchoolDay(schoolYear, span, learning) }))
    .filter(({ lastDay }) => !classes.every((id) => pilot(id, lastDay)))
}

/** Whether a week that is in force on some day of a span has a lesson of the journal. */
function hasLessons(
  { weeks }: DutyGround['references']['timetable'],
  of: Uuid,
  journal: Uuid,
  { from, until }: { readonly from: LocalDate; readonly until: LocalDate },
): boolean {
  const own = (weeks.get(of) ?? []).toSorted((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1))
  return own.some(({ effectiveFrom, slots }, i) => {
    const next = own[i + 1]?.effectiveFrom
    const inForce = effectiveFrom <= until && (next === undefined || from < next)
    return inForce && slots.some((slot) => slot.journal === journal)
  })
}
