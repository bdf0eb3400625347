import type { PolicyEvent } from '#events/policy.ts'
import type { Policy } from '#values/policy.ts'
import { bySwitch, type Operation } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

export interface PolicyState {
  /** In order of the dates from which they are in force. */
  readonly versions: Array<{
    readonly effectiveFrom: LocalDate
    readonly policy: Policy
    /** By which account, in which role, and when. */
    readonly adopted: { readonly by: Uuid; readonly role: Role; readonly at: Instant }
  }>
}

export const policyFold: Fold<PolicyState, PolicyEvent> = {
  category: 'policy',
  initial: () => ({ versions: [] }),
  on: {
    PolicyAdopted: (state, { data, meta: { by, role, at } }) => {
      state.versions.push({ ...data, adopted: { by, role, at } })
    },
  },
}

/** The rules in force on a date; undefined before the first. */
export function policyOn(state: Readonly<PolicyState>, date: LocalDate): Policy | undefined {
  return state.versions.findLast((version) => version.effectiveFrom <= date)?.policy
}

/**
 * Whether the rules of the school let a role write on a date what the matrix does not give it: a class teacher in all
 * subjects of the own class, where the school has switched it on (R-2.4: by default he only reads).
 */
export function switchedOn(
  policy: Readonly<PolicyState>,
  operation: Operation,
  role: Role,
  date: LocalDate,
): boolean {
  return bySwitch(operation).includes(role) && policyOn(policy, date)?.classTeacherWrites === true
}
