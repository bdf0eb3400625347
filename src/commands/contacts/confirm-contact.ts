import { z } from 'zod'
import { plusMinutes } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { confirmation, mayKeepContacts, ofContact, onContacts } from './whose.ts'

/** For how many minutes the code of a contact is good: as long as it is tried to be delivered. */
export const CODE_MINUTES = 24 * 60

const ConfirmContact = ofContact.extend({
  code: z
    .string()
    .regex(/^\d{8}$/)
    .describe('Код из письма или SMS, восемь цифр; даётся пять попыток'),
})

/** The parent types what the school has sent to the contact: then it is his, and is delivered to. */
export const confirmContact = defineCommand({
  ...onContacts,
  name: 'confirm-contact',
  summary: 'Подтвердить свой контакт кодом, который на него пришёл; прежний контакт этого вида прекращается',
  operation: '26b',
  input: ConfirmContact,
  may: mayKeepContacts,
  decide({ input, state, now }) {
    const known = state.contacts.get(input.contact)
    if (known?.source === 'written') return refuse('contact-of-paper', { contact: input.contact })
    if (known !== undefined && !known.confirmed && plusMinutes(known.givenAt, CODE_MINUTES) <= now)
      return refuse('contact-code-expired', { contact: input.contact })
    return confirmation(state, input, 'code')
  },
  async aside({ school, input: { contact, code }, state, now }, { contactCodes }) {
    if (state.contacts.get(contact)?.confirmed === true) return null
    const right = await contactCodes?.isCode(school, contact, code, now)
    return right === true ? null : refuse('contact-code-wrong', { contact })
  },
  asideFields: ['code'],
})
