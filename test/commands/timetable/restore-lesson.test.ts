import { describe, it } from 'vitest'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { restoreLesson } from '#commands/timetable/restore-lesson.ts'
import { transferLesson } from '#commands/timetable/transfer-lesson.ts'
import { given } from '#support/spec.ts'
import { ALGEBRA, deputy, ENGLISH, past, school, YEAR } from '#support/class-7a.ts'

const now = '2026-11-06T03:00:00.000Z'
const as = deputy
const lesson = { year: YEAR, journal: ALGEBRA, date: '2026-11-09', number: 3 } as const

const cancelled = given(school)
  .when(
    cancelLessons,
    { year: YEAR, date: lesson.date, lessons: [{ journal: ALGEBRA, number: 3 }], reason: 'Мороз' },
    { as, now },
  )
  .records('LessonCancelled')
  .map((event) => past('timetable', YEAR, event))

describe('restore-lesson', () => {
  it('takes the cancellation back', () => {
    const restored = given(school, cancelled)
      .when(restoreLesson, lesson, { as, now })
      .records({ type: 'LessonRestored', data: { journal: ALGEBRA, number: 3, reason: null } })
      .map((event) => past('timetable', YEAR, event))
    given(school, cancelled, restored)
      .when(restoreLesson, lesson, { as, now })
      .refuses('lesson-not-cancelled')
  })

  it('refuses a lesson whose time was taken by another meanwhile', () => {
    const moved = given(school, cancelled)
      .when(transferLesson, { ...lesson, number: 4, to: { date: '2026-11-12', number: 3 } }, { as, now })
      .records('LessonTransferred')
    given(
      school,
      cancelled,
      moved.map((event) => past('timetable', YEAR, event)),
    )
      .when(restoreLesson, { ...lesson, number: 4 }, { as, now })
      .refuses('lesson-transferred')
    const english = given(school, cancelled)
      .when(
        transferLesson,
        { ...lesson, journal: ENGLISH, number: 5, to: { date: '2026-11-09', number: 3 } },
        { as, now },
      )
      .records('LessonTransferred')
    given(
      school,
      cancelled,
      english.map((event) => past('timetable', YEAR, event)),
    )
      .when(restoreLesson, lesson, { as, now })
      .refuses('slot-conflict')
  })
})
