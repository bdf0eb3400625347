import { describe, expect, it } from 'vitest'
import { correctComment } from '#commands/journal-page/correct-comment.ts'
import {
  ALGEBRA,
  ANNA,
  deputy,
  entryOf,
  id,
  LESSON,
  lessonRecorded,
  mathematician,
  mathematicianReleased,
  onPage,
  PAGE,
  pageOpened,
  school,
  stranger,
  strangerAssigned,
  without,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-10T03:00:00.000Z'
const COMMENT = id('comment/1')
const on = { kind: 'mark', entry: entryOf(ANNA, 'test'), pupil: ANNA } as const
const correction = { page: PAGE, comment: COMMENT, expectedVersion: 2, text: 'Решала уверенно' }
const made = onPage({
  type: 'CommentMade',
  data: { comment: COMMENT, lesson: LESSON, on, text: 'Решала у доски' },
})
const page = [pageOpened, lessonRecorded, made]
const commented = given(school, page)
const corrected = onPage({
  type: 'CommentCorrected',
  data: { comment: COMMENT, lesson: LESSON, on, previous: 'Решала у доски', text: 'Решала сама' },
})

describe('correct-comment', () => {
  it('records the new wording beside the earlier one, on the same thing', () => {
    commented.when(correctComment, correction, { as, now }).records({
      type: 'CommentCorrected',
      data: { comment: COMMENT, lesson: LESSON, on, previous: 'Решала у доски', text: 'Решала уверенно' },
    })
  })

  it('corrects what was corrected, by the version of the correction', () => {
    commented
      .and(corrected)
      .when(correctComment, correction, { as, now })
      .refuses('stale-version', { expected: 2, actual: 3, value: 'Решала сама' })
    commented
      .and(corrected)
      .when(correctComment, { ...correction, expectedVersion: 3 }, { as, now })
      .records({ type: 'CommentCorrected', data: { previous: 'Решала сама' } })
  })

  it('refuses the wording that stands, also in another spelling of «й»', () => {
    commented
      .when(correctComment, { ...correction, text: 'Решала у доски' }, { as, now })
      .refuses('same-value', { text: 'Решала у доски' })
    const withShortI = onPage({
      type: 'CommentMade',
      data: { comment: COMMENT, lesson: LESSON, on, text: 'Молодец, дальше так же: й' },
    })
    given(school, pageOpened, lessonRecorded, withShortI)
      .when(correctComment, { ...correction, text: 'Молодец, дальше так же: и\u0306' }, { as, now })
      .refuses('same-value')
  })

  it('refuses a comment that was never made', () => {
    const comment = id('comment/2')
    commented
      .when(correctComment, { ...correction, comment }, { as, now })
      .refuses('comment-unknown', { comment })
  })

  it('refuses the comment of somebody else, even of the teacher before', () => {
    commented
      .and(strangerAssigned('2026-11-10'))
      .when(correctComment, correction, { as: stranger, now })
      .refuses('comment-not-own', { comment: COMMENT })
  })

  it('leaves the author who made it the author of what was corrected', () => {
    commented
      .and(corrected, strangerAssigned('2026-11-10'))
      .when(correctComment, { ...correction, expectedVersion: 3 }, { as: stranger, now })
      .refuses('comment-not-own')
  })

  it('refuses a page and its ground that are not there', () => {
    given(school).when(correctComment, correction, { as, now }).refuses('page-unknown')
    given(without(school, 'JournalOpened'), page)
      .when(correctComment, correction, { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), page)
      .when(correctComment, correction, { as, now })
      .refuses('school-year-unknown')
  })

  it('refuses an author who no longer teaches the journal, and the deputy', () => {
    commented
      .and(mathematicianReleased('2026-11-10'))
      .when(correctComment, correction, { as, now })
      .refuses('journal-not-taught')
    commented.when(correctComment, correction, { as: deputy, now }).refuses('role-not-permitted')
  })

  it('refuses a correction without a version, and one that is too long', () => {
    const { expectedVersion: _, ...unversioned } = correction
    expect(malformed(correctComment, unversioned)).toEqual(['expectedVersion'])
    expect(malformed(correctComment, { ...correction, text: 'ё'.repeat(2_001) })).toEqual(['text'])
  })
})
