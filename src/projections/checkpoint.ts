import type { Kysely } from 'kysely'
import type { Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { ReadModel } from './read-model.ts'

/** How far a read model has come. It stands in the same database, and is written in the transaction of its rows. */
export interface Checkpoint {
  readonly position: Position | null
  readonly version: number
  /** Why it stopped, if it did. */
  readonly failure: Failure | null
  /** A rebuild is about to put a new model in its place: nothing may be applied until it has, or its time is over. */
  readonly held: boolean
}

export interface Failure {
  readonly at: string
  readonly stream: string
  readonly revision: number
  readonly type: string
  readonly problem: string
}

/** Processes that make or look at the tables of a model at once do it one after the other: to the end of the transaction. */
export async function inTurn(transaction: Kysely<unknown>): Promise<void> {
  await query(transaction, 'select pg_advisory_xact_lock(1886547810)')
}

interface Row {
  readonly version: number
  readonly commit: string | null
  readonly prepare: string | null
  readonly failure: Failure | null
  readonly held: boolean
}

/**
 * @param lock holds the row to the end of the transaction, so that applying and swapping take turns. Such a transaction
 *   does not wait for the disk: what a power cut takes back, rows and checkpoint together, is read from the log again.
 */
export async function readCheckpoint(
  database: Kysely<unknown>,
  model: ReadModel,
  lock: 'lock' | 'look' = 'look',
): Promise<Checkpoint | null> {
  const columns = `version, commit, prepare, failure, coalesce(held_until > clock_timestamp(), false) as held`
  const from = 'from projection.checkpoint where read_model = $1'
  const locked = `select ${columns}, set_config('synchronous_commit', 'off', true) ${from} for update`
  const [row] = await query<Row>(database, lock === 'lock' ? locked : `select ${columns} ${from}`, [
    model.name,
  ])
  if (row === undefined) return null
  const position =
    row.commit === null || row.prepare === null
      ? null
      : { commit: BigInt(row.commit), prepare: BigInt(row.prepare) }
  return { position, version: row.version, failure: row.failure, held: row.held }
}

export async function writeCheckpoint(
  database: Kysely<unknown>,
  model: ReadModel,
  position: Position | null,
): Promise<void> {
  await query(
    database,
    `insert into projection.checkpoint (read_model, version, commit, prepare) values ($1, $2, $3, $4)
     on conflict (read_model) do update set version = excluded.version, commit = excluded.commit,
       prepare = excluded.prepare, failure = null`,
    [model.name, model.version, position?.commit.toString() ?? null, position?.prepare.toString() ?? null],
  )
}

/** Holds the model where it is for a while; a holder that is killed does not hold it for ever. */
export async function hold(database: Kysely<unknown>, model: ReadModel, seconds: number): Promise<void> {
  const text = `update projection.checkpoint set held_until = clock_timestamp() + $2 * interval '1 second' where read_model = $1`
  await query(database, text, [model.name, seconds])
}

export async function release(database: Kysely<unknown>, model: ReadModel): Promise<void> {
  await query(database, 'update projection.checkpoint set held_until = null where read_model = $1', [
    model.name,
  ])
}

export async function writeFailure(
  database: Kysely<unknown>,
  model: ReadModel,
  failure: Failure,
): Promise<void> {
  const text = 'update projection.checkpoint set failure = $2::jsonb where read_model = $1'
  await query(database, text, [model.name, JSON.stringify(failure)])
}
