import { describe, it } from 'vitest'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import { disputeMark } from '#commands/journal-page/dispute-mark.ts'
import { refuseDispute } from '#commands/journal-page/refuse-dispute.ts'
import { withdrawMark } from '#commands/journal-page/withdraw-mark.ts'
import { workId } from '#values/school.ts'
import {
  actor,
  ANNA,
  BORIS,
  classTeacher,
  consented,
  date,
  deputy,
  ENGLISH_TEACHER,
  entryOf,
  id,
  LESSON,
  lessonGivenBy,
  lessonRecorded,
  markRecorded,
  mathematician,
  onPage,
  PAGE,
  pageClosed,
  pageOpened,
  past,
  school,
  STRANGER,
  stranger,
  workHeld,
} from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const now = '2026-11-10T03:00:00.000Z'
const ENTRY = entryOf(ANNA, 'test')
const MOTHER = id('person/mother-of-anna')
const anna = actor('pupil', ANNA)
const mother = actor('parent', MOTHER)
const text = 'В тетради стоит 5, а в дневнике 3'
const input = { page: PAGE, pupil: ANNA, entry: ENTRY, text }
const family = past('family', ANNA, {
  type: 'RepresentativeRegistered',
  data: { pupil: ANNA, representative: MOTHER, kinship: 'mother', from: date('2026-09-01') },
})
const ground = [
  school,
  family,
  consented(ANNA, MOTHER),
  pageOpened,
  lessonRecorded,
  workHeld('test'),
  markRecorded(ANNA, 3),
  markRecorded(BORIS, 4),
] as const
const marked = given(...ground)
const DISPUTE = id('dispute')
const ofMark = { entry: ENTRY, work: workId(LESSON, 'test'), lesson: LESSON, pupil: ANNA }
const filed = onPage(
  { type: 'MarkDisputed', data: { dispute: DISPUTE, ...ofMark, value: 3, text } },
  '2026-11-10T02:00:00.000Z',
  anna,
)
const disputed = marked.and(filed)
const answered = onPage(
  { type: 'DisputeRefused', data: { dispute: DISPUTE, ...ofMark, text: 'Работа проверена ещё раз' } },
  '2026-11-10T02:30:00.000Z',
)

describe('dispute-mark', () => {
  it('records who says what of which mark, and leaves the mark as it is', () => {
    for (const as of [anna, mother, classTeacher])
      marked
        .when(disputeMark, input, { as, now })
        .records({ type: 'MarkDisputed', data: { ...ofMark, value: 3, text } })
  })

  it('may be filed again after an answer, and about a mark of a closed page', () => {
    disputed.and(answered).when(disputeMark, input, { as: anna, now }).records('MarkDisputed')
    marked
      .and(pageClosed())
      .when(disputeMark, input, { as: mother, now: '2026-12-30T03:00:00.000Z' })
      .records('MarkDisputed')
  })

  it('refuses marks of others, and people who do not speak for the pupil', () => {
    marked.when(disputeMark, input, { as: actor('pupil', BORIS), now }).refuses('diary-not-yours')
    marked
      .when(disputeMark, input, { as: actor('parent', id('person/father')), now })
      .refuses('diary-not-yours')
    marked.when(disputeMark, input, { as: actor('class-teacher', STRANGER), now }).refuses('class-not-led')
    marked
      .when(disputeMark, { ...input, entry: entryOf(BORIS, 'test') }, { as: anna, now })
      .refuses('mark-unknown')
    marked.when(disputeMark, { ...input, entry: id('mark/none') }, { as: anna, now }).refuses('mark-unknown')
    marked.when(disputeMark, input, { as: deputy, now }).refuses('role-not-permitted')
  })

  it('R-5.1: is closed to a parent who has not consented: the answer would say what the mark is', () => {
    const undecided = given(
      ...school,
      family,
      pageOpened,
      lessonRecorded,
      workHeld('test'),
      markRecorded(ANNA, 3),
    )
    undecided.when(disputeMark, input, { as: mother, now }).refuses('consent-missing')
    undecided.when(disputeMark, input, { as: anna, now }).records('MarkDisputed')
  })

  it('refuses a second one while the first waits for its answer', () => {
    disputed.when(disputeMark, input, { as: mother, now }).refuses('dispute-open', { dispute: DISPUTE })
  })
})

describe('refuse-dispute', () => {
  const refusal = { page: PAGE, dispute: DISPUTE, text: 'Работа проверена ещё раз, ошибок три' }

  it('says why the mark stays, also on a closed page', () => {
    const recorded = {
      type: 'DisputeRefused' as const,
      data: { dispute: DISPUTE, ...ofMark, text: refusal.text },
    }
    disputed.when(refuseDispute, refusal, { as: mathematician, now }).records(recorded)
    disputed
      .and(pageClosed())
      .when(refuseDispute, refusal, { as: mathematician, now: '2026-12-30T03:00:00.000Z' })
      .records(recorded)
  })

  it('is for the teacher of the journal, or whoever gave the lesson', () => {
    disputed.when(refuseDispute, refusal, { as: stranger, now }).refuses('journal-not-taught')
    const given7 = given(
      school,
      family,
      pageOpened,
      lessonGivenBy(STRANGER),
      workHeld('test'),
      markRecorded(ANNA, 3),
      filed,
    )
    given7.when(refuseDispute, refusal, { as: stranger, now }).records('DisputeRefused')
    disputed
      .when(refuseDispute, refusal, { as: actor('class-teacher', ENGLISH_TEACHER), now })
      .refuses('role-not-permitted')
  })

  it('refuses a dispute that is not there, or is answered', () => {
    marked.when(refuseDispute, refusal, { as: mathematician, now }).refuses('dispute-unknown')
    disputed
      .and(answered)
      .when(refuseDispute, refusal, { as: mathematician, now })
      .refuses('dispute-answered')
  })
})

describe('a correction that answers a dispute', () => {
  const correction = { page: PAGE, entry: ENTRY, expectedVersion: 3, reason: 'appeal', dispute: DISPUTE }

  it('refers to it, as does a withdrawal, by teacher or deputy', () => {
    for (const as of [mathematician, deputy]) {
      disputed.when(correctMark, { ...correction, value: 5 }, { as, now }).records('MarkCorrected', {
        type: 'DisputeUpheld',
        data: { dispute: DISPUTE, ...ofMark, by: 'correction' },
      })
      disputed
        .when(withdrawMark, correction, { as, now })
        .records('MarkWithdrawn', { type: 'DisputeUpheld', data: { dispute: DISPUTE, by: 'withdrawal' } })
    }
  })

  it('refuses a dispute about another mark, or one that is answered', () => {
    const other = { ...correction, entry: entryOf(BORIS, 'test'), expectedVersion: 4 }
    disputed.when(correctMark, { ...other, value: 5 }, { as: mathematician, now }).refuses('dispute-unknown')
    disputed.when(withdrawMark, other, { as: mathematician, now }).refuses('dispute-unknown')
    const late = disputed.and(answered)
    late
      .when(correctMark, { ...correction, value: 5 }, { as: mathematician, now })
      .refuses('dispute-answered')
    late.when(withdrawMark, correction, { as: mathematician, now }).refuses('dispute-answered')
  })
})
