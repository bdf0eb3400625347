import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { confirmation, mayKeepContacts, ofContact, onContacts } from './whose.ts'

/** The class teacher has compared what was typed with the paper that the family signed: from now on it is delivered to. */
export const confirmWrittenContact = defineCommand({
  ...onContacts,
  name: 'confirm-written-contact',
  summary: 'Подтвердить контакт, сверив его с письменным заявлением; прежний контакт этого вида прекращается',
  operation: '26a',
  input: ofContact,
  may: mayKeepContacts,
  decide({ input, state }) {
    const known = state.contacts.get(input.contact)
    if (known?.source === 'electronic') return refuse('contact-without-paper', { contact: input.contact })
    return confirmation(state, input, 'document')
  },
})
