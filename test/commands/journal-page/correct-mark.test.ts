import { describe, expect, it } from 'vitest'
import { correctMark } from '#commands/journal-page/correct-mark.ts'
import type { DomainEvent } from '#events/registry.ts'
import { workId } from '#values/school.ts'
import {
  ALGEBRA,
  ANNA,
  attendanceTaken,
  BORIS,
  classTeacher,
  deputy,
  entryOf,
  head,
  id,
  LESSON,
  lessonRecorded,
  markRecorded,
  mathematician,
  mathematicianReleased,
  onPage,
  PAGE,
  pageOpened,
  pageOpenedWith,
  policyAdopted,
  school,
  stranger,
  without,
  workHeld,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = mathematician
const now = '2026-11-10T03:00:00.000Z'
const ENTRY = entryOf(ANNA, 'test')
const correction = { page: PAGE, entry: ENTRY, value: 4, expectedVersion: 3, reason: 'typing-error' }
const ground = [school, pageOpened, lessonRecorded, workHeld('test')] as const
const marked = given(...ground, markRecorded(ANNA, 5))
const data = { entry: ENTRY, work: workId(LESSON, 'test'), lesson: LESSON, pupil: ANNA }
const correctedTo3 = onPage(
  {
    type: 'MarkCorrected',
    data: { criteria: null, ...data, previous: 5, value: 3, reason: 'appeal' as never, note: null },
  },
  '2026-11-10T02:00:00.000Z',
)
const withdrawn = onPage({
  type: 'MarkWithdrawn',
  data: { ...data, previous: 5, reason: 'wrong-pupil' as never, note: null },
})
const scored = (content: number, speech: number) => [
  { criterion: 'содержание', score: content, max: 8 },
  { criterion: 'речь', score: speech, max: 6 },
]

describe('correct-mark', () => {
  it('records the new value beside the earlier one, and why', () => {
    marked.when(correctMark, { ...correction, note: 'опечатка' }, { as, now }).records({
      type: 'MarkCorrected',
      data: { criteria: null, ...data, previous: 5, value: 4, reason: 'typing-error', note: 'опечатка' },
    })
  })

  it('lets the deputy correct, with a reason', () => {
    marked.when(correctMark, correction, { as: deputy, now }).records({
      type: 'MarkCorrected',
      data: { criteria: null, value: 4, reason: 'typing-error', note: null },
    })
  })

  it('corrects what was corrected', () => {
    marked
      .and(correctedTo3)
      .when(correctMark, { ...correction, expectedVersion: 4 }, { as, now })
      .records({ type: 'MarkCorrected', data: { criteria: null, previous: 3, value: 4 } })
  })

  it('refuses a version that no longer stands, and tells which does, with its value', () => {
    marked
      .and(correctedTo3)
      .when(correctMark, correction, { as, now })
      .refuses('stale-version', { expected: 3, actual: 4, value: 3 })
    marked
      .when(correctMark, { ...correction, expectedVersion: 4 }, { as, now })
      .refuses('stale-version', { expected: 4, actual: 3, value: 5 })
  })

  it('needs a reason from the first minute on where the school gives no grace', () => {
    marked
      .when(correctMark, { ...correction, reason: undefined }, { as, now: '2026-11-09T03:50:00.000Z' })
      .refuses('reason-required')
  })

  it('refuses a reason that the school does not know', () => {
    marked
      .when(correctMark, { ...correction, reason: 'because' }, { as, now })
      .refuses('reason-unknown', { reason: 'because' })
  })

  it('needs no reason of the teacher within the grace time, but of the deputy', () => {
    const grace = marked.and(policyAdopted({ graceMinutes: 10 }))
    const bare = { ...correction, reason: undefined }
    grace
      .when(correctMark, bare, { as, now: '2026-11-09T04:00:00.000Z' })
      .records({ type: 'MarkCorrected', data: { criteria: null, reason: null, note: null } })
    grace.when(correctMark, bare, { as, now: '2026-11-09T04:00:00.001Z' }).refuses('reason-required')
    grace.when(correctMark, bare, { as: deputy, now: '2026-11-09T03:51:00.000Z' }).refuses('reason-required')
  })

  it('counts the grace time from the value that stands', () => {
    marked
      .and(policyAdopted({ graceMinutes: 10 }), correctedTo3)
      .when(
        correctMark,
        { ...correction, expectedVersion: 4, reason: undefined },
        { as, now: '2026-11-10T02:10:00.000Z' },
      )
      .records('MarkCorrected')
  })

  it('refuses the value that stands', () => {
    marked.when(correctMark, { ...correction, value: 5 }, { as, now }).refuses('same-value', { value: 5 })
  })

  it('refuses the same scores by criteria as it refuses the same mark, and takes others of the same sum', () => {
    const { type, data } = markRecorded(ANNA, 5).event as Extract<DomainEvent, { type: 'MarkRecorded' }>
    const byCriteria = onPage({ type, data: { ...data, criteria: scored(8, 5) } })
    const graded = given(school, pageOpenedWith('crit'), lessonRecorded, workHeld('test'), byCriteria)
    const corrected = (...points: readonly [number, number]) => {
      const { value: _, ...rest } = correction
      return { ...rest, criteria: scored(...points) }
    }
    graded.when(correctMark, corrected(8, 5), { as, now }).refuses('same-value', { value: 5 })
    graded.when(correctMark, corrected(7, 6), { as, now }).records({
      type: 'MarkCorrected',
      data: { previous: 5, value: 5, criteria: [{ score: 7 }, { score: 6 }] },
    })
  })

  it('refuses a value outside the grading system, and any where marks are switched off', () => {
    for (const value of [1, 6, 'Н/б', '4-'])
      marked
        .when(correctMark, { ...correction, value }, { as, now })
        .refuses('value-outside-grading', { value, points: [2, 5] })
    given(school, pageOpenedWith('none'), lessonRecorded, workHeld('test'), markRecorded(ANNA, 5))
      .when(correctMark, correction, { as, now })
      .refuses('marks-switched-off')
  })

  it('turns the debt of an absent pupil into another note, but not into a mark', () => {
    const owed = given(...ground, markRecorded(ANNA, 'Д'), attendanceTaken([ANNA, 'Н/б']))
    owed.when(correctMark, correction, { as, now }).refuses('mark-on-absent', { pupils: [ANNA] })
    owed.when(correctMark, { ...correction, value: 'Зач' }, { as, now }).refuses('mark-on-absent')
    given(...ground, markRecorded(ANNA, 'Д'), attendanceTaken([ANNA, 'Опз'], [BORIS, 'Н']))
      .when(correctMark, correction, { as, now })
      .records({ type: 'MarkCorrected', data: { criteria: null, previous: 'Д', value: 4 } })
  })

  it('turns a mark into a debt', () => {
    marked
      .when(correctMark, { ...correction, value: 'Д' }, { as, now })
      .records({ type: 'MarkCorrected', data: { criteria: null, previous: 5, value: 'Д' } })
  })

  it('refuses a mark that was never recorded, was withdrawn, or lost its lesson to a breach', () => {
    const entry = id('mark/none')
    marked.when(correctMark, { ...correction, entry }, { as, now }).refuses('mark-unknown', { entry })
    marked.and(withdrawn).when(correctMark, correction, { as, now }).refuses('mark-unknown', { entry: ENTRY })
    marked
      .when(correctMark, correction, { as, now }, ({ type }) => type === 'LessonRecorded')
      .refuses('mark-unknown', { entry: ENTRY })
  })

  it('refuses a page, its ground and rules that are not there', () => {
    given(school).when(correctMark, correction, { as, now }).refuses('page-unknown')
    const page = [pageOpened, lessonRecorded, workHeld('test'), markRecorded(ANNA, 5)]
    given(without(school, 'JournalOpened'), page)
      .when(correctMark, correction, { as, now })
      .refuses('journal-unknown', { journal: ALGEBRA })
    given(without(school, 'SchoolYearOpened'), page)
      .when(correctMark, correction, { as, now })
      .refuses('school-year-unknown')
    given(without(school, 'PolicyAdopted'), page)
      .when(correctMark, correction, { as, now })
      .refuses('policy-missing', { date: '2026-11-09' })
  })

  it('refuses who may not: another teacher, one released yesterday, the class teacher, the head', () => {
    marked.when(correctMark, correction, { as: stranger, now }).refuses('journal-not-taught')
    marked
      .and(mathematicianReleased('2026-11-10'))
      .when(correctMark, correction, { as, now })
      .refuses('journal-not-taught')
    marked.when(correctMark, correction, { as: classTeacher, now }).refuses('role-not-permitted')
    marked.when(correctMark, correction, { as: head, now }).refuses('role-not-permitted')
  })

  it('refuses a correction without a version, or with words that the log could not carry', () => {
    expect(malformed(correctMark, { page: PAGE, entry: ENTRY, value: 4 })).toEqual(['expectedVersion'])
    expect(malformed(correctMark, { ...correction, note: '\ud800' })).toEqual(['note'])
    expect(malformed(correctMark, { ...correction, note: ' ' })).toEqual(['note'])
    expect(malformed(correctMark, { ...correction, expectedVersion: -1 })).toEqual(['expectedVersion'])
  })
})
