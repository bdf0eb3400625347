import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import { readCheckpoint } from './checkpoint.ts'
import { type ReadModel, schemaOf } from './read-model.ts'
import { RELEASE } from './release.ts'

/** For how long what a killed rebuild has built waits for somebody who goes on with it. */
export const RESUMABLE = '1 day'

/** For how long an old version is kept that no projector follows any more: there is a way back to the release before. */
const KEPT = '1 day'

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

/**
 * Drops what rebuilds of a model left behind when their process was killed. One that is alive keeps its schema, and so
 * does for a day one with which this release could go on.
 */
export async function dropLeftovers(database: Kysely<unknown>, model: ReadModel): Promise<void> {
  // A rebuild is recorded before its schema is made: whoever sees the schema sees the record.
  const leftovers = await query<{ name: string }>(
    database,
    `select nspname as name from pg_namespace
     where nspname ~ ('^' || $1 || '_[0-9a-f]{8}$') and right(nspname, 8) not in (
       select left(id::text, 8) from projection.rebuild where finished is null and (
         alive_until > clock_timestamp() or
         version = $2 and release = $3 and alive_until > clock_timestamp() - $4::interval))`,
    [schemaOf(model), model.version, RELEASE, RESUMABLE],
  )
  for (const { name } of leftovers) await dropBeside(database, name)
}

/** Drops the versions of a model before this one, once this one is complete and nobody has followed them for a day. */
export async function dropOldVersions(database: Kysely<unknown>, model: ReadModel): Promise<void> {
  if ((await readCheckpoint(database, model))?.complete !== true) return
  const forgotten = await query<{ version: number }>(
    database,
    `delete from projection.checkpoint
     where read_model = $1 and version < $2 and followed_at < clock_timestamp() - $3::interval returning version`,
    [model.name, model.version, KEPT],
  )
  for (const { version } of forgotten) {
    const old = { ...model, version }
    await dropBeside(database, schemaOf(old))
    await dropLeftovers(database, old)
  }
}
