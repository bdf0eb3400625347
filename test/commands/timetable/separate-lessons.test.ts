import { describe, it } from 'vitest'
import { combineLessons } from '#commands/timetable/combine-lessons.ts'
import { separateLessons } from '#commands/timetable/separate-lessons.ts'
import { given } from '#support/spec.ts'
import {
  ALGEBRA,
  algebraOf7B,
  deputy,
  id,
  lessonGivenBy,
  MATHEMATICIAN,
  past,
  school,
  YEAR,
} from '#support/class-7a.ts'

const now = '2026-11-06T03:00:00.000Z'
const as = deputy
const OTHER = id('journal/7Б/algebra')
const history = [...school, ...algebraOf7B]
const lesson = { year: YEAR, date: '2026-11-09', number: 3 } as const
const combined = given(history)
  .when(combineLessons, { ...lesson, journals: [ALGEBRA, OTHER], teacher: MATHEMATICIAN }, { as, now })
  .records('LessonsCombined')
  .map((event) => past('timetable', YEAR, event))

describe('separate-lessons', () => {
  it('takes the combination back for all of its lessons', () => {
    const separated = given(history, combined)
      .when(separateLessons, { ...lesson, journal: OTHER }, { as, now })
      .records({
        type: 'LessonsSeparated',
        data: { teacher: MATHEMATICIAN, lessons: [{ journal: ALGEBRA }, { journal: OTHER }] },
      })
      .map((event) => past('timetable', YEAR, event))
    given(history, combined, separated)
      .when(separateLessons, { ...lesson, journal: ALGEBRA }, { as, now })
      .refuses('combination-unknown')
  })

  it('refuses when one of them is recorded', () => {
    given(history, combined, lessonGivenBy(MATHEMATICIAN))
      .when(separateLessons, { ...lesson, journal: OTHER }, { as, now })
      .refuses('lesson-recorded', { journal: ALGEBRA })
  })
})
