import { describe, expect, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { evolve } from '#commands/fold.ts'
import { setSchoolWeek } from '#commands/school-year/set-school-week.ts'
import { isSchoolDay, lastSchoolDay, schoolYearFold } from '#commands/school-year/state.ts'
import type { SchoolYearEvent } from '#events/school-year.ts'
import type { Learning } from '#values/calendar-for.ts'
import { given } from '#support/spec.ts'
import {
  ALGEBRA,
  CLASS_7A,
  CLASS_7B,
  date,
  deputy,
  GROUP_ENGLISH,
  mathematician,
  PAGE,
  pageOpened,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'

const now = '2026-11-06T03:00:00.000Z'
const as = deputy
const SIX = [1, 2, 3, 4, 5, 6]
const week = { year: YEAR, effectiveFrom: '2026-11-02', schoolDays: SIX }

describe('set-school-week', () => {
  it('gives one class six days, which its grade has not, with the days in order and each once', () => {
    given(school)
      .when(setSchoolWeek, { ...week, units: [CLASS_7A], schoolDays: [6, 1, 2, 3, 4, 5, 6] }, { as, now })
      .records({
        type: 'SchoolWeekSet',
        data: { effectiveFrom: '2026-11-02', grades: [7], units: [CLASS_7A], schoolDays: SIX },
      })
  })

  it('lets a lesson be recorded on a Saturday that the week of the class has, and on none before', () => {
    const slots = [{ weekday: 6, number: 1, journal: ALGEBRA, room: null }]
    const saturdays = past('timetable', YEAR, {
      type: 'WeekScheduled',
      data: { class: CLASS_7A, effectiveFrom: date('2026-09-01'), slots },
    })
    const lesson = { page: PAGE, date: '2026-11-14', number: 1, topic: 'Степень' }
    const later = { as: mathematician, now: '2026-11-14T05:00:00.000Z' }
    given(school, pageOpened, saturdays).when(recordLesson, lesson, later).refuses('date-in-holidays')
    const set = given(school)
      .when(setSchoolWeek, { ...week, units: [CLASS_7A] }, { as, now })
      .records('SchoolWeekSet')
      .map((event) => past('schoolYear', YEAR, event))
    given(school, pageOpened, saturdays, set).when(recordLesson, lesson, later).records('LessonRecorded')
  })

  it('refuses whom nobody knows, a date outside the year, and a year that is not there', () => {
    given(school).when(setSchoolWeek, week, { as, now }).refuses('grades-or-units')
    given(school)
      .when(setSchoolWeek, { ...week, units: [ALGEBRA] }, { as, now })
      .refuses('class-unknown', { unit: ALGEBRA })
    given(school)
      .when(setSchoolWeek, { ...week, grades: [7], effectiveFrom: '2027-06-01' }, { as, now })
      .refuses('date-outside-year')
    given(school)
      .when(setSchoolWeek, { ...week, grades: [7], year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown')
  })
})

const of = (id: typeof CLASS_7A, grade = 7): Learning => ({ unit: id, classes: [{ id, grade }] })
const stateAfter = (...events: SchoolYearEvent[]) => {
  const state = schoolYearFold.initial()
  const all = [
    ...school.filter(({ category }) => category === 'schoolYear').map(({ event }) => event),
    ...events,
  ]
  for (const [revision, event] of all.entries()) {
    const decoded = { ...event, revision: BigInt(revision), id: `${revision}`, stream: '', meta: {} }
    evolve(schoolYearFold, state, decoded as never)
  }
  return state
}
const rest = (grades: number[] | null, units: Array<typeof CLASS_7A> = []): SchoolYearEvent => ({
  type: 'HolidaysPlanned',
  data: {
    holidays: [{ name: 'Перерыв', from: date('2026-11-16'), until: date('2026-11-20'), grades, units }],
  },
})
const schoolOn = (units: Array<typeof CLASS_7A>, day = '2026-11-18'): SchoolYearEvent => ({
  type: 'SchoolDayAdded',
  data: { date: date(day), grades: units.length > 0 ? [7] : null, units },
})
const six = (grades: number[], units: Array<typeof CLASS_7A>, from = '2026-09-01'): SchoolYearEvent => ({
  type: 'SchoolWeekSet',
  data: { effectiveFrom: date(from), grades, units, schoolDays: SIX },
})

describe('a day with school', () => {
  const both: Learning = {
    unit: GROUP_ENGLISH,
    classes: [
      { id: CLASS_7A, grade: 7 },
      { id: CLASS_7B, grade: 7 },
    ],
  }
  const wednesday = date('2026-11-18')
  const saturday = date('2026-11-14')

  it('R-F3: a class rests apart from its grade; the other classes of the grade do not', () => {
    const state = stateAfter(rest([7], [CLASS_7A]))
    expect(isSchoolDay(state, wednesday, of(CLASS_7A))).toBe(false)
    expect(isSchoolDay(state, wednesday, of(CLASS_7B))).toBe(true)
    // A group of both has no school unless something is said of it.
    expect(isSchoolDay(state, wednesday, both)).toBe(false)
    const said = stateAfter(rest([7], [CLASS_7A]), schoolOn([GROUP_ENGLISH]))
    expect(isSchoolDay(said, wednesday, both)).toBe(true)
    expect(isSchoolDay(said, wednesday, of(CLASS_7A))).toBe(false)
  })

  it('R-F3: what is said of a class goes before what is said of its grade and of the school, and a day of school before one of rest', () => {
    const ofSchool = stateAfter(rest(null), schoolOn([CLASS_7B]))
    expect(isSchoolDay(ofSchool, wednesday, of(CLASS_7B))).toBe(true)
    expect(isSchoolDay(ofSchool, wednesday, of(CLASS_7A))).toBe(false)
    const ofClass = stateAfter(rest([7], [CLASS_7A]), schoolOn([]))
    expect(isSchoolDay(ofClass, wednesday, of(CLASS_7A))).toBe(false)
    const extra = stateAfter(rest([1]))
    expect(isSchoolDay(extra, wednesday, of(CLASS_7A, 1))).toBe(false)
    expect(isSchoolDay(extra, wednesday, of(CLASS_7A, 2))).toBe(true)
  })

  it('R-F3: five and six days live side by side, from the date on which a week is set', () => {
    const state = stateAfter(six([7], [CLASS_7A], '2026-11-09'), six([10], []))
    expect(isSchoolDay(state, saturday, of(CLASS_7A))).toBe(true)
    expect(isSchoolDay(state, date('2026-11-07'), of(CLASS_7A))).toBe(false)
    expect(isSchoolDay(state, saturday, of(CLASS_7B))).toBe(false)
    expect(isSchoolDay(state, saturday, of(CLASS_7B, 10))).toBe(true)
    expect(isSchoolDay(state, saturday, both)).toBe(false)
  })

  it('R-2.13: the last day of a period, from which the window of finals is counted, is that of the class', () => {
    const span = { from: date('2026-11-02'), until: date('2026-11-22') }
    const state = stateAfter(rest([7], [CLASS_7A]), six([7], [CLASS_7B]))
    expect(lastSchoolDay(state, span, of(CLASS_7A))).toBe('2026-11-13')
    expect(lastSchoolDay(state, span, of(CLASS_7B))).toBe('2026-11-21')
    expect(lastSchoolDay(state, span, { unit: ALGEBRA, classes: [] })).toBe('2026-11-20')
  })
})
