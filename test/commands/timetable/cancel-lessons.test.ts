import { describe, expect, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { cancelLessons } from '#commands/timetable/cancel-lessons.ts'
import { given, malformed } from '#support/spec.ts'
import {
  ALGEBRA,
  CLASS_7A,
  CLASS_7B,
  CLUB,
  deputy,
  ENGLISH,
  id,
  lessonRecorded,
  mathematician,
  PAGE,
  pageOpened,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'

const now = '2026-11-09T00:30:00.000Z'
const as = deputy
const frost = { year: YEAR, date: '2026-11-09', reason: 'Актированный день: −36 °C' } as const

describe('cancel-lessons', () => {
  it('cancels one lesson, which can then not be recorded', () => {
    const cancelled = given(school, pageOpened)
      .when(cancelLessons, { ...frost, lessons: [{ journal: ALGEBRA, number: 3 }] }, { as, now })
      .records({
        type: 'LessonCancelled',
        data: { journal: ALGEBRA, classes: [CLASS_7A], date: '2026-11-09', number: 3, reason: frost.reason },
      })
      .map((event) => past('timetable', YEAR, event))
    const at = { as: mathematician, now: '2026-11-09T03:50:00.000Z' }
    const lesson = { page: PAGE, date: '2026-11-09', topic: 'Степень' } as const
    given(school, pageOpened, cancelled)
      .when(recordLesson, { ...lesson, number: 3 }, at)
      .refuses('lesson-cancelled')
    given(school, pageOpened, cancelled)
      .when(recordLesson, { ...lesson, number: 4 }, at)
      .records('LessonRecorded')
    given(school, pageOpened, cancelled)
      .when(cancelLessons, { ...frost, lessons: [{ journal: ALGEBRA, number: 3 }] }, { as, now })
      .refuses('lesson-cancelled')
  })

  it('cancels the whole day of a class, its groups included', () => {
    const recorded = given(school)
      .when(cancelLessons, { ...frost, classes: [CLASS_7A] }, { as, now })
      .records('LessonCancelled', 'LessonCancelled', 'LessonCancelled', 'LessonCancelled')
    const of = recorded.map(({ data }) => [
      (data as { journal: string }).journal,
      (data as { number: number }).number,
    ])
    expect(of).toEqual([
      [ALGEBRA, 3],
      [ALGEBRA, 4],
      [ENGLISH, 5],
      [CLUB, 7],
    ])
    given(
      school,
      recorded.map((event) => past('timetable', YEAR, event)),
    )
      .when(cancelLessons, { ...frost, classes: [CLASS_7A] }, { as, now })
      .records()
  })

  it('leaves the lesson of a group to its other classes, unless all of them stay at home', () => {
    const both = id('group/of both')
    const journal = id('journal/of both')
    const history = [
      ...school,
      past('roster', 'main', {
        type: 'GroupFormed',
        data: { group: both, kind: 'stream', year: YEAR, name: 'Поток', classes: [CLASS_7A, CLASS_7B] },
      }),
      past('teachingLoad', YEAR, {
        type: 'JournalOpened',
        data: {
          journal,
          subject: id('subject/algebra'),
          learners: { kind: 'group', group: both },
          type: 'elective',
          grading: 'none',
          name: 'Физика, поток',
        },
      }),
      past('timetable', YEAR, {
        type: 'WeekScheduled',
        data: {
          class: CLASS_7B,
          effectiveFrom: '2026-09-01' as never,
          slots: [{ weekday: 1, number: 6, journal, room: null }],
        },
      }),
    ]
    given(history)
      .when(cancelLessons, { ...frost, classes: [CLASS_7B] }, { as, now })
      .records()
    given(history)
      .when(cancelLessons, { ...frost, classes: [CLASS_7B, CLASS_7A] }, { as, now })
      .records(...Array.from({ length: 5 }, () => 'LessonCancelled' as const))
  })

  it('refuses the day when a lesson of it is recorded, and says which', () => {
    given(school, pageOpened, lessonRecorded)
      .when(cancelLessons, { ...frost, classes: [CLASS_7A] }, { as, now: '2026-11-09T05:00:00.000Z' })
      .refuses('lesson-recorded', { lessons: [{ journal: ALGEBRA, number: 3 }] })
  })

  it('refuses a class that is not there, and a command that names nothing', () => {
    given(school)
      .when(cancelLessons, { ...frost, classes: [id('class/none')] }, { as, now })
      .refuses('class-unknown')
    expect(malformed(cancelLessons, frost)).toEqual(['lessons'])
  })
})
