import { describe, it } from 'vitest'
import { assignTeacher } from '#commands/teaching-load/assign-teacher.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { given } from '#support/spec.ts'
import {
  ALGEBRA,
  date,
  deputy,
  id,
  MATHEMATICIAN,
  PAGE,
  pageOpened,
  past,
  school,
  STRANGER,
  stranger,
  YEAR,
} from '#support/class-7a.ts'

const now = '2026-11-09T03:50:00.000Z'
const as = deputy
const stranger9 = { year: YEAR, journal: ALGEBRA, staff: STRANGER, from: '2026-11-09' } as const
const lesson = { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень числа' } as const

describe('assign-teacher', () => {
  it('gives the journal to a teacher, and the right to write in it with it', () => {
    given(school, pageOpened).when(recordLesson, lesson, { as: stranger, now }).refuses('journal-not-taught')
    const assigned = given(school).when(assignTeacher, stranger9, { as, now }).records('TeacherAssigned')
    given(school, pageOpened, past('teachingLoad', YEAR, assigned[0]!))
      .when(recordLesson, lesson, { as: stranger, now })
      .records('LessonRecorded')
  })

  it('refuses a journal that is not there', () => {
    const journal = id('journal/none')
    given(school)
      .when(assignTeacher, { ...stranger9, journal }, { as, now })
      .refuses('journal-unknown', { journal })
  })

  it('refuses somebody who is not of the staff', () => {
    const staff = id('staff/nobody')
    given(school)
      .when(assignTeacher, { ...stranger9, staff }, { as, now })
      .refuses('staff-unknown', { staff })
  })

  it('refuses a teacher who has the journal on that day or will have it later', () => {
    given(school)
      .when(assignTeacher, { ...stranger9, staff: MATHEMATICIAN }, { as, now })
      .refuses('teacher-assigned', { from: '2026-09-01', until: null })
    given(school)
      .when(assignTeacher, { ...stranger9, staff: MATHEMATICIAN, from: '2026-08-25' }, { as, now })
      .refuses('teacher-assigned')
  })

  it('gives the journal back to a teacher from the very day of a release', () => {
    const released = past('teachingLoad', YEAR, {
      type: 'TeacherReleased',
      data: { journal: ALGEBRA, staff: MATHEMATICIAN, from: date('2026-11-09') },
    })
    const again = { ...stranger9, staff: MATHEMATICIAN }
    given(school, released).when(assignTeacher, again, { as, now }).records('TeacherAssigned')
    given(school, released)
      .when(assignTeacher, { ...again, from: '2026-11-08' }, { as, now })
      .refuses('teacher-assigned', { until: '2026-11-09' })
  })
})
