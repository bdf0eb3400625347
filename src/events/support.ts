import { z } from 'zod'
import { personal } from '#values/personal-text.ts'
import { SupportHours } from '#values/support-hours.ts'
import { meaningfulText } from '#values/text.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'

/** What a request to the support service is about. `export-failed` is one that the operator answers with the data (Пр3/4). */
export const TicketKind = z.enum(['question', 'fault', 'access', 'export-failed', 'other'])
export type TicketKind = z.infer<typeof TicketKind>

export const TicketText = meaningfulText(2_000)

/** The id of a request as answers and problems name it. */
export const RequestId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'номер обращения из ответа службы')

/** What was handed over in the place of an export: a package that was verified whole, by the hash of its bytes. */
const Delivery = z.strictObject({
  kind: z.literal('package'),
  package: Uuid,
  sha512: z.string().regex(/^[0-9a-f]{128}$/),
  bytes: z.int().min(1),
  records: z.int().min(0),
  result: z.literal('verified'),
  /** The sealed log whose checkpoint vouches for it: its name, and the size that the checkpoint states. */
  origin: z.string().min(1).max(200),
  size: z.int().min(0),
})

/** How a request ended: `withdrawn` by whoever made it, the others by the support service or the operator. */
const Outcome = z.enum(['solved', 'declined', 'withdrawn', 'delivered'])

/** Technical support of the users of a school in working hours (R-7A.17b), and its log; all of a school in one stream. */
export const supportEvents = {
  SupportHoursSet: v1(SupportHours),
  /** `person` is who asks; by `dueAt` there is an answer, or, where an export failed, the data. */
  TicketOpened: v1(
    z.strictObject({
      ticket: Uuid,
      kind: TicketKind,
      person: Uuid,
      request: RequestId.nullable(),
      dueAt: Instant,
      text: personal(TicketText),
    }),
  ),
  /** Whoever asked says more. */
  TicketSupplemented: v1(z.strictObject({ ticket: Uuid, person: Uuid, text: personal(TicketText) })),
  /** The support service answers; `person` is who asked. */
  TicketAnswered: v1(z.strictObject({ ticket: Uuid, person: Uuid, text: personal(TicketText) })),
  TicketClosed: v1(
    z.strictObject({
      ticket: Uuid,
      person: Uuid,
      outcome: Outcome,
      delivery: Delivery.nullable(),
      text: personal(TicketText).nullable(),
    }),
  ),
}
export type SupportEvent = EventsOf<typeof supportEvents>
