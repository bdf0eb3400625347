import { describe, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import { withdrawSubstitution } from '#commands/timetable/withdraw-substitution.ts'
import { given } from '#support/spec.ts'
import {
  ALGEBRA,
  deputy,
  lessonGivenBy,
  mathematician,
  PAGE,
  pageOpened,
  past,
  school,
  STRANGER,
  substituted,
  YEAR,
} from '#support/class-7a.ts'

const now = '2026-11-09T03:50:00.000Z'
const as = deputy
const lesson = { year: YEAR, journal: ALGEBRA, date: '2026-11-09', number: 3 } as const

describe('withdraw-substitution', () => {
  it('gives the lesson back to its teacher', () => {
    const recorded = given(school, pageOpened, substituted(STRANGER))
      .when(withdrawSubstitution, lesson, { as, now })
      .records({ type: 'SubstitutionWithdrawn', data: { substitute: STRANGER, order: null } })
    const withdrawn = recorded.map((event) => past('timetable', YEAR, event))
    const own = { page: PAGE, date: '2026-11-09', number: 3, topic: 'Степень' } as const
    given(school, pageOpened, substituted(STRANGER))
      .when(recordLesson, own, { as: mathematician, now })
      .refuses('lesson-given-by-another', { teacher: STRANGER })
    given(school, pageOpened, substituted(STRANGER), withdrawn)
      .when(recordLesson, own, { as: mathematician, now })
      .records({ type: 'LessonRecorded', data: { substitution: null } })
  })

  it('refuses a lesson without a substitute, and one that is recorded', () => {
    given(school).when(withdrawSubstitution, lesson, { as, now }).refuses('substitution-unknown')
    given(school, substituted(STRANGER), lessonGivenBy(STRANGER))
      .when(withdrawSubstitution, lesson, { as, now })
      .refuses('lesson-recorded', { teacher: STRANGER })
  })
})
