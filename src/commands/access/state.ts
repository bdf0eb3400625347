import type { AccessEvent } from '#events/access.ts'
import type { Role } from '#values/role.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

interface Grant {
  readonly role: Role
  readonly from: LocalDate
  readonly until: LocalDate | null
}

/** One account: whose it is and in which roles that person may act. */
export interface AccessState {
  person: Uuid | null
  readonly grants: Grant[]
}

export const accessFold: Fold<AccessState, AccessEvent> = {
  category: 'access',
  initial: () => ({ person: null, grants: [] }),
  on: {
    AccountOpened: (state, { data }) => {
      state.person = data.person
    },
    RoleGranted: (state, { data }) => {
      state.grants.push(data)
    },
  },
}

/** The roles in force on a date; `until` is the first day without the role. */
export function rolesOn(access: Readonly<AccessState>, date: LocalDate): Role[] {
  const inForce = access.grants.filter(
    (grant) => grant.from <= date && (grant.until === null || date < grant.until),
  )
  return [...new Set(inForce.map((grant) => grant.role))]
}
