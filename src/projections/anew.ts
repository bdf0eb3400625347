import type { Kysely } from 'kysely'
import { type Decoded, decode } from '#events/registry.ts'
import type { EventStore, PositionedEvent, RecordedEvent } from '#events/store/event-store.ts'
import { query } from '#events/store/sql.ts'
import type { StreamName } from '#events/stream-name.ts'
import { headsIn, LEAVES_OUT, withoutEffect } from '#events/without-effect.ts'
import type { SchoolSlug } from '#values/school.ts'
import { type ReadModel, tablesOf } from './read-model.ts'
import { TouchedRows } from './touched-rows.ts'

/** Of a log, what is needed to fold streams anew. */
export type Readable = Pick<EventStore, 'readStream' | 'readAll'>

/** Streams as they stood at a place of the log, without the operations that had lost their effect by then. */
export interface FoldedAnew {
  readonly streams: readonly StreamName[]
  readonly events: readonly Decoded[]
}

/**
 * What must be folded anew behind events of a batch, by the id of each: an event that takes the effect of operations away
 * changes rows of their streams (docs/decisions/0058). Read before the transaction that writes, which holds the database
 * where there is only one connection.
 */
export async function foldingsAnew(
  model: ReadModel,
  store: Readable,
  events: readonly PositionedEvent[],
): Promise<Map<string, FoldedAnew>> {
  const anew = new Map<string, FoldedAnew>()
  if (model.keepsVoid === true) return anew
  for (const event of events) {
    if (LEAVES_OUT.has(event.type)) anew.set(event.id, await foldingAnew(store, event))
  }
  return anew
}

/** The streams that an event names, each as far as it had come in the log when that event was recorded. */
async function foldingAnew(store: Readable, event: PositionedEvent): Promise<FoldedAnew> {
  const leftOut = await withoutEffect(store.readStream(event.stream), decode, event.revision)
  const heads = headsIn(decode(event)!)
  const standing: Standing[] = []
  for (const [stream, head] of heads) {
    const events: RecordedEvent[] = []
    for await (const recorded of store.readStream(stream as StreamName)) events.push(recorded)
    standing.push({ stream: stream as StreamName, head: BigInt(head), events })
  }
  const ends = await endsAt(store, event, standing)
  const decoded = standing.flatMap(({ stream, events }) =>
    events
      .filter(({ id, revision }) => revision <= ends.get(stream)! && !leftOut.has(id))
      .map(decode)
      .filter((known) => known !== null),
  )
  return { streams: standing.map(({ stream }) => stream), events: decoded }
}

interface Standing {
  readonly stream: StreamName
  readonly head: bigint
  readonly events: readonly RecordedEvent[]
}

/**
 * The last revision of each stream before a place of the log. A stream that has not moved since the event was decided
 * ends there; of the others the log tells, as soon as their next event comes behind that place.
 */
async function endsAt(
  store: Readable,
  { position, stream: incidents }: PositionedEvent,
  standing: readonly Standing[],
): Promise<Map<StreamName, bigint>> {
  const ends = new Map(standing.map(({ stream, events }) => [stream, events.at(-1)?.revision ?? -1n]))
  const moved = new Set(
    standing.filter(({ stream, head }) => ends.get(stream)! > head).map((one) => one.stream),
  )
  if (moved.size === 0) return ends
  const school = incidents.slice(0, incidents.indexOf('.')) as SchoolSlug
  for await (const { stream, revision } of store.readAll({ after: position, school })) {
    if (!moved.delete(stream)) continue
    ends.set(stream, revision - 1n)
    if (moved.size === 0) break
  }
  return ends
}

/** Puts the rows of streams in the place of those that stand, in the transaction of the caller. */
export async function putAnew(
  database: Kysely<unknown>,
  model: ReadModel,
  schema: string,
  { streams, events }: FoldedAnew,
): Promise<void> {
  for (const table of tablesOf(model)) {
    await query(
      database,
      `delete from ${schema}.${table.name} where stream in (select json_array_elements_text($1::json))`,
      [JSON.stringify(streams)],
    )
    const rows = new TouchedRows(table, schema, null)
    await rows.fold(database, events)
    await rows.write(database)
  }
}
