import type { PolicyEvent } from '#events/policy.ts'
import type { Policy } from '#values/policy.ts'
import type { LocalDate } from '#values/time.ts'
import type { Fold } from '../fold.ts'

export interface PolicyState {
  /** In order of the dates from which they are in force. */
  readonly versions: Array<{ readonly effectiveFrom: LocalDate; readonly policy: Policy }>
}

export const policyFold: Fold<PolicyState, PolicyEvent> = {
  category: 'policy',
  initial: () => ({ versions: [] }),
  on: {
    PolicyAdopted: (state, { data }) => {
      state.versions.push(data)
    },
  },
}

/** The rules in force on a date; undefined before the first. */
export function policyOn(state: Readonly<PolicyState>, date: LocalDate): Policy | undefined {
  return state.versions.findLast((version) => version.effectiveFrom <= date)?.policy
}
