import { describe, it } from 'vitest'
import { formGroup } from '#commands/roster/form-group.ts'
import { given } from '#support/spec.ts'
import {
  CLASS_7A,
  CLASS_7B,
  classTeacher,
  deputy,
  GROUP_ENGLISH,
  id,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'

const group = { year: YEAR, name: '7А английский, группа 2', classes: [CLASS_7A] }
const now = '2026-11-09T03:00:00.000Z'
const as = deputy

describe('form-group', () => {
  it('forms a group of one class, or a stream of several', () => {
    given(school).when(formGroup, group, { as, now }).records({ type: 'GroupFormed', data: group })
    given(school)
      .when(formGroup, { ...group, classes: [CLASS_7A, CLASS_7B, CLASS_7A] }, { as, now })
      .records({ type: 'GroupFormed', data: { classes: [CLASS_7A, CLASS_7B] } })
  })

  it('refuses a year that was never opened', () => {
    given(school)
      .when(formGroup, { ...group, year: YEAR + 1 }, { as, now })
      .refuses('school-year-unknown')
  })

  it('refuses a class that is not there, or is of another year', () => {
    const other = id('class/7А of last year')
    const formed = past('roster', 'main', {
      type: 'ClassFormed',
      data: { class: other, year: YEAR - 1, grade: 6, name: '6А' },
    })
    for (const unknown of [id('class/none'), other]) {
      given(school, formed)
        .when(formGroup, { ...group, classes: [CLASS_7A, unknown] }, { as, now })
        .refuses('class-unknown', { class: unknown })
    }
  })

  it('refuses a second group of one name in a year, and an id that another group has', () => {
    given(school)
      .when(formGroup, { ...group, name: '7а Английский, группа 1' }, { as, now })
      .refuses('group-exists', { group: GROUP_ENGLISH })
    given(school)
      .when(formGroup, { ...group, group: GROUP_ENGLISH }, { as, now })
      .refuses('group-exists')
  })

  it('lets the class teacher form the groups of the class that this person leads, and of no other', () => {
    given(school).when(formGroup, group, { as: classTeacher, now }).records('GroupFormed')
    given(school)
      .when(formGroup, { ...group, classes: [CLASS_7A, CLASS_7B] }, { as: classTeacher, now })
      .refuses('class-not-led', { classes: [CLASS_7B] })
  })

  it('lets the class teacher form them before the year begins', () => {
    given(school)
      .when(formGroup, group, { as: classTeacher, now: '2026-08-25T03:00:00.000Z' })
      .records('GroupFormed')
  })
})
