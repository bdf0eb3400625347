import { describe, expect, it } from 'vitest'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { lessonEnd, schoolYearFold } from '#commands/school-year/state.ts'
import { evolve } from '#commands/fold.ts'
import { decodedOf, given } from '#support/spec.ts'
import { date, deputy, past, school, YEAR } from '#support/class-7a.ts'

const first = { number: 1, from: '08:30', until: '09:10' }
const second = { number: 2, from: '09:20', until: '10:00' }
const now = '2026-08-25T03:00:00.000Z'
const as = deputy

const bells = (...bells: ReadonlyArray<{ number: number; from: string; until: string }>) => ({
  year: YEAR,
  shift: 'short-day',
  effectiveFrom: '2026-11-09',
  grades: [7],
  bells: [...bells],
})

describe('schedule-bells', () => {
  it('sets the bells of a shift from a date on, in whatever order they are named', () => {
    const { year: _, ...data } = bells(second, first)
    given(school)
      .when(scheduleBells, bells(second, first), { as, now })
      .records({ type: 'BellsScheduled', data })
  })

  it('refuses a year that was never opened', () => {
    given().when(scheduleBells, bells(first), { as, now }).refuses('school-year-unknown')
  })

  it('refuses bells from a date outside the year', () => {
    given(school)
      .when(scheduleBells, { ...bells(first), effectiveFrom: '2026-08-31' }, { as, now })
      .refuses('date-outside-year', { date: '2026-08-31' })
    given(school)
      .when(scheduleBells, { ...bells(first), effectiveFrom: '2027-05-27' }, { as, now })
      .refuses('date-outside-year')
  })

  it('refuses a lesson that ends when it begins', () => {
    given(school)
      .when(scheduleBells, bells({ ...first, until: '08:30' }), { as, now })
      .refuses('bounds-reversed', { number: 1 })
  })

  it('refuses two lessons of one number', () => {
    given(school)
      .when(scheduleBells, bells(first, { ...second, number: 1 }), { as, now })
      .refuses('bells-overlap', { numbers: [1, 1] })
  })

  it('refuses a lesson that begins before the one before it has ended', () => {
    given(school)
      .when(scheduleBells, bells(first, { ...second, from: '09:09' }), { as, now })
      .refuses('bells-overlap', { numbers: [1, 2] })
    given(school)
      .when(scheduleBells, bells({ ...first, number: 3 }, second), { as, now })
      .refuses('bells-overlap', { numbers: [2, 3] })
    given(school)
      .when(scheduleBells, bells(first, { ...second, from: '09:10' }), { as, now })
      .records('BellsScheduled')
  })

  it('sets mistaken bells of the same date right', () => {
    const wrong = given(school).when(scheduleBells, bells(first), { as, now }).records('BellsScheduled')
    const right = given(school)
      .when(scheduleBells, bells({ ...first, until: '09:00' }), { as, now })
      .records('BellsScheduled')
    const later = [...wrong, ...right].map((event) => past('schoolYear', YEAR, event))
    const state = schoolYearFold.initial()
    const ofYear = [...school, ...later].filter(({ category }) => category === 'schoolYear')
    for (const event of decodedOf(ofYear)) evolve(schoolYearFold, state, event)
    expect(lessonEnd(state, date('2026-11-09'), 1, 7)).toBe('2026-11-09T02:00:00.000Z')
    expect(lessonEnd(state, date('2026-11-08'), 1, 7)).toBe('2026-11-08T02:10:00.000Z')
  })
})
