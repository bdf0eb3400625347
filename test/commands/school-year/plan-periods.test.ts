import { describe, it } from 'vitest'
import { planPeriods } from '#commands/school-year/plan-periods.ts'
import { given } from '#support/spec.ts'
import type { Uuid } from '#values/uuid.ts'
import {
  administrator,
  CLASS_7A,
  CLASS_7B,
  deputy,
  GROUP_ENGLISH,
  id,
  lessonRecorded,
  pageClosed,
  pageOpened,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'

const first = { period: 'h1', name: 'I полугодие', from: '2026-09-01', until: '2026-12-29' } as const
const second = { period: 'h2', name: 'II полугодие', from: '2027-01-11', until: '2027-05-26' } as const
const now = '2026-08-25T03:00:00.000Z'
const as = deputy

const plan = (...periods: ReadonlyArray<{ period: string; name: string; from: string; until: string }>) => ({
  year: YEAR,
  structure: 'half-years' as const,
  grades: [10],
  periods: [...periods],
})

const asUnits = (...units: Uuid[]) => ({ ...plan(first, second), grades: [], units })

describe('plan-periods', () => {
  it('gives grades 10 and 11 half-years where grade 7 has quarters', () => {
    given(school)
      .when(planPeriods, { ...plan(first, second), grades: [10, 11] }, { as, now })
      .records({
        type: 'PeriodsPlanned',
        data: { structure: 'half-years', grades: [10, 11], periods: [first, second] },
      })
  })

  it('lets the system administrator do so on behalf of the deputy, to the very bounds of the year', () => {
    given(school).when(planPeriods, plan(first, second), { as: administrator, now }).records('PeriodsPlanned')
  })

  it('refuses a year that was never opened', () => {
    given().when(planPeriods, plan(first), { as, now }).refuses('school-year-unknown', { year: YEAR })
  })

  it('refuses to plan a grade twice', () => {
    given(school)
      .when(planPeriods, { ...plan(first), grades: [7, 10] }, { as, now })
      .refuses('period-exists', { grades: [7] })
  })

  describe('for single classes and groups (R-7A.6a)', () => {
    const quarters = [
      { period: 'q1', name: 'I', from: '2026-09-01', until: '2026-10-30' },
      { period: 'q2', name: 'II', from: '2026-11-09', until: '2026-12-29' },
    ]

    it('gives them others than their grades have', () => {
      given(school)
        .when(planPeriods, asUnits(CLASS_7B, GROUP_ENGLISH), { as, now })
        .records({ type: 'PeriodsPlanned', data: { grades: [7], units: [CLASS_7B, GROUP_ENGLISH] } })
    })

    it('keeps what was recorded: every lesson lies in a period, and every page that is open has one', () => {
      const held = given(school, pageOpened, lessonRecorded)
      const own = { ...asUnits(CLASS_7A), periods: quarters }
      held.when(planPeriods, own, { as, now }).records('PeriodsPlanned')
      held.when(planPeriods, asUnits(CLASS_7A), { as, now }).refuses('page-exists', { period: 'q2' })
      const later = [quarters[0]!, { ...quarters[1]!, from: '2026-11-10' }]
      held
        .when(planPeriods, { ...own, periods: later }, { as, now })
        .refuses('lesson-outside-period', { date: '2026-11-09' })
      held.and(pageClosed()).when(planPeriods, own, { as, now }).refuses('period-locked')
      // Not of the group: its journal is another.
      held.when(planPeriods, asUnits(GROUP_ENGLISH), { as, now }).records('PeriodsPlanned')
    })

    it('refuses a second plan, a unit that the year does not have, and units together with grades', () => {
      const planned = given(school)
        .when(planPeriods, asUnits(CLASS_7B), { as, now })
        .records('PeriodsPlanned')
        .map((event) => past('schoolYear', YEAR, event))
      given(school, planned)
        .when(planPeriods, asUnits(CLASS_7A, CLASS_7B), { as, now })
        .refuses('period-exists', { units: [CLASS_7B] })
      given(school)
        .when(planPeriods, asUnits(id('nobody')), { as, now })
        .refuses('class-unknown', { unit: id('nobody') })
      given(school).when(planPeriods, asUnits(), { as, now }).refuses('grades-or-units')
      given(school)
        .when(planPeriods, { ...asUnits(CLASS_7B), grades: [10] }, { as, now })
        .refuses('grades-or-units')
    })
  })

  it('refuses one id for two periods', () => {
    given(school)
      .when(planPeriods, plan(first, { ...second, period: 'h1' }), { as, now })
      .refuses('period-exists', { period: 'h1' })
  })

  it('refuses a period that ends before it begins', () => {
    given(school)
      .when(planPeriods, plan({ ...first, until: '2026-08-31' }), { as, now })
      .refuses('bounds-reversed', { period: 'h1' })
  })

  it('refuses a period that reaches out of the year, by one day at either end', () => {
    given(school)
      .when(planPeriods, plan({ ...first, from: '2026-08-31' }), { as, now })
      .refuses('period-outside-year', { period: 'h1', from: '2026-09-01', until: '2027-05-26' })
    given(school)
      .when(planPeriods, plan(first, { ...second, until: '2027-05-27' }), { as, now })
      .refuses('period-outside-year', { period: 'h2' })
  })

  it('refuses a period that begins on the last day of the one before, or stands before it', () => {
    given(school)
      .when(planPeriods, plan(first, { ...second, from: '2026-12-29' }), { as, now })
      .refuses('period-overlap', { period: 'h2', with: 'h1' })
    given(school).when(planPeriods, plan(second, first), { as, now }).refuses('period-overlap')
    given(school)
      .when(planPeriods, plan(first, { ...second, from: '2026-12-30' }), { as, now })
      .records('PeriodsPlanned')
  })
})
