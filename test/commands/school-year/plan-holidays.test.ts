import { describe, it } from 'vitest'
import { planHolidays } from '#commands/school-year/plan-holidays.ts'
import { given } from '#support/spec.ts'
import type { Uuid } from '#values/uuid.ts'
import { ALGEBRA, CLASS_7A, deputy, school, YEAR } from '#support/class-7a.ts'

const rest = { name: 'Дополнительные каникулы', from: '2027-02-15', until: '2027-02-21', grades: [1] }
const now = '2026-08-25T03:00:00.000Z'
const as = deputy

const of = (grades: number[] | null, units: Uuid[] = []) => ({
  year: YEAR,
  holidays: [{ ...rest, grades, units }],
})

describe('plan-holidays', () => {
  it('adds the break of grade 1', () => {
    given(school)
      .when(planHolidays, { year: YEAR, holidays: [rest] }, { as, now })
      .records({ type: 'HolidaysPlanned', data: { holidays: [{ ...rest, units: [] }] } })
  })

  it('lets a class rest apart from its grade, whose grade it keeps', () => {
    const quarantine = { ...rest, name: 'Карантин 7А', units: [CLASS_7A], grades: null }
    given(school)
      .when(planHolidays, { year: YEAR, holidays: [quarantine] }, { as, now })
      .records({ type: 'HolidaysPlanned', data: { holidays: [{ ...quarantine, grades: [7] }] } })
  })

  it('refuses units together with grades, and a unit that is not of the year', () => {
    const both = { ...rest, grades: [7], units: [CLASS_7A] }
    given(school)
      .when(planHolidays, { year: YEAR, holidays: [both] }, { as, now })
      .refuses('grades-or-units')
    const nobody = { ...rest, grades: null, units: [ALGEBRA] }
    given(school)
      .when(planHolidays, { year: YEAR, holidays: [nobody] }, { as, now })
      .refuses('class-unknown', { unit: ALGEBRA })
  })

  it('refuses rest of the whole school to a deputy who answers for one grade, who may plan that of his grade', () => {
    const limited = { ...deputy, competence: [{ grades: [7], subjects: null }] }
    given(school).when(planHolidays, of(null), { as: limited, now }).refuses('outside-competence')
    given(school)
      .when(planHolidays, of([8]), { as: limited, now })
      .refuses('outside-competence')
    given(school)
      .when(planHolidays, of([7]), { as: limited, now })
      .records('HolidaysPlanned')
    given(school)
      .when(planHolidays, of(null, [CLASS_7A]), { as: limited, now })
      .records('HolidaysPlanned')
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
