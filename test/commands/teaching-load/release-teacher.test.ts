import { describe, it } from 'vitest'
import { releaseTeacher } from '#commands/teaching-load/release-teacher.ts'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { given } from '#support/spec.ts'
import {
  ALGEBRA,
  deputy,
  id,
  MATHEMATICIAN,
  mathematician,
  PAGE,
  pageOpened,
  past,
  school,
  STRANGER,
  YEAR,
} from '#support/class-7a.ts'

const now = '2026-11-09T03:50:00.000Z'
const as = deputy
const release = { year: YEAR, journal: ALGEBRA, staff: MATHEMATICIAN, from: '2026-11-09' } as const

describe('release-teacher', () => {
  it('takes the journal from a teacher, and the right to write in it with it', () => {
    const [released] = given(school).when(releaseTeacher, release, { as, now }).records('TeacherReleased')
    given(school, pageOpened, past('teachingLoad', YEAR, released!))
      .when(
        recordLesson,
        { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень числа' },
        { as: mathematician, now },
      )
      .refuses('journal-not-taught')
  })

  it('refuses a journal that is not there', () => {
    given(school)
      .when(releaseTeacher, { ...release, journal: id('journal/none') }, { as, now })
      .refuses('journal-unknown')
  })

  it('refuses a teacher who does not have the journal', () => {
    given(school)
      .when(releaseTeacher, { ...release, staff: STRANGER }, { as, now })
      .refuses('teacher-not-assigned', { staff: STRANGER })
  })

  it('refuses a release from the day on which the teacher began', () => {
    given(school)
      .when(releaseTeacher, { ...release, from: '2026-09-01' }, { as, now })
      .refuses('teacher-not-assigned')
  })

  it('refuses a second release', () => {
    const [released] = given(school).when(releaseTeacher, release, { as, now }).records('TeacherReleased')
    given(school, past('teachingLoad', YEAR, released!))
      .when(releaseTeacher, { ...release, from: '2026-11-16' }, { as, now })
      .refuses('teacher-not-assigned')
  })
})
