import type { ContactsEvent } from '#events/contacts.ts'
import type { Channel, DeliveryForm } from '#values/contact.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

export interface Contact {
  readonly contact: Uuid
  readonly channel: Channel
  readonly form: DeliveryForm
  readonly source: 'written' | 'electronic'
  readonly address: PersonalText
  readonly givenAt: Instant
  confirmed: boolean
}

/** The contacts of one representative that stand; those withdrawn are gone. */
export interface ContactsState {
  readonly contacts: Map<Uuid, Contact>
}

export const contactsFold: Fold<ContactsState, ContactsEvent> = {
  category: 'contacts',
  initial: () => ({ contacts: new Map() }),
  on: {
    ContactGiven: (state, { data, meta }) => {
      state.contacts.set(data.contact, { ...data, givenAt: meta.at, confirmed: false })
    },
    ContactConfirmed: (state, { data }) => {
      const known = state.contacts.get(data.contact)
      if (known !== undefined) known.confirmed = true
    },
    ContactWithdrawn: (state, { data }) => {
      state.contacts.delete(data.contact)
    },
  },
}

/** The contacts to which something may be delivered: nothing is sent where nobody has confirmed that it is theirs. */
export function confirmedContacts({ contacts }: Readonly<ContactsState>): readonly Contact[] {
  return [...contacts.values()].filter(({ confirmed }) => confirmed)
}
