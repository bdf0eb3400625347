import { z } from 'zod'
import { finalKey, type JournalPageState, journalPageFold } from '#commands/journal-page/state.ts'
import {
  creditKey,
  isAttestedByProtocol,
  isMember,
  type LearnersOf,
  membershipsOf,
} from '#commands/roster/state.ts'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import type { FinalKind } from '#events/journal-page.ts'
import { streamName } from '#events/stream-name.ts'
import {
  holds,
  type JournalEntry,
  journals as journalsOfYear,
  learningIn,
  members,
  type PeriodEntry,
  periods,
  unit as unitNamed,
  units,
} from '#projections/school-directory/queries.ts'
import {
  decisionsOf,
  finalsOfPupil,
  postponementsOfPupil,
  summaryFinals,
  summaryPages,
  summaryPostponements,
} from '#projections/summary-sheet/queries.ts'
import { holdingFor } from '#values/calendar-for.ts'
import { assessmentMarks } from '#projections/class-journal/queries.ts'
import { policyOn } from '#commands/policy/state.ts'
import { rulesOfType } from '#values/policy.ts'
import type { LocalDate } from '#values/time.ts'
import { pageId, PeriodId, SchoolYear } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { besideFinals } from './beside-finals.ts'
import { namesOf } from './names.ts'
import { pagesOfPupil, pagesOfUnits } from './past-pages.ts'
import { groundOf, lastDayOf, shownClosing, shownPostponements } from './period-end.ts'
import { PupilFinalsReply, SummaryCheckReply, SummaryReply } from './replies.ts'
import {
  classesSeenIn,
  mayReadDiary,
  mayReadSummary,
  mustKnowPupil,
  pupilsOfClasses,
  taughtAmong,
} from './rights.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'Сводная ведомость'

interface OfUnit {
  readonly unit: Uuid
  readonly period?: PeriodId | undefined
}
const ofUnit = { unit: Uuid, period: PeriodId.optional().describe('Без него — все периоды года') }

/** The summary sheet of a class, a group, a stream or an individual plan (R-2.14a, R-A1.5): it is read, never written. */
export const summarySheet = defineView({
  name: 'summary-sheet',
  path: 'summaries/:unit',
  summary: 'Сводная ведомость класса, группы, потока или индивидуального плана; учителю — его предметы',
  tag,
  operation: '32',
  input: z.strictObject(ofUnit),
  reply: SummaryReply,
  past: async (asked) => pagesOfUnits(asked, unitsOf(await sheetOf(asked))),
  may: mayReadUnitSummary,
  async answer(asked) {
    const { journals, classes } = await sheetSeenBy(asked)
    const pupils = classes === null ? null : await pupilsOfClasses(asked, classes)
    return { body: await sheetCutTo(asked, journals, pupils) }
  },
})

/** What of a sheet this person sees: the columns of these journals, the rows of these classes; null is everything. */
export async function sheetSeenBy(asked: Asked<OfUnit>): Promise<{
  readonly journals: readonly Uuid[] | null
  readonly classes: readonly Uuid[] | null
}> {
  const { unit, year, journals } = await sheetOf(asked)
  const ids = journals.map(({ journal }) => journal)
  const partly = asked.actor.role === 'teacher' || asked.actor.role === 'deputy'
  const taught = partly ? await taughtAmong(asked, ids, year) : ids
  const of =
    unit.kind === 'class'
      ? ({ kind: 'class', class: unit.unit } as const)
      : ({ kind: 'group', group: unit.unit } as const)
  return {
    journals: taught.length === ids.length ? null : taught,
    classes: await classesSeenIn(asked, of, year),
  }
}

