import { z } from 'zod'
import { personal } from '#values/personal-text.ts'
import { Instant } from '#values/time.ts'
import { meaningfulText } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, sealed, v1 } from './define.ts'
import { Order } from './roster.ts'

/** Who has to be told of a breach: the head of the school, and the support service (п. 4.3). */
export const Receiver = z.enum(['head', 'support'])
export type Receiver = z.infer<typeof Receiver>

/** From which of the two receipts on operations are void: the later one, or the earlier one. */
export const WindowFrom = z.enum(['max', 'min'])
export type WindowFrom = z.infer<typeof WindowFrom>

/**
 * Operations of one stream. `rev` is the revision of each, `cause` the operation of the list from which one follows that
 * nobody asked for; `head` is where the stream stood when it was looked at.
 */
const OfStream = z.strictObject({
  stream: z.string().min(1).max(120),
  head: z.int().min(0),
  operations: z
    .array(z.strictObject({ id: Uuid, rev: z.int().min(0), cause: Uuid.nullable() }))
    .min(1)
    .max(250),
})
export type OfStream = z.infer<typeof OfStream>

/** A record is not longer than 65,535 bytes, so a list may come in parts; `count` is that of all parts. */
const listed = {
  part: z.int().min(1),
  parts: z.int().min(1),
  count: z.int().min(0),
  streams: z.array(OfStream).max(250),
}

/**
 * Breaches of the confidentiality of accounts (п. 4.3, 4.4), all of a school in one stream. `void` (недействительна) is
 * said of operations since the notice alone, `annulled` (аннулирована) of suspect ones before it; what was `corrected` is
 * neither. An incident that was reported and is neither restored nor withdrawn closes its account.
 */
export const incidentEvents = {
  /** `credEpoch` is the last credential epoch that is worth nothing any more. */
  BreachReported: sealed(
    z.strictObject({
      incident: Uuid,
      account: Uuid,
      credEpoch: z.int().min(0),
      learnedAt: Instant,
      compromisedFrom: Instant.nullable(),
      dueAt: Instant,
      text: personal(meaningfulText(500)).nullable(),
    }),
  ),
  BreachReceiptRecorded: v1(
    z.strictObject({ incident: Uuid, by: Receiver, person: Uuid, receivedAt: Instant }),
  ),
  BreachWithdrawn: sealed(
    z.strictObject({ incident: Uuid, account: Uuid, text: personal(meaningfulText(500)) }),
  ),
  /** `noticeReceivedAt` is T0, and `receivedBy` whose receipt it is. */
  CompromiseDeclared: v1(
    z.strictObject({
      incident: Uuid,
      account: Uuid,
      credEpoch: z.int().min(0),
      compromisedFrom: Instant.nullable(),
      noticeReceivedAt: Instant,
      receivedBy: Receiver,
      basis: WindowFrom,
    }),
  ),
  OperationsVoided: v1(z.strictObject({ incident: Uuid, rule: z.literal('v1'), ...listed })),
  OperationsSuspected: v1(z.strictObject({ incident: Uuid, from: Instant, until: Instant, ...listed })),
  /** The window ends (T1); `newCredEpoch` is the first epoch that is let in again. */
  AccessRestored: v1(
    z.strictObject({ incident: Uuid, account: Uuid, newCredEpoch: z.int().min(1), order: Order.nullable() }),
  ),
  SuspectOperationConfirmed: v1(
    z.strictObject({
      incident: Uuid,
      operation: Uuid,
      stream: z.string().min(1).max(120),
      rev: z.int().min(0),
    }),
  ),
  SuspectOperationAnnulled: sealed(
    z.strictObject({
      incident: Uuid,
      operation: Uuid,
      stream: z.string().min(1).max(120),
      rev: z.int().min(0),
      order: Order,
      text: personal(meaningfulText(500)),
    }),
  ),
}
export type IncidentEvent = EventsOf<typeof incidentEvents>
