import { describe, expect, it } from 'vitest'
import { scheduleBells } from '#commands/school-year/schedule-bells.ts'
import { lessonEnd, schoolYearFold } from '#commands/school-year/state.ts'
import { evolve } from '#commands/fold.ts'
import { decodedOf, given } from '#support/spec.ts'
import type { Uuid } from '#values/uuid.ts'
import { CLASS_7A, CLASS_7B, date, deputy, GROUP_ENGLISH, id, past, school, YEAR } from '#support/class-7a.ts'

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

const SEVENTH = { unit: CLASS_7A, classes: [{ id: CLASS_7A, grade: 7 }] }

const classes = (...ids: Uuid[]) => ids.map((one) => ({ id: one, grade: 7 }))

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

  it('rings otherwise for single classes and groups, whatever their grade has later (R-7A.6a)', () => {
    const apart = (units: Uuid[], until: string) => ({ ...bells({ ...first, until }), grades: [], units })
    const events = [apart([CLASS_7B], '09:05'), apart([GROUP_ENGLISH], '09:15')].flatMap((input) =>
      given(school).when(scheduleBells, input, { as, now }).records('BellsScheduled'),
    )
    const later = given(school)
      .when(
        scheduleBells,
        { ...bells({ ...first, until: '09:00' }), effectiveFrom: '2026-10-01' },
        { as, now },
      )
      .records('BellsScheduled')
    const state = schoolYearFold.initial()
    const ofYear = [
      ...school.filter(({ category }) => category === 'schoolYear'),
      ...[...events, ...later].map((event) => past('schoolYear', YEAR, event)),
    ]
    for (const event of decodedOf(ofYear)) evolve(schoolYearFold, state, event)
    const ends = (unit: Uuid, ...of: Uuid[]) =>
      lessonEnd(state, date('2026-11-09'), 1, { unit, classes: classes(...of) })
    expect(ends(CLASS_7A, CLASS_7A)).toBe('2026-11-09T02:00:00.000Z')
    expect(ends(CLASS_7B, CLASS_7B)).toBe('2026-11-09T02:05:00.000Z')
    expect(ends(GROUP_ENGLISH, CLASS_7A)).toBe('2026-11-09T02:15:00.000Z')
    // A group of classes that ring differently has bells when it has its own.
    expect(ends(id('group/mixed'), CLASS_7A, CLASS_7B)).toBeNull()
    given(school).when(scheduleBells, apart([], '09:05'), { as, now }).refuses('grades-or-units')
    given(school)
      .when(scheduleBells, apart([id('nobody')], '09:05'), { as, now })
      .refuses('class-unknown')
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
    expect(lessonEnd(state, date('2026-11-09'), 1, SEVENTH)).toBe('2026-11-09T02:00:00.000Z')
    expect(lessonEnd(state, date('2026-11-08'), 1, SEVENTH)).toBe('2026-11-08T02:10:00.000Z')
  })
})