/** A summary sheet with the columns of some journals and the rows of some pupils; null is all of them. */
export async function sheetCutTo(
  asked: Asked<OfUnit>,
  only: readonly Uuid[] | null,
  seen: ReadonlySet<Uuid> | null,
) {
  const { school, parts, today, input } = asked
  const sheet = await sheetOf(asked)
  const { unit, year } = sheet
  const taught = sheet.journals.map(({ journal }) => journal).filter((id) => only?.includes(id) ?? true)
  const journals = sheet.journals.filter(({ journal }) => taught.includes(journal))
  const here = (await members(parts.database, school, unit.unit)).filter(
    ({ pupil }) => seen === null || seen.has(pupil),
  )
  const known = new Set(here.map(({ pupil }) => pupil))
  const inSheet = ({ journal, period }: { journal: Uuid; period: string }) => {
    const [of, during] = [
      journals.find((one) => one.journal === journal),
      sheet.periods.find((one) => one.period === period),
    ]
    return of !== undefined && during !== undefined && sheet.includes(of, during)
  }
  const ground = await groundOf(asked, year)
  const shows = (one: { journal: Uuid; period: string; pupil: Uuid }) => inSheet(one) && known.has(one.pupil)
  const finals = (await summaryFinals(parts.database, school, taught)).filter(shows)
  const postponed = (await summaryPostponements(parts.database, school, taught)).filter(shows)
  const postponements = shownPostponements(postponed, finals, today)
  const assessments = (await assessmentMarks(parts.database, school, taught))
    .filter(shows)
    .filter(({ kind, date }) =>
      policyOn(ground.policy, date)?.assessmentsInSummary.some((one) => one === kind),
    )
  const pages = (await summaryPages(parts.database, school, taught)).filter(inSheet)
  const now = parts.execution.clock()

  const set = new Set(finals.map(({ journal, period, pupil, kind }) => keyOf(journal, period, pupil, kind)))
  const waiting = new Set(
    postponements
      .filter(({ resolved, expired }) => !resolved && !expired)
      .map(({ journal, period, pupil }) => keyOf(journal, period, pupil, null)),
  )
  const missing = pages.flatMap(({ journal, period }) => {
    const of = journals.find((one) => one.journal === journal)!
    const learners = learnersOf(of)
    const lastDay = lastDayOf(ground, period, learners)
    if (lastDay === undefined || today <= lastDay) return []
    const rules = policyOn(ground.policy, lastDay)
    const marks = of.grading !== 'none' && (rules === undefined || rulesOfType(rules, of.type).marks)
    if (of.type !== 'lesson' && !marks) return []
    const everybody = membershipsOf(ground.roster, learners)
    const kind = period === WHOLE_YEAR ? 'year' : 'period'
    return [...known]
      .filter(
        (pupil) =>
          isMember(everybody, pupil, lastDay) &&
          shows({ journal, period, pupil }) &&
          !isAttestedByProtocol(ground.roster, pupil, lastDay) &&
          !ground.roster.credits.has(creditKey({ pupil, year, subject: of.subject, period })),
      )
      .filter(
        (pupil) =>
          !set.has(keyOf(journal, period, pupil, kind)) && !waiting.has(keyOf(journal, period, pupil, null)),
      )
      .map((pupil) => ({ journal, period, pupil }))
  })

  const classes = unit.kind === 'class' ? [unit.unit] : unit.classes
  const decisions = await decisionsOf(parts.database, school, classes)
  const decided = new Map(
    decisions.map(({ pupil, decision, order_number, order_date }) => [
      pupil,
      { decision, order_number, order_date },
    ]),
  )
  const name = await namesOf(asked, known)
  const pupils = here
    .map(({ pupil, spans }) => ({
      pupil,
      name: name(pupil),
      spans,
      now: holds(spans, today),
      decision: decided.get(pupil) ?? null,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'ru'))
  return {
    unit: unit.unit,
    kind: unit.kind,
    group_kind: unit.group_kind,
    name: unit.name,
    year,
    periods: sheet.periods,
    pupils,
    journals: journals.map(({ journal, name, subject, subject_name, unit, unit_name, type, grading }) => ({
      journal,
      name,
      subject,
      subject_name,
      unit,
      unit_name,
      type,
      grading,
      pages: pages
        .filter((page) => page.journal === journal)
        .filter(({ period }) => input.period === undefined || period === input.period)
        .map((page) => ({ page: page.page, period: page.period, ...shownClosing(page, now) })),
    })),
    finals,
    postponements,
    assessments,
    missing,
    ...(await besideFinals(
      asked,
      [...known],
      year,
      only === null ? null : new Set(journals.map(({ subject }) => subject)),
    )),
  }
}

/**
 * Compares the journals, folded from the record itself, with the summary sheet (R-5.5c). A page whose last entries
 * the sheet has not yet seen is named as such instead of being compared.
 */
export const summaryCheck = defineView({
  name: 'summary-check',
  path: 'summaries/:unit/check',
  summary: 'Сверка журналов со сводной ведомостью: расхождения',
  tag,
  operation: '32a',
  input: z.strictObject(ofUnit),
  reply: SummaryCheckReply,
  async answer(asked) {
    const { school, parts } = asked
    const sheet = await sheetOf(asked)
    const ids = sheet.journals.map(({ journal }) => journal)
    const finals = await summaryFinals(parts.database, school, ids)
    const postponements = await summaryPostponements(parts.database, school, ids)
    const pages = new Map(
      (await summaryPages(parts.database, school, ids)).map((page) => [page.page as string, page]),
    )
    const behind: Uuid[] = []
    const differences: Difference[] = []
    let compared = 0
    for (const of of sheet.journals) {
      const { journal } = of
      for (const { period } of sheet.periods.filter((one) => sheet.includes(of, one))) {
        const id = pageId(journal, PeriodId.parse(period))
        const page = pages.get(id)
        const stream = streamName(school, 'journalPage', id)
        const { state, revision } = await parts.execution.streams.load(journalPageFold, stream)
        if (state.page === null && page === undefined) continue
        if (page !== undefined && page.revision < Number(revision)) {
          behind.push(id)
          continue
        }
        compared += 1
        const here = <Of extends { journal: Uuid; period: string }>(all: readonly Of[]) =>
          all.filter((one) => one.journal === journal && one.period === period)
        const found = compare(state, {
          finals: here(finals),
          postponements: here(postponements),
          closedAt: page?.closed_at ?? null,
        })
        differences.push(...found.map((one) => ({ journal, period, ...one })))
      }
    }
    return { body: { unit: sheet.unit.unit, pages: compared, behind, differences } }
  },
})

/** The finals of one pupil, for the family: what the diary shows beside the lessons. */
export const pupilFinals = defineView({
  name: 'pupil-finals',
  path: 'pupils/:pupil/finals',
  summary: 'Итоговые отметки обучающегося за учебный год',
  tag: 'Дневник',
  operation: '10',
  exchange: 'diary',
  input: z.strictObject({ pupil: Uuid, year: z.coerce.number().pipe(SchoolYear) }),
  reply: PupilFinalsReply,
  past: pagesOfPupil,
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { school, parts, today, input } = asked
    const { pupil, year } = input
    await mustKnowPupil(asked, pupil)
    const subjects = new Map(
      (await journalsOfYear(parts.database, school, year)).map(({ journal, subject_name }) => [
        journal,
        subject_name,
      ]),
    )
    const finals = await finalsOfPupil(parts.database, school, pupil, year)
    const postponed = await postponementsOfPupil(parts.database, school, pupil, year)
    const name = await namesOf(asked, [pupil])
    return {
      body: {
        pupil,
        name: name(pupil),
        year,
        finals: finals.map((final) => ({ ...final, subject: subjects.get(final.journal) ?? null })),
        postponements: shownPostponements(postponed, finals, today),
        ...(await besideFinals(asked, [pupil], year, null)),
      },
    }
  },
})

