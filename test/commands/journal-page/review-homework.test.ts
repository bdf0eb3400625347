import { describe, expect, it } from 'vitest'
import { reviewHomework } from '#commands/journal-page/review-homework.ts'
import {
  deputy,
  head,
  homeworkSet,
  id,
  LESSON,
  lessonRecorded,
  onPage,
  PAGE,
  pageOpened,
  school,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = deputy
const now = '2026-11-10T03:00:00.000Z'
const review = {
  page: PAGE,
  lesson: LESSON,
  expectedVersion: 2,
  verdict: 'unsuitable' as const,
  aspects: ['volume', 'age'] as Array<'volume' | 'age'>,
  text: 'На среду уже заданы две работы',
}
const set = given(school, [pageOpened, lessonRecorded, homeworkSet])

describe('review-homework', () => {
  it('records a verdict with its comment, and which version of the homework was read', () => {
    const { page: _page, expectedVersion: version, ...data } = review
    set.when(reviewHomework, review, { as, now }).records({
      type: 'HomeworkReviewed',
      data: { ...data, version },
    })
    const suitable = { page: PAGE, lesson: LESSON, expectedVersion: 2, verdict: 'suitable' as const }
    set.when(reviewHomework, suitable, { as: head, now }).records({
      type: 'HomeworkReviewed',
      data: { lesson: LESSON, version: 2, verdict: 'suitable', aspects: [], text: null },
    })
  })

  it('is refused of homework that is not set, was declined, or was corrected since it was read', () => {
    given(school, [pageOpened, lessonRecorded])
      .when(reviewHomework, review, { as, now })
      .refuses('homework-unknown', { lesson: LESSON })
    const declined = onPage({
      type: 'HomeworkDeclined',
      data: {
        lesson: LESSON,
        previous: null,
        dueAt: '2026-11-09T07:20:00.000Z' as never,
        reason: null,
        note: null,
      },
    })
    set
      .and(declined)
      .when(reviewHomework, { ...review, expectedVersion: 3 }, { as, now })
      .refuses('homework-unknown')
    set
      .when(reviewHomework, { ...review, expectedVersion: 1 }, { as, now })
      .refuses('stale-version', { expected: 1, actual: 2 })
    set.when(reviewHomework, { ...review, lesson: id('nowhere') }, { as, now }).refuses('lesson-unknown')
  })

  it('is a deputy’s of that grade and subject', () => {
    const ofOthers = { ...deputy, competence: [{ grades: [8], subjects: null }] }
    set.when(reviewHomework, review, { as: ofOthers, now }).refuses('outside-competence')
  })

  it('says in what homework is unsuitable and why, and nothing of the kind of suitable homework', () => {
    expect(malformed(reviewHomework, { ...review, aspects: [] })).toEqual(['aspects'])
    expect(malformed(reviewHomework, { ...review, aspects: ['age', 'age'] })).toEqual(['aspects'])
    expect(malformed(reviewHomework, { ...review, verdict: 'suitable' })).toEqual(['aspects'])
    expect(malformed(reviewHomework, { ...review, text: undefined })).toEqual(['text'])
    expect(malformed(reviewHomework, { ...review, verdict: 'good' })).toEqual(['verdict'])
  })
})
