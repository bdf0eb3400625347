import { describe, it } from 'vitest'
import { subscribeToDiary } from '#commands/contacts/subscribe-to-diary.ts'
import { unsubscribeFromDiary } from '#commands/contacts/unsubscribe-from-diary.ts'
import { actor, ANNA, BORIS, classTeacher, date, id, past, school, stranger } from '#support/class-7a.ts'
import { given, type Past } from '#support/spec.ts'

const MOTHER = id('mother')
const CONTACT = id('contact/phone')
const registered = [ANNA, BORIS].map((pupil) =>
  past('family', pupil, {
    type: 'RepresentativeRegistered',
    data: { pupil, representative: MOTHER, kinship: 'mother', from: date('2026-09-01') },
  }),
)
const phone = (confirmed: boolean): Past[] => [
  past('contacts', MOTHER, {
    type: 'ContactGiven',
    data: {
      contact: CONTACT,
      representative: MOTHER,
      channel: 'sms',
      form: 'notice',
      source: 'electronic',
      date: date('2026-11-06'),
      address: '+79130000000',
    },
  }),
  ...(confirmed
    ? [
        past('contacts', MOTHER, {
          type: 'ContactConfirmed',
          data: { contact: CONTACT, representative: MOTHER, by: 'code' },
        }),
      ]
    : []),
]
const begun = (channel: 'sms' | 'paper'): Past =>
  past('contacts', MOTHER, {
    type: 'DiarySubscriptionBegun',
    data: { representative: MOTHER, pupil: ANNA, channel, source: 'electronic', date: date('2026-11-09') },
  })
const now = '2026-11-09T05:00:00.000Z'
const mother = { as: actor('parent', MOTHER), now }
const teacher = { as: classTeacher, now }
const of = { pupil: ANNA, representative: MOTHER }

describe('a subscription to the diary', () => {
  const before = given(school, registered)

  it('R-1.6: is switched on and off by the parent, for one child and channel, each once', () => {
    const paper = { ...of, channel: 'paper' as const }
    before.when(subscribeToDiary, paper, mother).records({
      type: 'DiarySubscriptionBegun',
      data: {
        pupil: ANNA,
        representative: MOTHER,
        channel: 'paper',
        source: 'electronic',
        date: '2026-11-09',
      },
    })
    const on = before.and(begun('paper'))
    on.when(subscribeToDiary, paper, mother).records()
    on.when(subscribeToDiary, { ...paper, pupil: BORIS }, mother).records('DiarySubscriptionBegun')
    on.when(unsubscribeFromDiary, paper, mother).records({
      type: 'DiarySubscriptionEnded',
      data: { pupil: ANNA, representative: MOTHER, channel: 'paper' },
    })
    before.when(unsubscribeFromDiary, paper, mother).records()
  })

  it('R-1.6: goes by mail and SMS to a contact of that channel that was confirmed alone', () => {
    const sms = { ...of, channel: 'sms' as const }
    before.when(subscribeToDiary, sms, mother).refuses('contact-unconfirmed', { channel: 'sms' })
    before.and(phone(false)).when(subscribeToDiary, sms, mother).refuses('contact-unconfirmed')
    before.and(phone(true)).when(subscribeToDiary, sms, mother).records('DiarySubscriptionBegun')
    before
      .and(phone(true))
      .when(subscribeToDiary, { ...of, channel: 'email' }, mother)
      .refuses('contact-unconfirmed', { channel: 'email' })
  })

  it('R-1.6: is entered by the class teacher from a paper with its date', () => {
    const paper = { ...of, channel: 'paper' as const }
    before.when(subscribeToDiary, paper, teacher).refuses('document-required')
    before.when(subscribeToDiary, { ...paper, date: '2026-11-10' }, teacher).refuses('document-of-future')
    before
      .when(subscribeToDiary, { ...paper, date: '2026-11-06' }, teacher)
      .records({ type: 'DiarySubscriptionBegun', data: { source: 'written', date: '2026-11-06' } })
  })

  it('is nobody else’s matter', () => {
    const paper = { ...of, channel: 'paper' as const }
    const father = { as: actor('parent', id('father')), now }
    for (const command of [subscribeToDiary, unsubscribeFromDiary]) {
      before.when(command, paper, father).refuses('diary-not-yours')
      before
        .when(command, paper, { as: { ...stranger, role: 'class-teacher' }, now })
        .refuses('class-not-led')
      before.when(command, paper, { as: stranger, now }).refuses('role-not-permitted')
    }
  })
})
