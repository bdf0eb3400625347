import { z } from 'zod'
import { ExchangeSet } from '#values/exchange-set.ts'
import { label } from '#values/text.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1, widened } from './define.ts'

export const RevocationReason = z.enum(['replaced', 'exposed', 'agreement-ended', 'issued-in-error'])

/** Tokens of external systems (R-F11). `token` is an id from which nobody learns the secret; `system` names a system. */
export const serviceTokenEvents = {
  /** Version 1 knew no set of diaries, version 2 none of acknowledgements (R-7A.18b). */
  ServiceTokenIssued: widened(
    z.strictObject({
      token: Uuid,
      system: label(100),
      sets: z.array(ExchangeSet).min(1),
      expires: Instant,
    }),
    3,
  ),
  /** The head approves the exchange for which the token was issued: its system, sets and term (§5/8, row 45). */
  ServiceTokenApproved: v1(z.strictObject({ token: Uuid })),
  ServiceTokenRevoked: v1(z.strictObject({ token: Uuid, reason: RevocationReason })),
}
export type ServiceTokenEvent = EventsOf<typeof serviceTokenEvents>
