import { describe, it } from 'vitest'
import { confirmMessageRead } from '#commands/message/confirm-message-read.ts'
import { issueDiaryNotice } from '#commands/message/issue-diary-notice.ts'
import { noteDeliveries } from '#commands/message/note-deliveries.ts'
import { actor, ANNA, date, deputy, id, past, school } from '#support/class-7a.ts'
import { given } from '#support/spec.ts'
import { Instant } from '#values/time.ts'

const MOTHER = id('mother')
const MESSAGE = id('notice/1')
const registered = past('family', ANNA, {
  type: 'RepresentativeRegistered',
  data: { pupil: ANNA, representative: MOTHER, kinship: 'mother', from: date('2026-09-01') },
})
const now = '2026-11-09T12:05:00.000Z'
const operator = { as: actor('operator', id('person/operator')), now }
const notice = {
  message: MESSAGE,
  representative: MOTHER,
  pupil: ANNA,
  channel: 'sms' as const,
  since: Instant.parse('2026-11-08T12:00:00.000Z'),
  until: Instant.parse('2026-11-09T12:00:00.000Z'),
}
const issued = past('message', MESSAGE, { type: 'DiaryNoticeIssued', data: notice })

describe('a notice of the diary to a subscriber', () => {
  const before = given(school, registered)

  it('R-1.6: is issued once, by the service alone, and to nobody who represents the child no more', () => {
    before.when(issueDiaryNotice, notice, operator).records({ type: 'DiaryNoticeIssued', data: notice })
    before.and(issued).when(issueDiaryNotice, notice, operator).records()
    before.when(issueDiaryNotice, notice, { as: deputy, now }).refuses('role-not-permitted')
    const ended = past('family', ANNA, {
      type: 'RepresentationEnded',
      data: { pupil: ANNA, representative: MOTHER, from: date('2026-11-09') },
    })
    before.and(ended).when(issueDiaryNotice, notice, operator).refuses('representative-unknown')
  })

  it('R-1.6: ends like the delivery of a message, and is none of those that are read in the cabinet', () => {
    const delivery = {
      delivery: id('delivery/1'),
      representative: MOTHER,
      channel: 'sms' as const,
      outcome: 'accepted' as const,
      code: 200,
      attempts: 1,
    }
    before
      .and(issued)
      .when(noteDeliveries, { message: MESSAGE, deliveries: [delivery] }, operator)
      .records('MessageDeliveriesEnded')
    const mother = { as: actor('parent', MOTHER), now }
    before.and(issued).when(confirmMessageRead, { message: MESSAGE }, mother).refuses('message-unknown')
  })
})
