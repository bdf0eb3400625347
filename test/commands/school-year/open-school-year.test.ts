import { describe, it } from 'vitest'
import { openSchoolYear } from '#commands/school-year/open-school-year.ts'
import { given } from '#support/spec.ts'
import { actor, deputy, id, school, YEAR } from '#support/class-7a.ts'

const year = { year: YEAR, from: '2026-09-01', until: '2027-05-26' } as const
const now = '2026-08-20T03:00:00.000Z'
const as = deputy

describe('open-school-year', () => {
  it('opens the year by the clock of Tomsk with five school days, if nothing else is said', () => {
    given()
      .when(openSchoolYear, year, { as, now })
      .records({
        type: 'SchoolYearOpened',
        data: { ...year, zone: 'Asia/Tomsk', schoolDays: [1, 2, 3, 4, 5] },
      })
  })

  it('opens the year by another clock and with Saturdays', () => {
    given()
      .when(
        openSchoolYear,
        { ...year, zone: 'Asia/Yakutsk', schoolDays: [1, 2, 3, 4, 5, 6] },
        { as: actor('operator', id('operator')), now },
      )
      .records({
        type: 'SchoolYearOpened',
        data: { zone: 'Asia/Yakutsk', schoolDays: [1, 2, 3, 4, 5, 6] },
      })
  })

  it('refuses a year that is open already', () => {
    given(school).when(openSchoolYear, year, { as, now }).refuses('school-year-exists', { year: YEAR })
  })

  it('refuses a year that ends before it begins', () => {
    given()
      .when(openSchoolYear, { ...year, until: '2026-08-31' }, { as, now })
      .refuses('bounds-reversed', { from: '2026-09-01', until: '2026-08-31' })
  })

  it('refuses a year that begins in another calendar year', () => {
    given()
      .when(openSchoolYear, { ...year, year: YEAR - 1 }, { as, now })
      .refuses('date-outside-year', { date: '2026-09-01', year: YEAR - 1 })
  })
})
