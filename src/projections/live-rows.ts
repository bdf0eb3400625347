import type { Kysely } from 'kysely'
import { canonicalJson, type Json } from '#integrity/tlog/canonical-json.ts'
import { decode } from '#events/registry.ts'
import type { EventStore, RecordedEvent } from '#events/store/event-store.ts'
import { letOthers, query } from '#events/store/sql.ts'
import type { StreamName } from '#events/stream-name.ts'
import { type WithoutEffect, withoutEffect } from '#events/without-effect.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { ModelProgress } from './progress.ts'
import {
  type AnyTable,
  type ColumnType,
  keyOf,
  PLACE,
  type ReadModel,
  schemaOf,
  tablesOf,
} from './read-model.ts'
import { TouchedRows } from './touched-rows.ts'

/** A row that is not what follows from the log. */
export interface RowDifference {
  readonly readModel: string
  readonly table: string
  readonly stream: string
  /** The columns that tell it from the other rows of its stream, in canonical JSON; null is all rows of the stream. */
  readonly key: string | null
  readonly how: 'missing' | 'extra' | 'changed'
}

/** What a comparison came to. */
export interface RowsCompared {
  /** Streams whose rows were compared: one that moved again and again while it was looked at is not among them. */
  readonly streams: number
  /** Rows that follow from the log. */
  readonly rows: number
  readonly differing: number
  /** Some of them. */
  readonly differences: readonly RowDifference[]
  /** Models that cannot be compared: they have stopped, or are being built. */
  readonly notCompared: readonly string[]
}

export interface LiveRowsParts {
  readonly store: Pick<EventStore, 'readStream' | 'head'>
  /** For statements that may take as long as they need, of all schools. */
  readonly database: Kysely<unknown>
  readonly models: readonly ModelProgress[]
}

/** Of the rows that differ, so many are named. */
const NAMED = 20
/** How often a stream that moves while it is looked at is looked at again. */
const ATTEMPTS = 5
/** How long a model may take to show what was read of the log, in milliseconds. */
const PATIENCE = 60_000

/** Nothing is looked up in a table: what is folded has no beginning but the log. */
const NOTHING_WRITTEN = { meets: () => false }

/**
 * Folds some streams from their beginnings and holds the live rows against what comes out. It only reads: neither the
 * live model nor whoever reads it is kept waiting. The log is read first and the rows when the models have come that far,
 * so that they are the same unless somebody wrote meanwhile, which the streams themselves tell.
 */
export async function compareRows(
  { store, database, models }: LiveRowsParts,
  incidents: StreamName,
  streams: readonly StreamName[],
): Promise<RowsCompared> {
  const notCompared = new Set<string>()
  let rows = 0
  let left = streams
  const found: RowDifference[] = []
  let differing = 0
  for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
    const read = await readStreams(store, incidents, left)
    const head = await store.head()
    const compared = await Promise.all(
      models.map(async (model) => {
        const shows = model.failure === null && model.complete
        if (shows && (head === null || (await model.reaches(head, PATIENCE)))) return model.model
        notCompared.add(model.model.name)
        return null
      }),
    )
    const outcome: TableCompared[] = []
    for (const model of compared) {
      if (model !== null) outcome.push(...(await compareModel(database, model, read)))
    }
    const moved = await movedSince(
      store,
      incidents,
      read,
      new Set(outcome.flatMap(({ streams: of }) => [...of])),
    )
    if (moved === null) continue
    rows += outcome.reduce((sum, one) => sum + one.rows, 0)
    for (const one of outcome) {
      const still = one.differences.filter(({ stream }) => !moved.has(stream))
      found.push(...still.slice(0, NAMED - found.length))
      differing += one.counts.entries().reduce((sum, [stream, n]) => sum + (moved.has(stream) ? 0 : n), 0)
    }
    left = left.filter((stream) => moved.has(stream))
  }
  return {
    streams: streams.length - left.length,
    rows,
    differing,
    differences: found,
    notCompared: [...notCompared].toSorted(),
  }
}

/** Rows of streams that the log does not have, table by table. */
export async function strangeRows(
  { store, database, models }: LiveRowsParts,
  school: SchoolSlug,
  known: ReadonlyMap<string, unknown>,
): Promise<RowDifference[]> {
  const found: RowDifference[] = []
  const names = JSON.stringify([...known.keys()])
  for (const { model } of models) {
    for (const { name } of tablesOf(model)) {
      const strange = await query<{ stream: string }>(
        database,
        `select distinct stream from ${schemaOf(model)}.${name}
         where school = $1 and stream not in (select json_array_elements_text($2::json)) order by stream`,
        [school, names],
      )
      for (const { stream } of strange) {
        // One that began meanwhile has a record by now.
        if (await stands(store, stream as StreamName)) continue
        found.push({ readModel: model.name, table: name, stream, key: null, how: 'extra' })
      }
    }
  }
  return found
}

