import { describe, expect, it } from 'vitest'
import { correctFinal } from '#commands/journal-page/correct-final.ts'
import {
  ANNA,
  BORIS,
  classTeacher,
  deputy,
  finalPostponed,
  finalRecorded,
  head,
  LAST_AFTERNOON,
  mathematician,
  PAGE,
  pageClosed,
  pageOpened,
  school,
  stranger,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const as = mathematician
const now = LAST_AFTERNOON
const set = given(school, pageOpened, finalRecorded(ANNA, 3))
const correction = { page: PAGE, pupil: ANNA, expectedVersion: 1, reason: 'typing-error', value: 4 }

describe('correct-final', () => {
  it('records the new value beside the earlier one, and why', () => {
    for (const who of [as, deputy])
      set.when(correctFinal, { ...correction, note: 'сверено' }, { as: who, now }).records({
        type: 'FinalMarkCorrected',
        data: { pupil: ANNA, kind: 'period', previous: 3, value: 4, reason: 'typing-error', note: 'сверено' },
      })
  })

  it('turns a mark into a code', () => {
    set
      .when(correctFinal, { ...correction, value: 'н/а' }, { as, now })
      .records({ type: 'FinalMarkCorrected', data: { previous: 3, value: 'н/а' } })
  })

  it('refuses a version that no longer stands, no reason, and one that the school does not know', () => {
    const stale = { ...correction, expectedVersion: 0 }
    set.when(correctFinal, stale, { as, now }).refuses('stale-version', { expected: 0, actual: 1, value: 3 })
    set.when(correctFinal, { ...correction, reason: undefined }, { as, now }).refuses('reason-required')
    set.when(correctFinal, { ...correction, reason: 'because' }, { as, now }).refuses('reason-unknown')
  })

  it('refuses the value that stands, one outside the grading system, and a final that is not there', () => {
    set.when(correctFinal, { ...correction, value: 3 }, { as, now }).refuses('same-value')
    set.when(correctFinal, { ...correction, value: 6 }, { as, now }).refuses('value-outside-grading')
    set.when(correctFinal, { ...correction, pupil: BORIS }, { as, now }).refuses('final-unknown')
    set.when(correctFinal, { ...correction, kind: 'exam' }, { as, now }).refuses('final-kind-not-here')
  })

  it('is refused after the closing, also of a final that had been postponed', () => {
    set.and(pageClosed()).when(correctFinal, correction, { as, now }).refuses('period-locked')
    const late = given(
      school,
      pageOpened,
      finalPostponed(ANNA, '2027-01-22'),
      pageClosed([ANNA]),
      finalRecorded(ANNA, 3, '2027-01-19T03:00:00.000Z'),
    )
    const of = { ...correction, expectedVersion: 3 }
    late.when(correctFinal, of, { as, now: '2027-01-20T03:00:00.000Z' }).refuses('period-locked')
  })

  it('is for the teacher of the journal and the deputy', () => {
    set.when(correctFinal, correction, { as: stranger, now }).refuses('journal-not-taught')
    for (const who of [classTeacher, head])
      set.when(correctFinal, correction, { as: who, now }).refuses('role-not-permitted')
    expect(malformed(correctFinal, { ...correction, expectedVersion: undefined })).toEqual([
      'expectedVersion',
    ])
  })
})
