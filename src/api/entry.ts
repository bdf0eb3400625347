import { type AccessState, closedBy } from '#commands/access/state.ts'
import { cutBy, incidentFold } from '#commands/incident/state.ts'
import { incidentsOf } from '#commands/references.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import type { ApiParts } from './parts.ts'

/**
 * Why nobody may enter by an account; null where its person may. A breach that was reported closes it by itself (R-D7),
 * so both streams are asked; reading the incidents also tells this process of operations that have lost their effect.
 * */
export async function closedTo(
  { execution }: Pick<ApiParts, 'execution'>,
  school: SchoolSlug,
  account: Uuid,
  access: Readonly<AccessState> | Promise<Readonly<AccessState>>,
): Promise<ReturnType<typeof closedBy>> {
  const [incidents, known] = await Promise.all([
    execution.streams.load(incidentFold, incidentsOf(school)),
    access,
  ])
  return closedBy(known) ?? cutBy(incidents.state, account, known.renewed)
}
