import { describe, expect, it } from 'vitest'
import { postponeFinal } from '#commands/journal-page/postpone-final.ts'
import {
  BORIS,
  classTeacher,
  date,
  deputy,
  finalPostponed,
  finalRecorded,
  GLEB,
  head,
  LAST_AFTERNOON,
  mathematician,
  PAGE,
  pageClosed,
  pageOpened,
  school,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'

const now = LAST_AFTERNOON
const page = given(school, pageOpened)
const order = { number: '141', date: date('2026-12-25') }
const postponement = {
  page: PAGE,
  pupil: BORIS,
  until: date('2027-01-22'),
  reason: 'illness' as const,
  order,
}

describe('postpone-final', () => {
  it('records the date until which the final may be set, by whose order and why', () => {
    for (const as of [head, deputy])
      page.when(postponeFinal, postponement, { as, now }).records({
        type: 'FinalPostponed',
        data: { pupil: BORIS, previous: null, until: '2027-01-22', reason: 'illness', order },
      })
  })

  it('is prolonged with the date that it replaces, also after the closing', () => {
    page
      .and(finalPostponed(BORIS, '2027-01-19'), pageClosed([BORIS]))
      .when(postponeFinal, postponement, { as: deputy, now: '2027-01-21T03:00:00.000Z' })
      .records({ type: 'FinalPostponed', data: { previous: '2027-01-19', until: '2027-01-22' } })
  })

  it('refuses a date within the period, in the past, or the one that stands', () => {
    page
      .when(postponeFinal, { ...postponement, until: date('2026-12-29') }, { as: head, now })
      .refuses('postponement-too-short', { until: '2026-12-29', lastDay: '2026-12-29' })
    page
      .when(postponeFinal, postponement, { as: head, now: '2027-01-22T17:00:00.000Z' })
      .refuses('postponement-too-short', { today: '2027-01-23' })
    page
      .and(finalPostponed(BORIS, '2027-01-22'))
      .when(postponeFinal, postponement, { as: head, now })
      .refuses('same-value')
  })

  it('refuses where a final stands, and who does not learn here on the last day', () => {
    page
      .and(finalRecorded(BORIS, 3))
      .when(postponeFinal, postponement, { as: head, now })
      .refuses('final-exists', { pupil: BORIS, value: 3 })
    page.when(postponeFinal, { ...postponement, pupil: GLEB }, { as: head, now }).refuses('pupil-not-member')
  })

  it('is not for teachers, and needs an order', () => {
    for (const as of [mathematician, classTeacher])
      page.when(postponeFinal, postponement, { as, now }).refuses('role-not-permitted')
    expect(malformed(postponeFinal, { ...postponement, order: undefined })).toEqual(['order'])
  })
})
