import { z } from 'zod'
import { Channel, ContactAddress, DeliveryForm, SubscriptionChannel } from '#values/contact.ts'
import { personal } from '#values/personal-text.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/**
 * Where the school reaches a representative beside the diary, one stream for a person: of several children the
 * contacts are the same, what he is subscribed to is of each. The address is sealed by the person's key of contacts.
 */
export const contactsEvents = {
  /** `date` is that of the paper, or the day on which it was typed into the cabinet; `form` is what was agreed to be sent. */
  ContactGiven: v1(
    z.strictObject({
      contact: Uuid,
      representative: Uuid,
      channel: Channel,
      form: DeliveryForm,
      source: z.enum(['written', 'electronic']),
      date: LocalDate,
      address: personal(ContactAddress),
    }),
  ),
  /** `document`: compared with the paper by the school; `code`: whoever gave it has read there what the school sent. */
  ContactConfirmed: v1(
    z.strictObject({ contact: Uuid, representative: Uuid, by: z.enum(['document', 'code']) }),
  ),
  /** The diary of a child by a channel beside the cabinet, from now on. `date` as that of a contact. */
  DiarySubscriptionBegun: v1(
    z.strictObject({
      representative: Uuid,
      pupil: Uuid,
      channel: SubscriptionChannel,
      source: z.enum(['written', 'electronic']),
      date: LocalDate,
    }),
  ),
  DiarySubscriptionEnded: v1(
    z.strictObject({ representative: Uuid, pupil: Uuid, channel: SubscriptionChannel }),
  ),
  ContactWithdrawn: v1(
    z.strictObject({
      contact: Uuid,
      representative: Uuid,
      reason: z.enum(['replaced', 'refused', 'mistyped']),
    }),
  ),
}
export type ContactsEvent = EventsOf<typeof contactsEvents>
