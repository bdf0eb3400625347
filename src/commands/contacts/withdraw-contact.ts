import { contactsEvents } from '#events/contacts.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { mayKeepContacts, ofContact, onContacts } from './whose.ts'

const { reason } = contactsEvents.ContactWithdrawn.data.shape

/** Ends a contact: nothing is sent there any more, what waits to be sent among it. */
export const withdrawContact = defineCommand({
  ...onContacts,
  name: 'withdraw-contact',
  summary: 'Прекратить доставку по контакту',
  operation: '26',
  input: ofContact.extend({
    reason: reason
      .exclude(['replaced'])
      .default('refused')
      .describe('refused — от доставки отказались, mistyped — внесён с ошибкой'),
  }),
  may: mayKeepContacts,
  decide({ input: { representative, contact, reason }, state }) {
    return state.contacts.has(contact)
      ? [{ type: 'ContactWithdrawn', data: { contact, representative, reason } }]
      : refuse('contact-unknown', { contact })
  },
})
