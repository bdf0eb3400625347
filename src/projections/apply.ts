import type { Kysely } from 'kysely'
import { decode, type Decoded } from '#events/registry.ts'
import { type RecordedEvent, StoreUnavailable } from '#events/store/event-store.ts'
import { query } from '#events/store/sql.ts'
import { type AnyRow, type AnyTable, type ReadModel, tablesOf } from './read-model.ts'

/** The columns that every table has besides its own. */
const PLACE = { school: 'text', stream: 'text' } as const

/** Creates the tables of a model in `schema`; safe to repeat. */
export async function createTables(
  database: Kysely<unknown>,
  model: ReadModel,
  schema: string,
): Promise<void> {
  await query(database, `create schema if not exists ${schema}`)
  for (const table of tablesOf(model)) {
    const columns = Object.entries({ ...PLACE, ...table.columns }).map(([name, type]) => {
      const collated = type === 'text' ? 'text collate "C"' : type
      return `"${name}" ${collated}${isKey(table, name) ? ' not null' : ''}`
    })
    await query(
      database,
      `create table if not exists ${schema}.${table.name} (${columns.join(', ')}, primary key (${keyOf(table).join(', ')}))`,
    )
    await isolate(database, `${schema}.${table.name}`)
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
 * Rows are seen by the school that the session names, and by none without (docs/decisions/0021). Asked in a query of its
 * own, the setting is looked up once for a statement instead of for each row: a third of the time for a whole table.
 */
async function isolate(database: Kysely<unknown>, table: string): Promise<void> {
  await query(database, `alter table ${table} enable row level security`)
  await query(database, `alter table ${table} force row level security`)
  await query(database, `drop policy if exists own_school on ${table}`)
  await query(
    database,
    `create policy own_school on ${table}
     using (school = (select current_setting('letopis.school', true))
       or '*' = (select current_setting('letopis.school', true)))`,
  )
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
 * @throws {CannotApply} an event must stop the model, not be passed over
 */
export async function apply(
  database: Kysely<unknown>,
  model: ReadModel,
  schema: string,
  events: readonly RecordedEvent[],
): Promise<void> {
  try {
    const decoded = events.map(decode).filter((event) => event !== null)
    for (const table of tablesOf(model)) await applyToTable(database, table, schema, decoded)
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : new CannotApply(error)
  }
}

/** A row that a batch touches: from where it starts, and where it has come. */
interface Touched {
  readonly place: AnyRow
  /** The first change makes the row whatever it was: there is nothing to read. */
  readonly anew: boolean
  readonly changes: Array<(row: AnyRow | undefined) => AnyRow | undefined>
}

async function applyToTable(
  database: Kysely<unknown>,
  table: AnyTable,
  schema: string,
  events: readonly Decoded[],
): Promise<void> {
  const touched = collect(table, events)
  if (touched.size === 0) return
  const changed = [...touched.values()].filter(({ anew }) => !anew).map(({ place }) => place)
  const before =
    changed.length === 0 ? new Map<string, AnyRow>() : await load(database, table, schema, changed)

  const kept: AnyRow[] = []
  const gone: AnyRow[] = []
  for (const [id, { place, anew, changes }] of touched) {
    const start = before.get(id)
    const end = changes.reduce<AnyRow | undefined>((row, change) => change(row), start)
    if (end !== undefined) kept.push({ ...end, ...place })
    else if (start !== undefined || anew) gone.push(place)
  }
  await upsert(database, table, schema, kept)
  await remove(database, table, schema, gone)
}

function collect(table: AnyTable, events: readonly Decoded[]): Map<string, Touched> {
  const touched = new Map<string, Touched>()
  for (const event of events) {
    for (const { key, anew = false, to } of table.on[event.type]?.(event) ?? []) {
      const place = { school: event.meta.school, stream: event.stream, ...key } as AnyRow
      const id = identity(table, place)
      const known = touched.get(id)
      if (known === undefined) touched.set(id, { place, anew, changes: [to] })
      else known.changes.push(to)
    }
  }
  return touched
}

/**
 * Each key by itself, through the index: joined as a whole, PostgreSQL takes any JSON for a hundred rows and reads a
 * table of some thousand from one end to the other, for a single event too.
 */
async function load(
  database: Kysely<unknown>,
  table: AnyTable,
  schema: string,
  places: readonly AnyRow[],
): Promise<Map<string, AnyRow>> {
  const match = keyOf(table)
    .map((name) => `t.${name} = k.${name}`)
    .join(' and ')
  const own = Object.keys(table.columns)
    .map((name) => `t."${name}"`)
    .join(', ')
  const rows = await query<AnyRow>(
    database,
    `select t.school, t.stream, ${own} from ${recordset('k', table, keyNames(table))}
     cross join lateral (select * from ${schema}.${table.name} t where ${match} limit 1) t`,
    [JSON.stringify(places)],
  )
  return new Map(rows.map((row) => [identity(table, row), row]))
}

async function upsert(
  database: Kysely<unknown>,
  table: AnyTable,
  schema: string,
  rows: readonly AnyRow[],
): Promise<void> {
  if (rows.length === 0) return
  const all = Object.keys({ ...PLACE, ...table.columns })
  const names = all.map((name) => `"${name}"`).join(', ')
  const set = all.filter((name) => !isKey(table, name)).map((name) => `"${name}" = excluded."${name}"`)
  await query(
    database,
    `insert into ${schema}.${table.name} (${names}) select ${names} from ${recordset('r', table, all)}
     on conflict (${keyOf(table).join(', ')}) do update set ${set.join(', ')}`,
    [JSON.stringify(rows)],
  )
}

async function remove(
  database: Kysely<unknown>,
  table: AnyTable,
  schema: string,
  places: readonly AnyRow[],
): Promise<void> {
  if (places.length === 0) return
  const match = keyOf(table)
    .map((name) => `t.${name} = k.${name}`)
    .join(' and ')
  const keys = recordset('k', table, keyNames(table))
  await query(database, `delete from ${schema}.${table.name} t using ${keys} where ${match}`, [
    JSON.stringify(places),
  ])
}

/** One JSON parameter as a table: arrays of columns are slower to bind, and need a text per number of rows. */
function recordset(alias: string, table: AnyTable, names: readonly string[]): string {
  const types: Record<string, string> = { ...PLACE, ...table.columns }
  return `json_to_recordset($1::json) as ${alias}(${names.map((name) => `"${name}" ${types[name]}`).join(', ')})`
}

function keyNames(table: AnyTable): string[] {
  return ['stream', ...table.key]
}

function keyOf(table: AnyTable): string[] {
  return keyNames(table).map((name) => `"${name}"`)
}

function isKey(table: AnyTable, name: string): boolean {
  return name === 'school' || keyNames(table).includes(name)
}

function identity(table: AnyTable, row: AnyRow): string {
  return JSON.stringify(keyNames(table).map((name) => row[name]))
}
