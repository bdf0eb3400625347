import type { SchoolYearEvent } from '#events/school-year.ts'
import { holdingFor, keyOf, type KeptFor, type Learning } from '#values/calendar-for.ts'
import { PeriodId, type SchoolYear } from '#values/school.ts'
import { addDays, type Instant, instantAt, type LocalDate, TimeZone, weekday } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

/** The zone of a school that names none, and of what is decided where no school year is at hand. */
export const DEFAULT_ZONE = TimeZone.parse('Asia/Tomsk')

export interface Period extends KeptFor {
  readonly period: PeriodId
  readonly from: LocalDate
  readonly until: LocalDate
  /** Its bounds are not those of the beginning, so that lessons may stand on the page of another period. */
  readonly moved: boolean
}

interface Bells extends KeptFor {
  readonly shift: string
  readonly effectiveFrom: LocalDate
  readonly bells: ReadonlyArray<{ number: number; from: string; until: string }>
}

/** For whom a day of rest or of school is: the whole school (null), some grades, or units apart from their grades. */
interface ForSome {
  readonly grades: readonly number[] | null
  readonly units: readonly Uuid[]
}

interface SchoolWeek extends KeptFor {
  readonly effectiveFrom: LocalDate
  readonly schoolDays: readonly number[]
}

export interface SchoolYearState {
  year: {
    readonly year: SchoolYear
    readonly from: LocalDate
    readonly until: LocalDate
    readonly zone: TimeZone
    readonly schoolDays: readonly number[]
  } | null
  periods: Period[]
  holidays: Array<{ from: LocalDate; until: LocalDate } & ForSome>
  bells: Bells[]
  /** Days with school beside those of the week, also within holidays. */
  schoolDays: Array<{ date: LocalDate } & ForSome>
  /** The school days of the week where they are not those of the year. */
  weeks: SchoolWeek[]
  /** The sections of which the school has none this year. */
  readonly empty: Set<string>
}

export const schoolYearFold: Fold<SchoolYearState, SchoolYearEvent> = {
  category: 'schoolYear',
  initial: () => ({
    year: null,
    periods: [],
    holidays: [],
    bells: [],
    schoolDays: [],
    weeks: [],
    empty: new Set(),
  }),
  on: {
    SchoolYearOpened: (state, { data }) => {
      state.year = data
    },
    PeriodsPlanned: (state, { data }) => {
      const { grades, units } = data
      // Units had the periods of their grades before, and may have lessons.
      for (const period of data.periods)
        state.periods.push({ ...period, grades, units, moved: units.length > 0 })
    },
    PeriodMoved: (state, { data }) => {
      const { period, from, until } = data
      const key = keyOf(data)
      state.periods = state.periods.map((known) =>
        known.period === period && keyOf(known) === key ? { ...known, from, until, moved: true } : known,
      )
    },
    SchoolDayAdded: (state, { data }) => {
      state.schoolDays.push(data)
    },
    HolidaysPlanned: (state, { data }) => {
      state.holidays.push(...data.holidays)
    },
    SchoolWeekSet: (state, { data }) => {
      state.weeks.push(data)
    },
    SectionDeclaredEmpty: (state, { data }) => {
      state.empty.add(data.section)
    },
    BellsScheduled: (state, { data }) => {
      state.bells.push(data)
    },
  },
}

/** The periods of whoever learns together. */
export function periodsFor(state: Readonly<SchoolYearState>, learning: Learning): readonly Period[] {
  return holdingFor(state.periods, learning)
}

/** A period of whoever learns together; undefined where they do not all have it. */
export function periodOf(
  state: Readonly<SchoolYearState>,
  period: PeriodId,
  learning: Learning,
): Readonly<Period> | undefined {
  return periodsFor(state, learning).find((known) => known.period === period)
}

/** The period that every grade has beside those that are planned: its page holds the marks of the year (C.4). */
export const WHOLE_YEAR = PeriodId.parse('year')

