import { describe, it } from 'vitest'
import { appointClassTeacher } from '#commands/roster/appoint-class-teacher.ts'
import { given } from '#support/spec.ts'
import { administrator, CLASS_7A, deputy, ENGLISH_TEACHER, id, school, STRANGER } from '#support/class-7a.ts'

const stranger = { class: CLASS_7A, staff: STRANGER, from: '2026-11-09' } as const
const now = '2026-11-09T03:00:00.000Z'
const as = deputy

describe('appoint-class-teacher', () => {
  it('gives the class to another teacher from a day on', () => {
    given(school)
      .when(appointClassTeacher, stranger, { as, now })
      .records({ type: 'ClassTeacherAppointed', data: stranger })
    given(school)
      .when(appointClassTeacher, stranger, { as: administrator, now })
      .records('ClassTeacherAppointed')
  })

  it('refuses a class that is not there', () => {
    given(school)
      .when(appointClassTeacher, { ...stranger, class: id('class/none') }, { as, now })
      .refuses('class-unknown')
  })

  it('refuses somebody who is not of the staff', () => {
    given(school)
      .when(appointClassTeacher, { ...stranger, staff: id('staff/nobody') }, { as, now })
      .refuses('staff-unknown')
  })

  it('refuses the teacher who leads the class already', () => {
    given(school)
      .when(appointClassTeacher, { ...stranger, staff: ENGLISH_TEACHER }, { as, now })
      .refuses('teacher-assigned', { staff: ENGLISH_TEACHER })
  })
})