export async function mayReadUnitSummary(asked: Asked<OfUnit>) {
  const { unit, journals, year } = await sheetOf(asked)
  return mayReadSummary(
    asked,
    unit.unit,
    journals.map(({ journal }) => journal),
    year,
  )
}

/** What a summary sheet is made for: a unit with its journals and periods. */
export async function sheetOf({ school, parts, input, today }: Asked<OfUnit>) {
  const { database } = parts
  const unit = await unitNamed(database, school, input.unit)
  if (unit === undefined) throw new ProblemError('class-unknown', { unit: input.unit })
  const all = await units(database, school, unit.year)
  const groups =
    unit.kind === 'class'
      ? all.filter(({ classes }) => classes.includes(unit.unit)).map((one) => one.unit)
      : unit.group_kind === 'individual-plan'
        ? await groupsOfPlan(database, school, unit.unit, all)
        : []
  const own = new Set([unit.unit, ...groups])
  const ofUnits = (await journalsOfYear(database, school, unit.year)).filter((one) => own.has(one.unit))
  const grades = all
    .filter((one) => one.kind === 'class' && (one.unit === unit.unit || unit.classes.includes(one.unit)))
    .map(({ grade }) => grade)
  const planned = holdingFor(
    await periods(database, school, unit.year),
    await learningIn(database, school, unit.year, unit.unit),
  )
  const { calendar, policy } = await groundOf({ school, parts } as Asked<unknown>, unit.year)
  const ofYear =
    calendar.year === null || planned.some(({ period }) => period === WHOLE_YEAR)
      ? []
      : [{ period: WHOLE_YEAR, name: 'Год', from: calendar.year.from, until: calendar.year.until }]
  const shown = [...planned.map(named), ...ofYear].filter(
    ({ period }) => input.period === undefined || period === input.period,
  )
  if (shown.length === 0) throw new ProblemError('period-unknown', { period: input.period, grades })
  /** By the rules of the school on the last day of the period, or today where that is to come (R-A4.3). */
  const includes = ({ type }: Pick<JournalEntry, 'type'>, { until }: { readonly until: LocalDate }) => {
    const rules = policyOn(policy, until < today ? until : today)
    return rules === undefined ? type === 'lesson' : rulesOfType(rules, type).summary
  }
  const journals = ofUnits.filter((journal) => shown.some((period) => includes(journal, period)))
  return { unit, year: unit.year, journals, periods: shown, includes }
}

