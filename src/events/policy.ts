import { z } from 'zod'
import { Policy } from '#values/policy.ts'
import { LocalDate } from '#values/time.ts'
import type { EventDefinition, EventsOf } from './define.ts'

const PolicyAdopted = z.strictObject({ effectiveFrom: LocalDate, policy: Policy })
/** Version 1 knew no schedule of tests: a school without a word on it has one a day (R-7A.6e). */
const policyAdopted: EventDefinition<typeof PolicyAdopted> = {
  v: 2,
  data: PolicyAdopted,
  upcast: { 1: (data: { policy: object }) => ({ ...data, policy: { ...data.policy, testsPerDay: 1 } }) },
}

/** The rules of the school from a date on; what was recorded under earlier ones keeps its meaning (R-2.8b). */
export const policyEvents = {
  PolicyAdopted: policyAdopted,
}
export type PolicyEvent = EventsOf<typeof policyEvents>
