import { z } from 'zod'
import { Policy } from '#values/policy.ts'
import { LocalDate } from '#values/time.ts'
import type { EventDefinition, EventsOf } from './define.ts'

const PolicyAdopted = z.strictObject({ effectiveFrom: LocalDate, policy: Policy })
type V2 = { readonly policy: object }
type V1 = { readonly policy: { readonly kindsOfWork: readonly object[] } }
/**
 * Version 1 counted all days, knew the usual gradings only, named neither norms nor acts, and had no schedule of tests:
 * a school without a word on it has one a day (R-7A.6e). Version 2 said nothing of breaches: the later receipt.
 * Version 4 did not tell journals apart by their type (R-A4.3) and showed no assessment in the summary sheet (R-F15).
 * Version 3 knew neither pilots (R-T4) nor signatures (R-7V.2). Before version 6 a class teacher only read, and
 * no token waited for the head. Version 6 had no forms of reports: the usual ones (R-F6). Before version 8 every final before
 * the last week of its period was taken, and an account was activated with or without an application (R-A1.p2).
 * Before version 9 only a refusal or a withdrawn consent could have closed the diary to a parent, and there was neither.
 */
const policyAdopted: EventDefinition<typeof PolicyAdopted> = {
  v: 9,
  data: PolicyAdopted,
  upcast: {
    1: ({ policy, ...data }: V1) => ({
      ...data,
      policy: {
        ...policy,
        kindsOfWork: policy.kindsOfWork.map((kind) => ({ ...kind, days: 'calendar' })),
        gradings: [],
        marksNorm: [],
        acts: [],
        testsPerDay: 1,
      },
    }),
    2: ({ policy, ...data }: V2) => ({ ...data, policy: { ...policy, breachWindow: 'max' } }),
    3: ({ policy, ...data }: V2) => ({
      ...data,
      policy: { ...policy, pilotsCounted: true, signatureRequired: false },
    }),
    4: ({ policy, ...data }: V2) => ({
      ...data,
      policy: { ...policy, journalTypes: [], assessmentsInSummary: [] },
    }),
    5: ({ policy, ...data }: V2) => ({
      ...data,
      policy: { ...policy, classTeacherWrites: false, exchangeApproved: false },
    }),
    6: ({ policy, ...data }: V2) => ({ ...data, policy: { ...policy, reportForms: [] } }),
    7: ({ policy, ...data }: V2) => ({
      ...data,
      policy: { ...policy, earlyFinals: true, accessApplications: [] },
    }),
    8: ({ policy, ...data }: V2) => ({ ...data, policy: { ...policy, consents: 'refusals' } }),
  },
}

/** The rules of the school from a date on; what was recorded under earlier ones keeps its meaning (R-2.8b). */
export const policyEvents = {
  PolicyAdopted: policyAdopted,
}
export type PolicyEvent = EventsOf<typeof policyEvents>
