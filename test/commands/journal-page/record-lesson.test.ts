import { describe, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { given } from '#support/spec.ts'
import {
  englishTeacher,
  LESSON,
  lessonRecorded,
  MATHEMATICIAN,
  mathematician,
  PAGE,
  pageOpened,
  school,
  stranger,
} from '#support/class-7a.ts'

const lesson = {
  page: PAGE,
  date: '2026-11-09',
  number: 3,
  topic: 'Степень с натуральным показателем',
} as const
const as = mathematician
const now = '2026-11-09T03:50:00.000Z'

describe('record-lesson', () => {
  it('records the lesson with its teacher and the end of its day as deadline', () => {
    given(school, pageOpened)
      .when(recordLesson, lesson, { as, now })
      .records({
        type: 'LessonRecorded',
        data: {
          lesson: LESSON,
          number: 3,
          type: 'lesson',
          material: null,
          teacher: MATHEMATICIAN,
          dueAt: '2026-11-09T16:59:59.000Z',
        },
      })
  })

  it('refuses a page that was never opened', () => {
    given(school).when(recordLesson, lesson, { as, now }).refuses('page-unknown')
  })

  it('refuses a lesson that is recorded already', () => {
    given(school, pageOpened, lessonRecorded)
      .when(recordLesson, lesson, { as, now })
      .refuses('lesson-exists', { lesson: LESSON })
  })

  it('refuses a date outside the period of the page', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, date: '2026-10-19' }, { as, now })
      .refuses('date-outside-period', { from: '2026-11-02', until: '2026-12-29' })
  })

  it('refuses a day of rest', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, date: '2026-11-04', number: 2 }, { as, now })
      .refuses('date-in-holidays')
  })

  it('refuses a lesson of tomorrow, by the calendar of Tomsk', () => {
    given(school, pageOpened)
      .when(recordLesson, lesson, { as, now: '2026-11-08T16:59:59.999Z' })
      .refuses('lesson-in-future', { today: '2026-11-08' })
    given(school, pageOpened)
      .when(recordLesson, lesson, { as, now: '2026-11-08T17:00:00.000Z' })
      .records('LessonRecorded')
  })

  it('refuses a lesson that the timetable does not have, and says which it has', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, number: 5 }, { as, now })
      .refuses('lesson-not-in-timetable', { numbers: [3, 4] })
  })

  it('refuses a lesson type that the school does not know', () => {
    given(school, pageOpened)
      .when(recordLesson, { ...lesson, type: 'party' }, { as, now })
      .refuses('lesson-type-unknown')
  })

  it('refuses a teacher who does not teach the journal', () => {
    given(school, pageOpened)
      .when(recordLesson, lesson, { as: englishTeacher, now })
      .refuses('journal-not-taught')
    given(school, pageOpened).when(recordLesson, lesson, { as: stranger, now }).refuses('journal-not-taught')
  })
})
