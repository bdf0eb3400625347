import { describe, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { combineLessons } from '#commands/timetable/combine-lessons.ts'
import { lessonId } from '#values/school.ts'
import { given, idMadeBy } from '#support/spec.ts'
import {
  ALGEBRA,
  algebraOf7B,
  CLASS_7A,
  CLASS_7B,
  date,
  deputy,
  id,
  LESSON,
  lessonRecorded,
  mathematician,
  MATHEMATICIAN,
  PAGE,
  pageOpened,
  past,
  school,
  STRANGER,
  stranger,
  YEAR,
} from '#support/class-7a.ts'

const now = '2026-11-06T03:00:00.000Z'
const as = deputy
const OTHER = id('journal/7Б/algebra')
const combine = {
  year: YEAR,
  date: '2026-11-09',
  number: 3,
  journals: [ALGEBRA, OTHER],
  teacher: MATHEMATICIAN,
}
const history = [...school, ...algebraOf7B]
const combined = given(history)
  .when(combineLessons, combine, { as, now })
  .records('LessonsCombined')
  .map((event) => past('timetable', YEAR, event))

describe('combine-lessons', () => {
  it('joins the lessons of two classes under one teacher', () => {
    given(history)
      .when(combineLessons, combine, { as, now })
      .records({
        type: 'LessonsCombined',
        data: {
          combination: idMadeBy(as, combineLessons, 'combination'),
          teacher: MATHEMATICIAN,
          lessons: [
            { lesson: LESSON, journal: ALGEBRA, classes: [CLASS_7A] },
            { lesson: lessonId(OTHER, date('2026-11-09'), 3), journal: OTHER, classes: [CLASS_7B] },
          ],
        },
      })
  })

  it('gives each record of it the common link, and its other teacher no right', () => {
    const lesson = { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень' } as const
    const at = '2026-11-09T03:50:00.000Z'
    given(history, pageOpened, combined)
      .when(recordLesson, lesson, { as: mathematician, now: at })
      .records({
        type: 'LessonRecorded',
        data: { combination: idMadeBy(as, combineLessons, 'combination'), substitution: null },
      })
    given(history, pageOpened, combined)
      .when(recordLesson, lesson, { as: stranger, now: at })
      .refuses('lesson-given-by-another', { teacher: MATHEMATICIAN })
  })

  it('refuses a journal named twice, a lesson that is combined already, and one that is not there', () => {
    given(history)
      .when(combineLessons, { ...combine, journals: [ALGEBRA, ALGEBRA] }, { as, now })
      .refuses('journal-repeated')
    given(history, combined).when(combineLessons, combine, { as, now }).refuses('lessons-combined')
    given(history)
      .when(combineLessons, { ...combine, number: 4 }, { as, now })
      .refuses('lesson-not-in-timetable')
  })

  it('refuses a teacher who is elsewhere, unknown, or not the one who gave it', () => {
    given(history)
      .when(combineLessons, { ...combine, teacher: id('staff/none') }, { as, now })
      .refuses('staff-unknown')
    given(history, pageOpened, lessonRecorded)
      .when(combineLessons, { ...combine, teacher: STRANGER }, { as, now: '2026-11-10T03:00:00.000Z' })
      .refuses('lesson-recorded', { teacher: MATHEMATICIAN })
  })
})
