import { z } from 'zod'
import { Channel, DeliveryOutcome } from '#values/contact.ts'
import { personal } from '#values/personal-text.ts'
import { meaningfulText } from '#values/text.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1, widened } from './define.ts'

export const MessageText = meaningfulText(2_000)
export const MessageSubject = meaningfulText(120)

/** The pupil, the class or the group whose representatives are meant. */
export const Addressees = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pupil'), pupil: Uuid }),
  z.strictObject({ kind: z.literal('class'), class: Uuid }),
  z.strictObject({ kind: z.literal('group'), group: Uuid }),
])
export type Addressees = z.infer<typeof Addressees>

/** How one delivery of a message ended. `channel` is null where the diary is the only way there is. */
const Delivery = z.strictObject({
  delivery: Uuid,
  representative: Uuid,
  channel: Channel.nullable(),
  outcome: DeliveryOutcome,
  /** The code of SMTP or HTTP with which it was refused, or failed last; nothing of what was said with it. */
  code: z.int().min(0).max(999).nullable(),
  attempts: z.int().min(0),
})

/** Messages to parents (R-7V.m) and notices of subscriptions, each in a stream of its own: recipients are reached one by one. */
export const messageEvents = {
  /** `recipients` are those who represent the pupils of `date`; of the pupils in `unreached` the school knows nobody. */
  MessageSent: v1(
    z.strictObject({
      message: Uuid,
      to: Addressees,
      date: LocalDate,
      recipients: z.array(z.strictObject({ representative: Uuid, pupils: z.array(Uuid).min(1) })).min(1),
      unreached: z.array(Uuid),
      subject: personal(MessageSubject).nullable(),
      text: personal(MessageText),
    }),
  ),
  /**
   * Something of the diary of a pupil is due to a subscriber: by SMS the marks that were recorded after `since` and until
   * `until`, by e-mail the week of these days. It holds no word: what it says is made when it goes out.
   */
  DiaryNoticeIssued: v1(
    z.strictObject({
      message: Uuid,
      representative: Uuid,
      pupil: Uuid,
      channel: Channel,
      since: Instant,
      until: Instant,
    }),
  ),
  /** What was sent was wrong: it is shown no more, stays on record, and is not sent further. */
  MessageWithdrawn: v1(z.strictObject({ message: Uuid, note: personal(MessageText) })),
  /** A recipient says that the message was read. */
  MessageRead: v1(z.strictObject({ message: Uuid, representative: Uuid })),
  /** What became of some deliveries; each of them ends once. Version 1 knew no `no-consent`. */
  MessageDeliveriesEnded: widened(z.strictObject({ message: Uuid, deliveries: z.array(Delivery).min(1) })),
}
export type MessageEvent = EventsOf<typeof messageEvents>
