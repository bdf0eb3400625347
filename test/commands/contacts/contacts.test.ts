import { describe, expect, it } from 'vitest'
import { confirmContact } from '#commands/contacts/confirm-contact.ts'
import { confirmWrittenContact } from '#commands/contacts/confirm-written-contact.ts'
import { giveContact } from '#commands/contacts/give-contact.ts'
import { confirmedContacts, contactsFold } from '#commands/contacts/state.ts'
import { withdrawContact } from '#commands/contacts/withdraw-contact.ts'
import { actor, ANNA, classTeacher, date, id, past, school, stranger } from '#support/class-7a.ts'
import { foldedOf, given, type Past } from '#support/spec.ts'

const MOTHER = id('mother')
const registered = past('family', ANNA, {
  type: 'RepresentativeRegistered',
  data: { pupil: ANNA, representative: MOTHER, kinship: 'mother', from: date('2026-09-01') },
})
/** As it was already in August, when the history of class 7А was entered. */
const EARLY = {
  pupil: ANNA,
  representative: MOTHER,
  kinship: 'mother' as const,
  from: date('2026-08-01'),
}
const now = '2026-11-09T05:00:00.000Z'
const mother = { as: actor('parent', MOTHER), now }
const teacher = { as: classTeacher, now }
const whose = { pupil: ANNA, representative: MOTHER }
const email = { ...whose, channel: 'email' as const, address: 'mother@example.org' }
const [OLD, NEW] = [id('contact/old'), id('contact/new')]
const gave = (contact: typeof OLD, source: 'written' | 'electronic'): Past =>
  past('contacts', MOTHER, {
    type: 'ContactGiven',
    data: {
      contact,
      representative: MOTHER,
      channel: 'email',
      form: 'notice',
      source,
      date: date('2026-11-06'),
      address: 'x@example.org',
    },
  })
const confirmed = (contact: typeof OLD): Past =>
  past('contacts', MOTHER, {
    type: 'ContactConfirmed',
    data: { contact, representative: MOTHER, by: 'document' },
  })

describe('a contact of a representative', () => {
  const before = given(school, registered)

  it('is given by the parent in the cabinet, or by the class teacher from a paper with its date', () => {
    before.when(giveContact, email, mother).records({
      type: 'ContactGiven',
      data: { source: 'electronic', date: '2026-11-09', form: 'notice', channel: 'email' },
    })
    before.when(giveContact, { ...email, date: '2026-11-06' }, teacher).records({
      type: 'ContactGiven',
      data: { source: 'written', date: '2026-11-06' },
    })
    before.when(giveContact, email, teacher).refuses('document-required')
    before.when(giveContact, { ...email, date: '2026-11-10' }, teacher).refuses('document-of-future')
  })

  it('is an address of its channel', () => {
    before.when(giveContact, { ...email, address: 'mother' }, mother).refuses('contact-malformed')
    const phone = { ...email, channel: 'sms' as const }
    before.when(giveContact, { ...phone, address: '89130000000' }, mother).refuses('contact-malformed')
    before.when(giveContact, { ...phone, address: '+70000000017' }, mother).records('ContactGiven')
  })

  it('is nobody else’s matter', () => {
    const father = { as: actor('parent', id('father')), now }
    before.when(giveContact, email, father).refuses('diary-not-yours')
    const ofOther = { ...email, representative: id('father'), date: '2026-11-06' }
    before.when(giveContact, ofOther, teacher).refuses('representative-unknown')
    const leadsNone = { as: { ...stranger, role: 'class-teacher' as const }, now }
    before.when(giveContact, { ...email, date: '2026-11-06' }, leadsNone).refuses('class-not-led')
  })

  it('is confirmed against the paper, and takes the place of the one before only then', () => {
    const history = [gave(OLD, 'written'), confirmed(OLD), gave(NEW, 'written')]
    expect(confirmedContacts(foldedOf(history, contactsFold, MOTHER)).map((one) => one.contact)).toEqual([
      OLD,
    ])
    const decided = before
      .and(history)
      .when(confirmWrittenContact, { ...whose, contact: NEW }, teacher)
      .records('ContactConfirmed', { type: 'ContactWithdrawn', data: { contact: OLD, reason: 'replaced' } })
    const after = [...history, ...decided.map((event) => past('contacts', MOTHER, event))]
    expect(confirmedContacts(foldedOf(after, contactsFold, MOTHER)).map((one) => one.contact)).toEqual([NEW])
    before
      .and(gave(OLD, 'written'), confirmed(OLD))
      .when(confirmWrittenContact, { ...whose, contact: OLD }, teacher)
      .records()
  })

  it('that was typed in the cabinet has no paper to be confirmed by', () => {
    before
      .and(gave(OLD, 'electronic'))
      .when(confirmWrittenContact, { ...whose, contact: OLD }, teacher)
      .refuses('contact-without-paper')
    before.when(confirmWrittenContact, { ...whose, contact: OLD }, teacher).refuses('contact-unknown')
  })

  it('that stands on paper is confirmed by no code', () => {
    const typed = { ...whose, contact: OLD, code: '12345678' }
    before.and(gave(OLD, 'written')).when(confirmContact, typed, mother).refuses('contact-of-paper')
    before.when(confirmContact, typed, mother).refuses('contact-unknown')
    const onLastDay = { ...mother, now: '2026-08-26T03:00:00.000Z' }
    before.and(gave(OLD, 'electronic')).when(confirmContact, typed, mother).refuses('contact-code-expired')
    given(
      school,
      { ...registered, event: { type: 'RepresentativeRegistered', data: EARLY } },
      gave(OLD, 'electronic'),
    )
      .when(confirmContact, typed, { ...onLastDay, now: '2026-08-26T02:59:59.999Z' })
      .records({ type: 'ContactConfirmed', data: { by: 'code' } })
    given(
      school,
      { ...registered, event: { type: 'RepresentativeRegistered', data: EARLY } },
      gave(OLD, 'electronic'),
    )
      .when(confirmContact, typed, onLastDay)
      .refuses('contact-code-expired')
  })

  it('ends when it is withdrawn, or when another takes the place of one that was never confirmed', () => {
    const withdraw = { ...whose, contact: OLD }
    before.and(gave(OLD, 'electronic')).when(withdrawContact, withdraw, mother).records('ContactWithdrawn')
    before.when(withdrawContact, withdraw, mother).refuses('contact-unknown')
    before
      .and(gave(OLD, 'electronic'))
      .when(giveContact, email, mother)
      .records({ type: 'ContactWithdrawn', data: { contact: OLD } }, 'ContactGiven')
  })
})
