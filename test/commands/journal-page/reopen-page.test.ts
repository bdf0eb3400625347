import { describe, expect, it } from 'vitest'
import { reopenPage } from '#commands/journal-page/reopen-page.ts'
import {
  ANNA,
  date,
  deputy,
  head,
  id,
  LAST_AFTERNOON,
  mathematician,
  PAGE,
  pageClosed,
  pageOpened,
  school,
} from '#support/class-7a.ts'
import { given, malformed } from '#support/spec.ts'
import { KindId } from '#values/policy.ts'
import { Instant } from '#values/time.ts'

const now = '2027-01-13T03:00:00.000Z'
const closed = given(school, pageOpened, pageClosed())
const order = { number: '47', date: date('2027-01-13') }
const until = Instant.parse('2027-01-15T11:00:00.000Z')
const reopening = { page: PAGE, until, reason: KindId.parse('appeal'), order }

describe('reopen-page', () => {
  it('records until when, for whom, why and by which order', () => {
    for (const as of [head, deputy])
      closed.when(reopenPage, { ...reopening, note: 'решение комиссии' }, { as, now }).records({
        type: 'PageReopened',
        data: { pupils: null, until, reason: 'appeal', note: 'решение комиссии', order },
      })
    closed
      .when(reopenPage, { ...reopening, pupils: [ANNA] }, { as: head, now })
      .records({ type: 'PageReopened', data: { pupils: [ANNA] } })
  })

  it('refuses a page that was never closed, and a time that is over', () => {
    given(school, pageOpened).when(reopenPage, reopening, { as: head, now }).refuses('page-not-closed')
    closed.when(reopenPage, reopening, { as: head, now: until }).refuses('reopening-over', { until })
  })

  it('refuses a reason that the school does not know, and pupils whom it does not know or who are named twice', () => {
    const other = { ...reopening, reason: KindId.parse('because') }
    closed.when(reopenPage, other, { as: head, now }).refuses('reason-unknown')
    const nobody = id('pupil/nobody')
    closed
      .when(reopenPage, { ...reopening, pupils: [nobody] }, { as: head, now })
      .refuses('pupil-unknown', { pupil: nobody })
    closed
      .when(reopenPage, { ...reopening, pupils: [ANNA, ANNA] }, { as: head, now })
      .refuses('pupil-repeated')
  })

  it('is not for the teacher, and needs an order, a reason and an end', () => {
    closed
      .when(reopenPage, reopening, { as: mathematician, now: LAST_AFTERNOON })
      .refuses('role-not-permitted')
    for (const field of ['order', 'reason', 'until'])
      expect(malformed(reopenPage, { ...reopening, [field]: undefined })).toEqual([field])
  })
})