/** Whose journals the sheet shows. */
const unitsOf = ({ journals }: Awaited<ReturnType<typeof sheetOf>>): Uuid[] => [
  ...new Set(journals.map(({ unit }) => unit)),
]

const named = ({ period, name, from, until }: PeriodEntry) => ({ period, name, from, until })

/** A pupil with a plan of his own learns in its group, and in the others to which he belongs: streams, electives. */
async function groupsOfPlan(
  database: Parameters<typeof members>[0],
  school: Asked<unknown>['school'],
  plan: Uuid,
  all: Awaited<ReturnType<typeof units>>,
): Promise<Uuid[]> {
  const pupils = new Set((await members(database, school, plan)).map(({ pupil }) => pupil))
  const groups: Uuid[] = []
  for (const { unit, kind } of all) {
    if (kind !== 'group') continue
    const there = await members(database, school, unit)
    if (there.some(({ pupil }) => pupils.has(pupil))) groups.push(unit)
  }
  return groups
}

export function learnersOf({ unit, unit_kind }: JournalEntry): LearnersOf {
  return unit_kind === 'group' ? { kind: 'group', group: unit } : { kind: 'class', class: unit }
}

function keyOf(journal: Uuid, period: string, pupil: Uuid, kind: FinalKind | null): string {
  return `${journal} ${period} ${pupil} ${kind ?? ''}`
}

interface Difference {
  readonly journal: Uuid
  readonly period: string
  readonly what: 'final' | 'postponement' | 'closing'
  readonly pupil: Uuid | null
  readonly kind: FinalKind | null
  readonly journal_says: unknown
  readonly summary_says: unknown
}

interface SheetOfPage {
  readonly finals: ReadonlyArray<{ pupil: Uuid; kind: FinalKind; value: unknown; version: number }>
  readonly postponements: ReadonlyArray<{ pupil: Uuid; until: string }>
  readonly closedAt: string | null
}

function said(of: { readonly value: unknown; readonly version: number } | undefined) {
  return of === undefined ? null : { value: of.value, version: of.version }
}

/** What of a page the journal and the summary tell differently. */
function compare(
  { finals, postponements, closing }: Readonly<JournalPageState>,
  sheet: SheetOfPage,
): Array<Omit<Difference, 'journal' | 'period'>> {
  const differences: Array<Omit<Difference, 'journal' | 'period'>> = []
  const differ = (of: Pick<Difference, 'what' | 'pupil' | 'kind'>, journal: unknown, summary: unknown) => {
    if (JSON.stringify(journal) === JSON.stringify(summary)) return
    differences.push({ ...of, journal_says: journal, summary_says: summary })
  }
  const shown = new Map(sheet.finals.map((final) => [finalKey(final.pupil, final.kind), final]))
  for (const [key, { pupil, kind }] of new Map([...shown, ...finals])) {
    const [there, here] = [finals.get(key), shown.get(key)]
    differ({ what: 'final', pupil, kind }, said(there), said(here))
  }
  const until = new Map(sheet.postponements.map((one) => [one.pupil, one.until]))
  for (const pupil of new Set([...until.keys(), ...postponements.keys()])) {
    const of = { what: 'postponement', pupil, kind: null } as const
    differ(of, postponements.get(pupil) ?? null, until.get(pupil) ?? null)
  }
  differ({ what: 'closing', pupil: null, kind: null }, closing?.at ?? null, sheet.closedAt)
  return differences
}
