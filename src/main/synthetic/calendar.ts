import { datesBetween, type LocalDate, LocalTime, TimeZone, addDays, weekday } from '#values/time.ts'
import { type PeriodId, PeriodId as Period } from '#values/school.ts'

export const ZONE = TimeZone.parse('Asia/Tomsk')
export const SCHOOL_DAYS = [1, 2, 3, 4, 5]

/** The week of the first quarter, counted from 0, that the late teacher enters on its Saturday. */
export const LATE_WEEK = 6

interface Span {
  readonly from: LocalDate
  readonly until: LocalDate
}
interface StudyPeriod extends Span {
  readonly period: PeriodId
  readonly name: string
}
interface Holidays extends Span {
  readonly name: string
  readonly grades: number[] | null
}
export interface Bell {
  readonly number: number
  readonly from: LocalTime
  readonly until: LocalTime
}

/** The dates of one school year: made up for demonstration, no official order (DOMAIN.md G.2). */
export interface Calendar extends Span {
  readonly year: number
  readonly quarters: readonly StudyPeriod[]
  readonly halfYears: readonly StudyPeriod[]
  readonly holidays: readonly Holidays[]
  /** The bells of the first grade (35 minutes until the new year), of the second shift and of all others. */
  readonly bells: ReadonlyArray<{
    readonly shift: 'first' | 'second'
    readonly effectiveFrom: LocalDate
    readonly grades: readonly number[]
    readonly bells: readonly Bell[]
  }>
  /** The date of 2025/26 moved into this year with its weekday. */
  moved(date: string): LocalDate
  /** The periods by which a grade is marked: half-years in grades 10 and 11, quarters below. */
  periodsOf(grade: number): readonly StudyPeriod[]
  /** The days on which a grade has lessons, in order. */
  daysOf(grade: number): readonly LocalDate[]
  /** The half of the year: 0 before the winter holidays, 1 after them. */
  halfOf(date: LocalDate): 0 | 1
}

export const FIRST_GRADES = [1]
export const QUARTER_GRADES = [1, 2, 3, 4, 5, 6, 7, 8, 9]
export const HALF_YEAR_GRADES = [10, 11]

/** @param secondShift the grades that learn in the afternoon, whose lessons go on with number 8 */
export function calendarOf(year: number, secondShift: readonly number[] = []): Calendar {
  // A whole number of weeks keeps the weekdays; what would begin in August begins on 1 September.
  const moved = (date: string) => addDays(date as LocalDate, 364 * (year - 2025))
  const span = (from: string, until = from): Span => ({ from: moved(from), until: moved(until) })
  const september = `${year}-09-01` as LocalDate
  const from = moved('2025-09-01') < september ? september : moved('2025-09-01')

  const quarters = [
    quarter(1, 'I', { from, until: moved('2025-10-24') }),
    quarter(2, 'II', span('2025-11-05', '2025-12-30')),
    quarter(3, 'III', span('2026-01-12', '2026-03-27')),
    quarter(4, 'IV', span('2026-04-06', '2026-05-26')),
  ]
  const winter = moved('2026-01-12')
  const halfYears = [
    { period: Period.parse('h1'), name: 'I полугодие', from, until: moved('2025-12-30') },
    { period: Period.parse('h2'), name: 'II полугодие', from: winter, until: moved('2026-05-26') },
  ]
  const holidays = [
    rest('Осенние каникулы', span('2025-10-25', '2025-11-04')),
    rest('Зимние каникулы', span('2025-12-31', '2026-01-11')),
    rest('Дополнительные каникулы первого класса', span('2026-02-16', '2026-02-20'), FIRST_GRADES),
    rest('День защитника Отечества', span('2026-02-23')),
    rest('Международный женский день', span('2026-03-09')),
    rest('Весенние каникулы', span('2026-03-28', '2026-04-05')),
    rest('Праздник Весны и Труда', span('2026-05-01')),
    rest('День Победы', span('2026-05-11')),
  ]
  const until = moved('2026-05-26')
  const weekdays = datesBetween(from, until).filter((date) => SCHOOL_DAYS.includes(weekday(date)))
  const daysOf = (grade: number) =>
    weekdays.filter(
      (date) =>
        !holidays.some(
          (off) =>
            off.from <= date && date <= off.until && (off.grades === null || off.grades.includes(grade)),
        ),
    )
  const days = new Map([...QUARTER_GRADES, ...HALF_YEAR_GRADES].map((grade) => [grade, daysOf(grade)]))
  const others = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].filter((grade) => !secondShift.includes(grade))
  const bells = [
    { shift: 'first' as const, effectiveFrom: from, grades: others, bells: bellsOf(40) },
    { shift: 'first' as const, effectiveFrom: from, grades: FIRST_GRADES, bells: bellsOf(35) },
    { shift: 'first' as const, effectiveFrom: winter, grades: FIRST_GRADES, bells: bellsOf(40) },
    ...(secondShift.length === 0
      ? []
      : [
          {
            shift: 'second' as const,
            effectiveFrom: from,
            grades: secondShift,
            bells: bellsOf(40, AFTERNOON),
          },
        ]),
  ]
  return {
    year,
    from,
    until,
    quarters,
    halfYears,
    holidays,
    bells,
    moved,
    periodsOf: (grade) => (HALF_YEAR_GRADES.includes(grade) ? halfYears : quarters),
    daysOf: (grade) => days.get(grade) ?? [],
    halfOf: (date) => (date < winter ? 0 : 1),
  }
}

const BEGINNINGS = ['08:30', '09:20', '10:20', '11:20', '12:10', '13:00', '13:50', '14:40']
/** The second shift begins so many minutes after the first: at 14:00. */
const AFTERNOON = 330
/** How many lessons a shift may have; so many stand before the first one of the second shift. */
export const LESSONS_OF_SHIFT = 7

/** Lesson 8 of the first shift is for electives; in the afternoon they would come too late. */
function bellsOf(minutes: number, later = 0): Bell[] {
  const [before, lessons] = later === 0 ? [0, LESSONS_OF_SHIFT + 1] : [LESSONS_OF_SHIFT, LESSONS_OF_SHIFT]
  return BEGINNINGS.slice(0, lessons).map((from, i) => ({
    number: before + i + 1,
    from: LocalTime.parse(clock(minutesOf(from) + later)),
    until: LocalTime.parse(clock(minutesOf(from) + later + minutes)),
  }))
}

/** Minutes after midnight of a time `HH:MM`. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

function quarter(number: number, name: string, bounds: Span): StudyPeriod {
  return { period: Period.parse(`q${number}`), name: `${name} четверть`, ...bounds }
}

function rest(name: string, bounds: Span, grades: number[] | null = null): Holidays {
  return { name, grades, ...bounds }
}
