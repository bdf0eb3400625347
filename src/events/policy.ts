import { z } from 'zod'
import { Policy } from '#values/policy.ts'
import { LocalDate } from '#values/time.ts'
import { type EventsOf, v1 } from './define.ts'

/** The rules of the school from a date on; what was recorded under earlier ones keeps its meaning (R-2.8b). */
export const policyEvents = {
  PolicyAdopted: v1(z.strictObject({ effectiveFrom: LocalDate, policy: Policy })),
}
export type PolicyEvent = EventsOf<typeof policyEvents>
