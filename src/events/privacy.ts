import { z } from 'zod'
import { Purpose } from '#values/personal-text.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'
import { Order } from './roster.ts'

const of = { person: Uuid, purposes: z.array(Purpose).min(1).max(3) }

/**
 * The destruction of the keys of a person, by which what is known of them is erased (R-D8): asked for by an order when the
 * term of keeping is over, confirmed by a second person, carried out after a quarantine.
 */
export const privacyEvents = {
  PersonKeyDestructionRequested: v1(z.strictObject({ ...of, order: Order })),
  /** From here on the keys are in quarantine: nothing opens with them, and they can still be brought back. */
  PersonKeyDestructionConfirmed: v1(z.strictObject({ ...of, destroyAt: Instant })),
  PersonKeyDestructionCancelled: v1(z.strictObject(of)),
  /** The keys with these ids are gone for good; the texts that they sealed stand in the log for nobody to read. */
  PersonKeyDestroyed: v1(z.strictObject({ ...of, keys: z.array(Uuid).max(3) })),
}
export type PrivacyEvent = EventsOf<typeof privacyEvents>
