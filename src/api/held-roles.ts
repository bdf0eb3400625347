import { type AccessState, rolesAt } from '#commands/access/state.ts'
import { REFERENCES, referenceStream } from '#commands/references.ts'
import { hasLeft } from '#commands/roster/state.ts'
import { type Role, STAFF_ROLES } from '#values/role.ts'
import type { SchoolSlug } from '#values/school.ts'
import { dateAt, type Instant } from '#values/time.ts'
import type { ApiParts } from './parts.ts'

/**
 * The roles that an account holds at an instant. Whoever has left the staff holds none of its roles from that day on,
 * whatever was forgotten to be ended: what the school knows of pupils is for those who take part in teaching them
 * (§7Г, R-7G.5). A role beside it, such as that of a parent, stays.
 */
export async function rolesHeld(
  { execution, zone }: Pick<ApiParts, 'execution' | 'zone'>,
  school: SchoolSlug,
  access: Readonly<AccessState>,
  now: Instant,
): Promise<readonly Role[]> {
  const held = rolesAt(access, now, zone)
  if (access.person === null || !held.some((role) => STAFF_ROLES.includes(role))) return held
  const stream = referenceStream(school, 'roster', null)
  const { state } = await execution.streams.load(REFERENCES.roster.fold, stream)
  const left = hasLeft(state.staff, access.person, dateAt(now, zone))
  return left ? held.filter((role) => !STAFF_ROLES.includes(role)) : held
}
