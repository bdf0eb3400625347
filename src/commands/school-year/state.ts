import type { SchoolYearEvent } from '#events/school-year.ts'
import { PeriodId, type SchoolYear } from '#values/school.ts'
import { addDays, type Instant, instantAt, type LocalDate, TimeZone, weekday } from '#values/time.ts'
import type { Fold } from '../fold.ts'

/** The zone of a school that names none, and of what is decided where no school year is at hand. */
export const DEFAULT_ZONE = TimeZone.parse('Asia/Tomsk')

interface Period {
  readonly period: PeriodId
  readonly from: LocalDate
  readonly until: LocalDate
  readonly grades: readonly number[]
}

interface Bells {
  readonly shift: string
  readonly effectiveFrom: LocalDate
  readonly grades: readonly number[]
  readonly bells: ReadonlyArray<{ number: number; from: string; until: string }>
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
  holidays: Array<{ from: LocalDate; until: LocalDate; grades: readonly number[] | null }>
  bells: Bells[]
  /** Days with school beside those of the week, also within holidays. */
  schoolDays: Array<{ date: LocalDate; grades: readonly number[] | null }>
  /** The sections of which the school has none this year. */
  readonly empty: Set<string>
}

export const schoolYearFold: Fold<SchoolYearState, SchoolYearEvent> = {
  category: 'schoolYear',
  initial: () => ({ year: null, periods: [], holidays: [], bells: [], schoolDays: [], empty: new Set() }),
  on: {
    SchoolYearOpened: (state, { data }) => {
      state.year = data
    },
    PeriodsPlanned: (state, { data }) => {
      for (const period of data.periods) state.periods.push({ ...period, grades: data.grades })
    },
    PeriodMoved: (state, { data: { period, grades, from, until } }) => {
      const key = keyOf(grades)
      state.periods = state.periods.map((known) =>
        known.period === period && keyOf(known.grades) === key ? { ...known, from, until } : known,
      )
    },
    SchoolDayAdded: (state, { data }) => {
      state.schoolDays.push(data)
    },
    HolidaysPlanned: (state, { data }) => {
      state.holidays.push(...data.holidays)
    },
    SectionDeclaredEmpty: (state, { data }) => {
      state.empty.add(data.section)
    },
    BellsScheduled: (state, { data }) => {
      state.bells.push(data)
    },
  },
}

/** Grades as one word, whatever their order. */
export function keyOf(grades: readonly number[]): string {
  return grades.toSorted((a, b) => a - b).join()
}

/** The bounds of a period for the grades that learn together; undefined where they do not all have it. */
export function periodOf(
  state: Readonly<SchoolYearState>,
  period: PeriodId,
  grades: readonly number[],
): Readonly<Period> | undefined {
  return state.periods.find(
    (known) => known.period === period && grades.every((grade) => known.grades.includes(grade)),
  )
}

/** The period that every grade has beside those that are planned: its page holds the marks of the year (C.4). */
export const WHOLE_YEAR = PeriodId.parse('year')

/** The bounds of what a page is kept for: a planned period, or the whole year. */
export function spanOfPage(
  state: Readonly<SchoolYearState>,
  period: PeriodId,
  grades: readonly number[],
): Readonly<Pick<Period, 'from' | 'until'>> | undefined {
  const planned = periodOf(state, period, grades)
  return planned ?? (period === WHOLE_YEAR ? (state.year ?? undefined) : undefined)
}

/** The last day between two dates on which these grades have lessons; the last date where they have none. */
export function lastSchoolDay(
  state: Readonly<SchoolYearState>,
  { from, until }: Pick<Period, 'from' | 'until'>,
  grades: readonly number[],
): LocalDate {
  for (let date = until; date >= from; date = addDays(date, -1)) {
    if (isSchoolDay(state, date, grades)) return date
  }
  return until
}

/** The period in which a date lies for the grades that learn together; undefined in the holidays and outside the year. */
export function periodOn(
  state: Readonly<SchoolYearState>,
  date: LocalDate,
  grades: readonly number[],
): Readonly<Period> | undefined {
  return state.periods.find(
    ({ from, until, grades: of }) =>
      from <= date && date <= until && grades.every((grade) => of.includes(grade)),
  )
}

/** Whether these grades have lessons on `date`: a school day of the week outside their holidays. */
export function isSchoolDay(
  state: Readonly<SchoolYearState>,
  date: LocalDate,
  grades: readonly number[],
): boolean {
  const added = state.schoolDays.some(
    (day) =>
      day.date === date && (day.grades === null || grades.some((grade) => day.grades!.includes(grade))),
  )
  if (added) return true
  if (!state.year?.schoolDays.includes(weekday(date))) return false
  return !state.holidays.some(
    (rest) =>
      rest.from <= date &&
      date <= rest.until &&
      (rest.grades === null || grades.some((g) => rest.grades!.includes(g))),
  )
}

/**
 * When a lesson ends for a grade by the bells in force on its date; null where no bell is set for it. Of two
 * schedules of one date the one recorded later is in force, so that a mistaken one can be set right.
 */
export function lessonEnd(
  state: Readonly<SchoolYearState>,
  date: LocalDate,
  number: number,
  grade: number,
): Instant | null {
  const inForce = state.bells
    .filter((bells) => bells.effectiveFrom <= date && bells.grades.includes(grade))
    .toSorted((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom))
    .at(-1)
  const bell = inForce?.bells.find((bell) => bell.number === number)
  return bell === undefined || state.year === null ? null : instantAt(date, bell.until, state.year.zone)
}
