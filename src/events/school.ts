import { z } from 'zod'
import { label, meaningfulText } from '#values/text.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'
import { Order } from './roster.ts'

export const OutageText = meaningfulText(500)

/**
 * What a school is to the installation: that it is there, and by which agreement the operator processes its data
 * (152-ФЗ, R-A3.3a), both recorded by the operator; and when it could not work with the journal.
 */
export const schoolEvents = {
  SchoolRegistered: v1(z.strictObject({ name: label(200) })),
  ProcessingAgreementRecorded: v1(z.strictObject({ agreement: label(60), from: LocalDate })),
  /** The journal could not be kept from `from` to before `until`: what was due then is entered later, from paper (R-A2.7). */
  OutageRegistered: v1(
    z.strictObject({
      outage: Uuid,
      from: Instant,
      until: Instant,
      text: OutageText,
      /** On what it rests: an order, the own measuring of the service, or both. */
      order: Order.nullable(),
      measured: z.boolean(),
      /** The last day for entering from paper; null sets none. */
      enterBy: LocalDate.nullable(),
    }),
  ),
  /** It was registered by mistake, and excuses nothing any more. */
  OutageWithdrawn: v1(z.strictObject({ outage: Uuid, text: OutageText })),
}
export type SchoolEvent = EventsOf<typeof schoolEvents>
