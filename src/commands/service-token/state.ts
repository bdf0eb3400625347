import type { z } from 'zod'
import type { RevocationReason, ServiceTokenEvent } from '#events/service-token.ts'
import type { ExchangeSet } from '#values/exchange-set.ts'
import type { Instant } from '#values/time.ts'
import { type Approved, approvedBy } from '../approval.ts'
import type { Fold } from '../fold.ts'

/** One token of an external system. */
export interface ServiceTokenState {
  issued: {
    readonly system: string
    readonly sets: readonly ExchangeSet[]
    readonly at: Instant
    readonly expires: Instant
  } | null
  /** By the head, where he has approved the exchange. */
  approved: Approved | null
  revoked: z.output<typeof RevocationReason> | null
}

export const serviceTokenFold: Fold<ServiceTokenState, ServiceTokenEvent> = {
  category: 'serviceToken',
  initial: () => ({ issued: null, approved: null, revoked: null }),
  on: {
    ServiceTokenIssued: (state, { data: { system, sets, expires }, meta }) => {
      state.issued = { system, sets, at: meta.at, expires }
    },
    ServiceTokenApproved: (state, { meta }) => {
      state.approved = approvedBy(meta)
    },
    ServiceTokenRevoked: (state, { data }) => {
      state.revoked = data.reason
    },
  },
}

/** What the token opens at an instant; nothing when it was revoked or has expired. */
export function opensAt(
  { issued, revoked }: Readonly<ServiceTokenState>,
  now: Instant,
): readonly ExchangeSet[] {
  return issued === null || revoked !== null || issued.expires <= now ? [] : issued.sets
}
