import { describe, it } from 'vitest'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { given } from '#support/spec.ts'
import { deputy, school, YEAR } from '#support/class-7a.ts'

const rest = { name: 'Дополнительные каникулы', from: '2027-02-15', until: '2027-02-21', grades: [1] }
const now = '2026-08-25T03:00:00.000Z'
const as = deputy

describe('plan-holidays', () => {
  it('adds the break of grade 1', () => {
    given(school)
      .when(planHolidays, { year: YEAR, holidays: [rest] }, { as, now })
      .records({ type: 'HolidaysPlanned', data: { holidays: [rest] } })
  })

  it('refuses a year that was never opened', () => {
    given()
      .when(planHolidays, { year: YEAR, holidays: [rest] }, { as, now })
      .refuses('school-year-unknown')
  })

  it('refuses holidays that end before they begin', () => {
    given(school)
      .when(planHolidays, { year: YEAR, holidays: [{ ...rest, until: '2027-02-14' }] }, { as, now })
      .refuses('bounds-reversed', { name: rest.name })
  })

  it('refuses holidays that reach out of the year', () => {
    given(school)
      .when(planHolidays, { year: YEAR, holidays: [rest, { ...rest, until: '2027-05-27' }] }, { as, now })
      .refuses('holidays-outside-year', { until: '2027-05-26' })
    given(school)
      .when(planHolidays, { year: YEAR, holidays: [{ ...rest, from: '2026-08-31' }] }, { as, now })
      .refuses('holidays-outside-year', { from: '2026-09-01' })
  })
})
