import type { FoldedStreams } from '#commands/folded-streams.ts'
import { incidentFold } from '#commands/incident/state.ts'
import { incidentsOf } from '#commands/references.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'

/** What breaches say of operations: the record keeps all of them, and says which have lost their effect (R-4.4b, R-4.4d). */
export async function effectsOf(streams: FoldedStreams, school: SchoolSlug) {
  const { state } = await streams.load(incidentFold, incidentsOf(school))
  const suspects = new Map(
    [...state.incidents.values()].flatMap(({ incident, suspects }) =>
      [...suspects.values()].map((suspect) => [suspect.operation, { incident, suspect }] as const),
    ),
  )
  return (event: Uuid) => {
    const leftOut = streams.withoutEffect.of(event)
    if (leftOut !== null) return { state: leftOut.how, incident: leftOut.incident, at: leftOut.at }
    const known = suspects.get(event)
    if (known === undefined) return null
    const { incident, suspect } = known
    const open = suspect.state === 'open'
    return { state: open ? 'suspect' : suspect.state, incident, at: suspect.settled?.at ?? null }
  }
}
