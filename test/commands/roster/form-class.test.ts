import { describe, it } from 'vitest'
import { formClass } from '#commands/roster/form-class.ts'
import { given } from '#support/spec.ts'
import { CLASS_7A, date, deputy, past, school, YEAR, ZONE } from '#support/class-7a.ts'

const class7V = { year: YEAR, grade: 7, name: '7В' } as const
const now = '2026-08-25T03:00:00.000Z'
const as = deputy

describe('form-class', () => {
  it('forms a class of the year', () => {
    given(school).when(formClass, class7V, { as, now }).records({ type: 'ClassFormed', data: class7V })
  })

  it('refuses a year that was never opened', () => {
    given(school)
      .when(formClass, { ...class7V, year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown', { year: YEAR + 1 })
  })

  it('refuses a second class of one name in a year, however it is spelled', () => {
    given(school)
      .when(formClass, { ...class7V, name: '7а' }, { as, now })
      .refuses('class-exists', { class: CLASS_7A, name: '7А' })
  })

  it('forms a class of the same name in the next year', () => {
    const next = past('schoolYear', YEAR + 1, {
      type: 'SchoolYearOpened',
      data: {
        year: YEAR + 1,
        from: date('2027-09-01'),
        until: date('2028-05-26'),
        zone: ZONE,
        schoolDays: [1, 2, 3, 4, 5],
      },
    })
    given(school, next)
      .when(formClass, { ...class7V, year: YEAR + 1, name: '7А' }, { as, now })
      .records('ClassFormed')
  })

  it('refuses an id that another class has', () => {
    given(school)
      .when(formClass, { ...class7V, class: CLASS_7A }, { as, now })
      .refuses('class-exists', { class: CLASS_7A })
  })
})
