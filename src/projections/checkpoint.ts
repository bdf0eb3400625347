import type { Kysely } from 'kysely'
import type { Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { ReadModel } from './read-model.ts'

/** How far a read model has come. It stands in the same database, and is written in the transaction of its rows. */
export interface Checkpoint {
  readonly position: Position | null
  /** It has shown everything that the log held when this version was begun; until then its pages lack rows. */
  readonly complete: boolean
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
  readonly read_model: string
  readonly commit: string | null
  readonly prepare: string | null
  readonly complete: boolean
  readonly failure: Failure | null
  readonly held: boolean
}

const COMPLETE = 'goal_commit is null or coalesce((commit, prepare) >= (goal_commit, goal_prepare), false)'
const COLUMNS = `read_model, commit, prepare, failure, coalesce(held_until > clock_timestamp(), false) as held, ${COMPLETE} as complete`
const OF_MODEL = 'where read_model = $1 and version = $2'

/** Several models, as the table names them. */
const OF_MODELS = 'json_to_recordset($1::json) as m(model text, of_version integer)'

/** {@link readCheckpoints} of one model; null where it has none. */
export async function readCheckpoint(
  database: Kysely<unknown>,
  model: ReadModel,
  lock: 'lock' | 'look' = 'look',
): Promise<Checkpoint | null> {
  return (await readCheckpoints(database, [model], lock)).get(model.name) ?? null
}

/**
 * The checkpoints of models that have one, by the name of the model.
 *
 * @param lock holds the rows to the end of the transaction, so that applying and swapping take turns: always in the order
 *   of names, so that nobody waits for another in a circle. Such a transaction does not wait for the disk: what a power cut
 *   takes back, rows and checkpoint together, is read from the log again.
 */
export async function readCheckpoints(
  database: Kysely<unknown>,
  models: readonly ReadModel[],
  lock: 'lock' | 'look' = 'look',
): Promise<Map<string, Checkpoint>> {
  const from = `from ${OF_MODELS} join projection.checkpoint c on c.read_model = m.model and c.version = m.of_version
    order by c.read_model`
  const locked = `select ${COLUMNS}, set_config('synchronous_commit', 'off', true) ${from} for update of c`
  const rows = await query<Row>(database, lock === 'lock' ? locked : `select ${COLUMNS} ${from}`, [
    JSON.stringify(models.map(({ name, version }) => ({ model: name, of_version: version }))),
  ])
  return new Map(
    rows.map((row) => {
      const { read_model, complete, failure, held } = row
      return [read_model, { position: positionIn(row), complete, failure, held }]
    }),
  )
}

/** The position in two columns. */
export function positionIn({ commit, prepare }: Pick<Row, 'commit' | 'prepare'>): Position | null {
  return commit === null || prepare === null ? null : { commit: BigInt(commit), prepare: BigInt(prepare) }
}

/** @param goal where the log ends: the model is complete when it has come there */
export async function beginCheckpoint(
  database: Kysely<unknown>,
  model: ReadModel,
  goal: Position | null,
): Promise<Checkpoint> {
  await query(
    database,
    `insert into projection.checkpoint (read_model, version, goal_commit, goal_prepare) values ($1, $2, $3, $4)`,
    [model.name, model.version, goal?.commit.toString() ?? null, goal?.prepare.toString() ?? null],
  )
  return { position: null, complete: goal === null, failure: null, held: false }
}

/** @returns of each model, by its name, whether it is complete now */
export async function writeCheckpoints(
  database: Kysely<unknown>,
  positions: ReadonlyMap<ReadModel, Position>,
): Promise<Map<string, boolean>> {
  if (positions.size === 0) return new Map()
  const moved = Array.from(positions, ([{ name, version }, { commit, prepare }]) => ({
    model: name,
    of_version: version,
    at_commit: commit.toString(),
    at_prepare: prepare.toString(),
  }))
  const rows = await query<Pick<Row, 'read_model' | 'complete'>>(
    database,
    `update projection.checkpoint set commit = at_commit, prepare = at_prepare, failure = null
     from json_to_recordset($1::json) as m(model text, of_version integer, at_commit bigint, at_prepare bigint)
     where read_model = model and version = of_version returning read_model, ${COMPLETE} as complete`,
    [JSON.stringify(moved)],
  )
  return new Map(rows.map(({ read_model, complete }) => [read_model, complete]))
}

/** Holds the model where it is for a while; a holder that is killed does not hold it for ever. */
export async function hold(database: Kysely<unknown>, model: ReadModel, seconds: number): Promise<void> {
  const text = `update projection.checkpoint set held_until = clock_timestamp() + $3 * interval '1 second' ${OF_MODEL}`
  await query(database, text, [model.name, model.version, seconds])
}

/** Holds a model on that is held; one that was released while this waited for its row stays so. */
export async function holdOn(database: Kysely<unknown>, model: ReadModel, seconds: number): Promise<void> {
  const text = `update projection.checkpoint set held_until = clock_timestamp() + $3 * interval '1 second'
    ${OF_MODEL} and held_until is not null`
  await query(database, text, [model.name, model.version, seconds])
}

export async function release(database: Kysely<unknown>, model: ReadModel): Promise<void> {
  const text = `update projection.checkpoint set held_until = null ${OF_MODEL}`
  await query(database, text, [model.name, model.version])
}

export async function writeFailure(
  database: Kysely<unknown>,
  model: ReadModel,
  failure: Failure,
): Promise<void> {
  const text = `update projection.checkpoint set failure = $3::jsonb ${OF_MODEL}`
  await query(database, text, [model.name, model.version, JSON.stringify(failure)])
}

/**
 * Lets a model that stopped at an event try it again; its projector, in whatever process, goes on within a second.
 *
 * @returns whether it had stopped
 */
export async function resume(database: Kysely<unknown>, model: ReadModel): Promise<boolean> {
  const text = `update projection.checkpoint set failure = null ${OF_MODEL} and failure is not null returning version`
  return (await query(database, text, [model.name, model.version])).length > 0
}

/** A sign that this version of the model is wanted still. */
export async function follow(database: Kysely<unknown>, model: ReadModel): Promise<void> {
  const text = `update projection.checkpoint set followed_at = clock_timestamp() ${OF_MODEL}`
  await query(database, text, [model.name, model.version])
}
