import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import { type ReadModel, schemaOf } from './read-model.ts'

/**
 * The schema of one rebuild: what it builds stands here beside the live model until both change places, and then what
 * was live stands here until it is dropped.
 */
export function besideOf(model: ReadModel, rebuild: string): string {
  return `${schemaOf(model)}_${rebuild.slice(0, 8)}`
}

/**
 * Drops a schema that nobody finds by its name any more. One table at a time: a reader that is still in an old table
 * is waited for with no other lock in hand, so that neither can wait for the other for ever.
 */
export async function dropBeside(database: Kysely<unknown>, schema: string): Promise<void> {
  const tables = await query<{ name: string }>(
    database,
    'select tablename as name from pg_tables where schemaname = $1',
    [schema],
  )
  for (const { name } of tables) await query(database, `drop table if exists ${schema}.${name}`)
  await query(database, `drop schema if exists ${schema} cascade`)
}

/** Drops what rebuilds of a model left behind when their process was killed. A rebuild that is alive keeps its schema. */
export async function dropLeftovers(database: Kysely<unknown>, model: ReadModel): Promise<void> {
  // A rebuild is recorded before its schema is made: whoever sees the schema sees the record.
  const leftovers = await query<{ name: string }>(
    database,
    `select nspname as name from pg_namespace
     where nspname ~ ('^' || $1 || '_[0-9a-f]{8}$') and right(nspname, 8) not in (
       select left(id::text, 8) from projection.rebuild where finished is null and alive_until > clock_timestamp())`,
    [schemaOf(model)],
  )
  for (const { name } of leftovers) await dropBeside(database, name)
}