interface Read {
  readonly leftOut: WithoutEffect
  /** The last revision of the stream of incidents, and of each stream. */
  readonly incidents: bigint
  readonly ends: ReadonlyMap<StreamName, bigint>
  readonly events: readonly RecordedEvent[]
}

async function readStreams(
  store: LiveRowsParts['store'],
  incidents: StreamName,
  streams: readonly StreamName[],
): Promise<Read> {
  const declared = await whole(store, incidents)
  const leftOut = await withoutEffect(inOrder(declared), decode)
  const ends = new Map<StreamName, bigint>()
  const events: RecordedEvent[] = []
  for (const stream of streams) {
    const own = await whole(store, stream)
    ends.set(stream, own.at(-1)?.revision ?? -1n)
    for (const event of own) events.push(event)
    await letOthers()
  }
  return { leftOut, incidents: declared.at(-1)?.revision ?? -1n, ends, events }
}

async function* inOrder(events: readonly RecordedEvent[]): AsyncIterable<RecordedEvent> {
  yield* events
}

async function whole(store: LiveRowsParts['store'], stream: StreamName): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const event of store.readStream(stream)) events.push(event)
  return events
}

/** Those of some streams that have moved since they were read; null when an incident has, which concerns them all. */
async function movedSince(
  store: LiveRowsParts['store'],
  incidents: StreamName,
  read: Read,
  differing: ReadonlySet<string>,
): Promise<Set<string> | null> {
  if (differing.size === 0) return new Set()
  if (await moves(store, incidents, read.incidents)) return null
  const moved = new Set<string>()
  for (const [stream, end] of read.ends) {
    if (differing.has(stream) && (await moves(store, stream, end))) moved.add(stream)
  }
  return moved
}

async function moves(store: LiveRowsParts['store'], stream: StreamName, end: bigint): Promise<boolean> {
  for await (const _ of store.readStream(stream, { from: end + 1n, limit: 1 })) return true
  return false
}

const stands = (store: LiveRowsParts['store'], stream: StreamName): Promise<boolean> =>
  moves(store, stream, -1n)

interface TableCompared {
  readonly rows: number
  readonly streams: ReadonlySet<string>
  /** How many rows of each stream differ. */
  readonly counts: ReadonlyMap<string, number>
  readonly differences: readonly RowDifference[]
}

async function compareModel(
  database: Kysely<unknown>,
  model: ReadModel,
  { events, leftOut, ends }: Read,
): Promise<TableCompared[]> {
  const effective = model.keepsVoid === true ? events : events.filter(({ id }) => !leftOut.has(id))
  const decoded = effective.map(decode).filter((event) => event !== null)
  const compared: TableCompared[] = []
  for (const table of tablesOf(model)) {
    const rows = new TouchedRows(table, schemaOf(model), NOTHING_WRITTEN)
    await rows.fold(database, decoded)
    compared.push(await compareTable(database, model, table, [...rows.standing()], [...ends.keys()]))
  }
  return compared
}

/** The database itself compares, so that a value is what it is there, however it came. */
async function compareTable(
  database: Kysely<unknown>,
  model: ReadModel,
  table: AnyTable,
  rows: readonly object[],
  streams: readonly StreamName[],
): Promise<TableCompared> {
  const columns: ReadonlyArray<readonly [string, ColumnType]> = Object.entries({ ...PLACE, ...table.columns })
  const key = keyOf(table)
  const named = (of: string) =>
    columns
      .map(([name, type]) => `${of}."${name}"${type === 'text' ? ' collate "C"' : ''} as "${name}"`)
      .join(', ')
  const parts = table.key.map((name) => `'${name}', coalesce(l."${name}", f."${name}")`).join(', ')
  const found = await query<{ stream: string; key: Record<string, Json>; how: RowDifference['how'] }>(
    database,
    `with folded as materialized (
       select ${named('r')} from json_to_recordset($1::json) as r(${columns.map(([name, type]) => `"${name}" ${type}`).join(', ')})),
     live as materialized (
       select ${named('t')} from ${schemaOf(model)}.${table.name} t
       where t.stream in (select json_array_elements_text($2::json)))
     select coalesce(l.stream, f.stream) as stream, jsonb_build_object(${parts}) as key,
       case when l.stream is null then 'missing' when f.stream is null then 'extra' else 'changed' end as how
     from live l full join folded f on ${key.map((name) => `l."${name}" = f."${name}"`).join(' and ')}
     where l.stream is null or f.stream is null or row(l.*) is distinct from row(f.*)
     order by 1, 2`,
    [JSON.stringify(rows), JSON.stringify(streams)],
  )
  const counts = new Map<string, number>()
  for (const { stream } of found) counts.set(stream, (counts.get(stream) ?? 0) + 1)
  return {
    rows: rows.length,
    streams: new Set(counts.keys()),
    counts,
    differences: found.map(({ stream, key: of, how }) => ({
      readModel: model.name,
      table: table.name,
      stream,
      key: canonicalJson(of),
      how,
    })),
  }
}
