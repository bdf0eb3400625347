import { isSchoolDay, type SchoolYearState } from '#commands/school-year/state.ts'
import {
  combinationOf,
  initialTimetable,
  lessonsOn,
  type PlannedLesson,
  substituteOf,
  timetableFold,
  type TimetableState,
} from '#commands/timetable/state.ts'
import {
  type Calendar,
  groupWeeksOf,
  holds,
  type JournalEntry,
  journals,
  timetableChanges,
  units,
  weeksOf,
} from '#projections/school-directory/queries.ts'
import { together } from '#projections/rows.ts'
import type { UnitRow } from '#projections/school-directory/projection.ts'
import { holdingFor, type Learning } from '#values/calendar-for.ts'
import type { SchoolSlug } from '#values/school.ts'
import { addDays, datesBetween, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { calendarOf } from './directory.ts'
import type { Asked } from './view.ts'

/** A lesson that is to be given on a date to a class, with all that departs from the timetable. */
export interface LessonOfClass extends PlannedLesson {
  readonly date: LocalDate
  readonly class: UnitRow
  readonly entry: JournalEntry | undefined
  readonly period: string
  /** Of whoever learns by a plan of his own, apart from what the class has at that time. */
  readonly individual: boolean
  /** Who gives it: whoever an order names, or else its teachers by the load. */
  readonly teachers: readonly Uuid[]
  readonly substitution: boolean
  readonly combination: Uuid | null
}

/** On what lessons are planned: what is known of a year, and the timetable of the dates. */
interface PlanGround {
  readonly calendar: Calendar
  readonly journals: readonly JournalEntry[]
  readonly units: readonly UnitRow[]
  readonly timetable: TimetableState
}

/** The lessons of classes between two dates, both included, by date; a lesson of a group of several classes once for each. */
export async function plannedLessons(
  asked: Asked<unknown>,
  year: number,
  from: LocalDate,
  until: LocalDate,
  classes?: ReadonlySet<Uuid>,
): Promise<LessonOfClass[]> {
  const { school, parts } = asked
  const days = { from, until }
  const ground = {
    calendar: await calendarOf(asked, year),
    journals: await journals(parts.database, school, year),
    units: await units(parts.database, school, year),
    timetable: timetableFrom(await together(parts.database, timetableQuestions(school, year, days, null))),
  }
  return lessonsPlanned(ground, days, classes)
}

/** The same, on what is known of the year and of the timetable of these dates. */
export function lessonsPlanned(
  { calendar, journals, units: all, timetable }: PlanGround,
  { from, until }: { readonly from: LocalDate; readonly until: LocalDate },
  classes?: ReadonlySet<Uuid>,
): LessonOfClass[] {
  const state = schoolYearOf(calendar)
  const known = new Map(journals.map((one) => [one.journal, one]))
  const wanted = all.filter(({ kind, unit }) => kind === 'class' && (classes?.has(unit) ?? true))
  const grades = new Map(all.map(({ unit, grade }) => [unit, grade ?? 0]))
  const individual = new Set<string>(
    all.filter((one) => one.group_kind === 'individual-plan').map(({ unit }) => unit),
  )
  const groups = new Map(all.map(({ unit, classes: from }) => [unit, from]))
  const lessons: LessonOfClass[] = []
  const dates = datesBetween(from, until)
  const learning = (unit: Uuid): Learning => {
    const from = groups.get(unit)?.length ? groups.get(unit)! : [unit]
    return { unit, classes: from.map((id) => ({ id, grade: grades.get(id) ?? 0 })) }
  }
  // A group may have periods of its own, and days of rest and of school.
  const periodsIn = once((unit: Uuid) => holdingFor(calendar.periods, learning(unit)))
  const daysIn = once(
    (unit: Uuid) => new Set(dates.filter((date) => isSchoolDay(state, date, learning(unit)))),
  )
  for (const date of dates) {
    for (const of of wanted) {
      for (const lesson of lessonsOn(timetable, of.unit, date)) {
        const { journal, number } = lesson
        const entry = known.get(journal)
        const unit = entry?.unit ?? of.unit
        if (!daysIn(unit).has(date)) continue
        const period = periodsIn(unit).find((one) => one.from <= date && date <= one.until)
        if (period === undefined) continue
        const combination = combinationOf(timetable, journal, date, number)
        const named = combination?.teacher ?? substituteOf(timetable, journal, date, number)
        const load = entry?.teachers.filter((one) => holds([one], date)).map(({ staff }) => staff) ?? []
        lessons.push({
          ...lesson,
          date,
          class: of,
          entry,
          period: period.period,
          individual: individual.has(entry?.unit ?? ''),
          teachers: named === undefined ? load : [named],
          substitution: named !== undefined && !load.includes(named),
          combination: combination?.combination ?? null,
        })
      }
    }
  }
  return lessons
}

function once<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>()
  return (key) => {
    const value = made.get(key) ?? make(key)
    made.set(key, value)
    return value
  }
}

