import type { ContactsEvent } from '#events/contacts.ts'
import type { Channel, DeliveryForm, SubscriptionChannel } from '#values/contact.ts'
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

/** The contacts and subscriptions of one representative that stand; those that ended are gone. */
export interface ContactsState {
  readonly contacts: Map<Uuid, Contact>
  /** The subscriptions that stand, by {@link subscriptionOf}. */
  readonly subscriptions: Set<string>
}

export const subscriptionOf = (of: { readonly pupil: Uuid; readonly channel: SubscriptionChannel }): string =>
  `${of.pupil}/${of.channel}`

export const contactsFold: Fold<ContactsState, ContactsEvent> = {
  category: 'contacts',
  initial: () => ({ contacts: new Map(), subscriptions: new Set() }),
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
    DiarySubscriptionBegun: (state, { data }) => {
      state.subscriptions.add(subscriptionOf(data))
    },
    DiarySubscriptionEnded: (state, { data }) => {
      state.subscriptions.delete(subscriptionOf(data))
    },
  },
}

/** The contacts to which something may be delivered: nothing is sent where nobody has confirmed that it is theirs. */
export function confirmedContacts({ contacts }: Readonly<ContactsState>): readonly Contact[] {
  return [...contacts.values()].filter(({ confirmed }) => confirmed)
}
