import { z } from 'zod'
import { incidentFold } from '#commands/incident/state.ts'
import { incidentsOf } from '#commands/references.ts'
import { decode } from '#events/registry.ts'
import type { StreamName } from '#events/stream-name.ts'
import { type LostOperation, lostSince, type SealedPackage } from '#integrity/archive/lost-since.ts'
import { packages } from '#projections/archive-register/queries.ts'
import { issuedBetween } from '#projections/printouts/queries.ts'
import { ArchiveScope } from '#values/archive.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { maySeeIncident } from './incidents.ts'
import { type Asked, defineView } from './view.ts'

/** What of packages has lost its effect since they were sealed, by package: only of those of which something has. */
export async function lostOf(
  { school, parts }: Asked<unknown>,
  entries: ReadonlyArray<SealedPackage & { readonly package: Uuid }>,
): Promise<ReadonlyMap<Uuid, readonly LostOperation[]>> {
  const { streams, store } = parts.execution
  await streams.load(incidentFold, incidentsOf(school))
  const found = new Map<Uuid, readonly LostOperation[]>()
  for (const entry of entries) {
    const lost = await lostSince(store, school, entry, streams.withoutEffect)
    if (lost.length > 0) found.set(entry.package, lost)
  }
  return found
}

/** The documents that had left the service with what an incident made void: packages of the archive, and papers (R-4.4c). */
export const incidentDocuments = defineView({
  name: 'incident-documents',
  path: 'incidents/:incident/documents',
  summary: 'Документы, в которые вошли операции, лишённые силы: архивные пакеты и выданные распечатки',
  tag: 'Нарушения доступа',
  operation: '40',
  input: z.strictObject({ incident: Uuid }),
  reply: z.strictObject({
    packages: z.array(
      z.strictObject({
        package: Uuid,
        scope: ArchiveScope,
        issuedAt: Instant.nullable(),
        supersededBy: Uuid.nullable().describe('Пакет, который его заменил; null — замены ещё нет'),
        operations: z.array(Uuid),
      }),
    ),
    printouts: z.array(
      z.strictObject({
        printout: Uuid,
        template: z.string(),
        snapshot: z.string().describe('Сверить: GET prints/{snapshot}'),
        issuedAt: Instant,
        recipient: Uuid.nullable(),
        certifiedAt: Instant.nullable(),
        operations: z.array(Uuid),
      }),
    ),
  }),
  async answer(asked) {
    const { school, parts, input } = asked
    const { state } = await parts.execution.streams.load(incidentFold, incidentsOf(school))
    const known = state.incidents.get(input.incident)
    if (known === undefined || !maySeeIncident(asked, known))
      throw new ProblemError('incident-unknown', { incident: input.incident })
    const there = (await packages(parts.database, school, null)).filter(
      (entry) => entry.issued_at !== null && entry.destroyed_on === null,
    )
    const lost = await lostOf(asked, there)
    const operations = await lostOperations(asked, input.incident, [
      ...known.voided,
      ...known.suspects.values(),
    ])
    const times = operations.map(({ at }) => at).toSorted()
    const printed =
      times[0] === undefined ? [] : await issuedBetween(parts.database, school, times[0], lostAt(operations))
    return {
      body: {
        packages: there.flatMap((entry) => {
          const own = (lost.get(entry.package) ?? []).filter(({ incident }) => incident === input.incident)
          if (own.length === 0) return []
          const { package: id, scope, issued_at: issuedAt, superseded_by: supersededBy } = entry
          return [{ package: id, scope, issuedAt, supersededBy, operations: own.map(({ event }) => event) }]
        }),
        printouts: printed.flatMap((one) => {
          const own = operations.filter(
            (operation) =>
              operation.at <= one.issued_at && one.issued_at < operation.lostAt && isOn(one.of, operation),
          )
          if (own.length === 0) return []
          return [
            {
              printout: one.printout,
              template: one.template,
              snapshot: one.snapshot,
              issuedAt: one.issued_at,
              recipient: one.recipient,
              certifiedAt: one.certified_at,
              operations: own.map(({ event }) => event),
            },
          ]
        }),
      },
    }
  },
})

interface Operation {
  readonly event: Uuid
  readonly stream: string
  readonly pupil: Uuid | null
  /** Of a final: a summary sheet shows finals alone. */
  readonly isFinal: boolean
  readonly at: Instant
  readonly lostAt: Instant
}

const lostAt = (operations: readonly Operation[]): Instant =>
  operations
    .map((one) => one.lostAt)
    .toSorted()
    .at(-1)!

/** The operations of an incident that have no effect, as they stand in the log. */
async function lostOperations(
  { parts }: Asked<unknown>,
  incident: Uuid,
  listed: ReadonlyArray<{ readonly stream: string; readonly rev: number }>,
): Promise<Operation[]> {
  const { store, streams } = parts.execution
  const found: Operation[] = []
  for (const { stream, rev } of listed) {
    const from = { from: BigInt(rev), limit: 1 }
    for await (const recorded of store.readStream(stream as StreamName, from)) {
      const event = decode(recorded)
      const leftOut = streams.withoutEffect.of(recorded.id)
      if (event === null || leftOut === null || leftOut.incident !== incident) continue
      const { pupil = null } = event.data as { readonly pupil?: Uuid | null }
      found.push({
        event: event.id,
        stream,
        pupil,
        isFinal: event.type.startsWith('Final'),
        at: event.meta.at,
        lostAt: leftOut.at as Instant,
      })
    }
  }
  return found
}

type Subject = Awaited<ReturnType<typeof issuedBetween>>[number]['of']

/**
 * Whether a paper may show an operation: one of a page what stands on it, one of a pupil what names him or nobody, a summary
 * sheet any final. Whether it does, its snapshot tells: the content is made again and compared.
 */
function isOn(of: Subject, { stream, pupil, isFinal }: Operation): boolean {
  switch (of.kind) {
    case 'page':
      return stream.endsWith(`.journalPage-${of.page}`)
    case 'pupil':
      return pupil === null || pupil === of.pupil
    default:
      return isFinal
  }
}
