import type { Kysely } from 'kysely'
import { decode, type Decoded } from '#events/registry.ts'
import { type RecordedEvent, StoreUnavailable } from '#events/store/event-store.ts'
import { query } from '#events/store/sql.ts'
import { type FoldedAnew, putAnew } from './anew.ts'
import { keyOf, PLACE, type ReadModel, tablesOf, typesOf } from './read-model.ts'
import { type KnownKeys, TouchedRows } from './touched-rows.ts'

/** Creates the tables of a model in `schema`, with their indexes; safe to repeat. */
export async function createTables(
  database: Kysely<unknown>,
  model: ReadModel,
  schema: string,
): Promise<void> {
  await createBareTables(database, model, schema)
  await furnishTables(database, model, schema)
  await isolateTables(database, model, schema)
}

/** The tables with their keys alone: into them, many rows are written faster. */
export async function createBareTables(
  database: Kysely<unknown>,
  model: ReadModel,
  schema: string,
): Promise<void> {
  await query(database, `create schema if not exists ${schema}`)
  for (const table of tablesOf(model)) {
    const key = keyOf(table)
    const columns = Object.entries({ ...PLACE, ...table.columns }).map(([name, type]) => {
      const collated = type === 'text' ? 'text collate "C"' : type
      return `"${name}" ${collated}${name === 'school' || key.includes(name) ? ' not null' : ''}`
    })
    const primary = `primary key (${key.map((name) => `"${name}"`).join(', ')})`
    await query(
      database,
      `create table if not exists ${schema}.${table.name} (${columns.join(', ')}, ${primary})`,
    )
  }
}

/** Adds what {@link createBareTables} leaves out: what is for those who read. Safe to repeat. */
export async function furnishTables(
  database: Kysely<unknown>,
  model: ReadModel,
  schema: string,
): Promise<void> {
  for (const table of tablesOf(model)) {
    for (const [i, index] of (table.indexes ?? []).entries()) {
      const on = ['school', ...index].map((name) => `"${name}"`).join(', ')
      await query(
        database,
        `create index if not exists ${table.name}_${i} on ${schema}.${table.name} (${on})`,
      )
    }
  }
}

/**
 * Lets rows be seen by the school that the session names, and by none without (docs/decisions/0021). The session is
 * asked once for a statement, not for each row. Safe to repeat.
 */
export async function isolateTables(
  database: Kysely<unknown>,
  model: ReadModel,
  schema: string,
): Promise<void> {
  for (const { name } of tablesOf(model)) {
    const table = `${schema}.${name}`
    await query(database, `alter table ${table} enable row level security, force row level security`)
    await query(database, `drop policy if exists own_school on ${table}`)
    await query(
      database,
      `create policy own_school on ${table}
       using (school = (select current_setting('letopis.school', true))
         or '*' = (select current_setting('letopis.school', true)))`,
    )
  }
}

/** Among the events is one whose rows cannot be made; no engine is at fault, and asking again would not help. */
export class CannotApply extends Error {
  override readonly name = 'CannotApply'

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/**
 * Folds events into the tables of a model, in their order. The caller's transaction holds the checkpoint as well.
 *
 * @param anew the streams that are folded anew behind events among them, by the id of the event: what {@link foldingsAnew} read
 * @param written the keys that were met since the tables were empty; null where something may stand in them beside
 * @throws {CannotApply} an event must stop the model, not be passed over
 */
export async function apply(
  database: Kysely<unknown>,
  model: ReadModel,
  schema: string,
  events: readonly RecordedEvent[],
  anew: ReadonlyMap<string, FoldedAnew> = new Map(),
  written: KnownKeys | null = null,
): Promise<void> {
  try {
    for (let from = 0; from < events.length; ) {
      const at = events.findIndex(({ id }, i) => i >= from && anew.has(id))
      const until = at < 0 ? events.length : at + 1
      await fold(database, model, schema, events.slice(from, until), written)
      if (at >= 0) await putAnew(database, model, schema, anew.get(events[at]!.id)!)
      from = until
    }
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : new CannotApply(error)
  }
}

/** The events that may change rows of a model, decoded: of most events most models know nothing. */
export function decodedFor(model: ReadModel, events: readonly RecordedEvent[]): Decoded[] {
  const types = typesOf(model)
  return events
    .filter(({ type }) => types.has(type))
    .map(decode)
    .filter((event) => event !== null)
}

async function fold(
  database: Kysely<unknown>,
  model: ReadModel,
  schema: string,
  events: readonly RecordedEvent[],
  written: KnownKeys | null,
): Promise<void> {
  const decoded = decodedFor(model, events)
  for (const table of tablesOf(model)) {
    const rows = new TouchedRows(table, schema, written)
    await rows.fold(database, decoded)
    await rows.write(database)
  }
}