function schoolYearOf({
  year,
  periods,
  holidays,
  school_days,
  school_weeks,
  bells,
}: Calendar): SchoolYearState {
  return {
    year: { ...year, schoolDays: year.school_days },
    periods,
    holidays,
    schoolDays: school_days,
    weeks: school_weeks.map(({ effective_from, school_days: schoolDays, ...rest }) => ({
      ...rest,
      schoolDays,
      effectiveFrom: effective_from,
    })),
    bells: bells.map(({ effective_from, ...rest }) => ({ ...rest, effectiveFrom: effective_from })),
  } as unknown as SchoolYearState
}

/** The questions of which {@link timetableFrom} makes a timetable. */
type TimetableRows = {
  readonly [Name in keyof ReturnType<typeof timetableQuestions>]: ReadonlyArray<
    NonNullable<ReturnType<typeof timetableQuestions>[Name]['row']>
  >
}

/**
 * What makes the timetable of a year, with what departs from it on the dates between two, and every transfer.
 *
 * @param only whose lessons alone are looked for; null is everybody's
 */
export function timetableQuestions(
  school: SchoolSlug,
  year: number,
  { from, until }: { readonly from: LocalDate; readonly until: LocalDate },
  only: Readonly<Record<'classes' | 'groups' | 'journals', readonly Uuid[]>> | null,
) {
  return {
    weeks: weeksOf(school, year, only && only.classes),
    groupWeeks: groupWeeksOf(school, year, only && only.groups),
    changes: timetableChanges(school, year, only && only.journals, from, until),
  }
}

/** The timetable that follows from what {@link timetableQuestions} found. */
export function timetableFrom({ weeks, groupWeeks, changes }: TimetableRows): TimetableState {
  const state = initialTimetable()
  for (const { class: id, effective_from: effectiveFrom, slots } of weeks) {
    state.weeks.set(id, [...(state.weeks.get(id) ?? []), { effectiveFrom, slots }])
  }
  for (const { group, effective_from: effectiveFrom, classes, slots } of groupWeeks) {
    const known = state.groups.get(group)?.weeks ?? []
    state.groups.set(group, { classes, weeks: [...known, { effectiveFrom, slots }] })
  }
  // The read model keeps what departs from the weeks as it was decided; what comes of it is for the same fold to say.
  for (const { type, data } of changes) timetableFold.on[type](state, { data } as never)
  return state
}

/** Days over which lessons of the timetable are asked for at once. */
const MOST_DAYS = 31

/** The dates of a question, both included: from today, and so many days where no end is named. */
export function plannedDays(
  { input, today }: Asked<{ from?: LocalDate | undefined; until?: LocalDate | undefined }>,
  usual: number,
): { readonly from: LocalDate; readonly until: LocalDate } {
  const from = input.from ?? today
  const until = input.until ?? addDays(from, usual)
  if (until > addDays(from, MOST_DAYS)) {
    throw new ProblemError('malformed-request', {
      fields: [{ field: '/until', problem: `не больше ${MOST_DAYS} дня` }],
    })
  }
  return { from, until }
}