/** The bounds of what a page is kept for: a planned period, or the whole year. */
export function spanOfPage(
  state: Readonly<SchoolYearState>,
  period: PeriodId,
  learning: Learning,
): Readonly<Pick<Period, 'from' | 'until'>> | undefined {
  const planned = periodOf(state, period, learning)
  return planned ?? (period === WHOLE_YEAR ? (state.year ?? undefined) : undefined)
}

/** The last day between two dates on which whoever learns together has lessons; the last date where there is none. */
export function lastSchoolDay(
  state: Readonly<SchoolYearState>,
  { from, until }: Pick<Period, 'from' | 'until'>,
  learning: Learning,
): LocalDate {
  for (let date = until; date >= from; date = addDays(date, -1)) {
    if (isSchoolDay(state, date, learning)) return date
  }
  return until
}

/** The period in which a date lies for whoever learns together; undefined in the holidays and outside the year. */
export function periodOn(
  state: Readonly<SchoolYearState>,
  date: LocalDate,
  learning: Learning,
): Readonly<Period> | undefined {
  return periodsFor(state, learning).find(({ from, until }) => from <= date && date <= until)
}

/**
 * Whether whoever learns together has lessons on `date`. What is said of the group or class itself goes before what is said
 * of its classes, that before what is said of a grade or the whole school, and all of it before the week. A group of several
 * classes has school when all of them have, unless something is said of the group.
 */
export function isSchoolDay(
  state: Readonly<SchoolYearState>,
  date: LocalDate,
  { unit, classes }: Learning,
): boolean {
  const own = saidOf(state, date, ({ units }) => units.includes(unit))
  if (own !== undefined) return own
  // Whoever has no class here has the days of the whole school.
  const each = classes.length > 0 ? classes : [{ id: unit, grade: NO_GRADE }]
  return each.every(
    (of) =>
      saidOf(state, date, ({ units }) => units.includes(of.id)) ??
      saidOf(state, date, (some) => isForGrade(some, of.grade)) ??
      schoolDaysFor(state, date, { unit, classes: [of] }).includes(weekday(date)),
  )
}

const NO_GRADE = 0

/** Whether a date is said to be a day with school or one of rest for those who are meant; undefined where nothing is said. */
function saidOf(
  { schoolDays, holidays }: Readonly<SchoolYearState>,
  date: LocalDate,
  isMeant: (some: ForSome) => boolean,
): boolean | undefined {
  if (schoolDays.some((day) => day.date === date && isMeant(day))) return true
  if (holidays.some((rest) => rest.from <= date && date <= rest.until && isMeant(rest))) return false
  return undefined
}

function isForGrade({ grades, units }: ForSome, grade: number): boolean {
  return units.length === 0 && (grades === null || grades.includes(grade))
}

/** The days of the week with school that are in force on a date. Of two weeks of one date the later recorded one holds. */
function schoolDaysFor(
  { year, weeks }: Readonly<SchoolYearState>,
  date: LocalDate,
  learning: Learning,
): readonly number[] {
  if (year === null) return []
  if (weeks.length === 0) return year.schoolDays
  const begun = weeks.filter(({ effectiveFrom }) => effectiveFrom <= date)
  const inForce = latest(holdingFor(begun, learning))
  return inForce?.schoolDays ?? year.schoolDays
}

function latest<Of extends { readonly effectiveFrom: LocalDate }>(all: readonly Of[]): Of | undefined {
  return all.toSorted((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom)).at(-1)
}

/**
 * When a lesson ends for whoever learns together, by the bells in force on its date (R-7A.6a); null where no bell is set
 * for it. Of two schedules of one date the one recorded later is in force, so that a mistaken one can be set right.
 */
export function lessonEnd(
  state: Readonly<SchoolYearState>,
  date: LocalDate,
  number: number,
  learning: Learning,
): Instant | null {
  const begun = state.bells.filter(({ effectiveFrom }) => effectiveFrom <= date)
  const inForce = latest(holdingFor(begun, learning))
  const bell = inForce?.bells.find((bell) => bell.number === number)
  return bell === undefined || state.year === null ? null : instantAt(date, bell.until, state.year.zone)
}
