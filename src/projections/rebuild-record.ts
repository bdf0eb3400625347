import type { Kysely } from 'kysely'
import type { Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import { RESUMABLE } from './beside.ts'
import { inTurn, positionIn, readCheckpoint } from './checkpoint.ts'
import type { TableReport } from './compare.ts'
import type { ReadModel } from './read-model.ts'
import { RELEASE } from './release.ts'

/** For how long a rebuild is taken to be alive after a sign of life, in seconds. */
const ALIVE = 30

/** What a rebuild found: the same rows, or how many differ and where. */
export interface RebuildReport {
  readonly id: string
  readonly readModel: string
  /** Null for all schools. */
  readonly school: SchoolSlug | null
  readonly started: Instant
  readonly finished: Instant
  readonly events: number
  readonly tables: readonly TableReport[]
}

/** There is no live model of this version beside which another could be built: a projector makes it when it starts. */
export class NothingToRebuild extends Error {
  override readonly name = 'NothingToRebuild'
}

/** Another rebuild of the model is at work, or was killed less than its time ago. */
export class RebuildRunning extends Error {
  override readonly name = 'RebuildRunning'
}

/** A rebuild that is to be carried out, and how far an earlier process has come with it. */
export interface Begun {
  readonly id: string
  readonly started: Instant
  /** What its tables hold already; null when nothing. */
  readonly position: Position | null
  readonly events: number
}

/**
 * Puts a rebuild on record, or takes over one whose process was killed.
 *
 * @param id the id of the rebuild, if it is a new one
 * @throws {NothingToRebuild}
 * @throws {RebuildRunning}
 */
export function begin(
  database: Kysely<unknown>,
  model: ReadModel,
  school: SchoolSlug | null,
  id: string,
  started: Instant,
): Promise<Begun> {
  return database.transaction().execute(async (transaction) => {
    await inTurn(transaction)
    // The lock lets two that begin at once see each other.
    if ((await readCheckpoint(transaction, model, 'lock')) === null) {
      throw new NothingToRebuild(`${model.name} is not built in version ${model.version} yet`)
    }
    const alive = await query(
      transaction,
      `select from projection.rebuild where read_model = $1 and coalesce(version, $2) = $2
         and finished is null and alive_until > clock_timestamp()`,
      [model.name, model.version],
    )
    if (alive.length > 0) throw new RebuildRunning(`a rebuild of ${model.name} is running`)
    const [left] = await query<{
      id: string
      started: Instant
      events: number
      commit: string | null
      prepare: string | null
    }>(
      transaction,
      `update projection.rebuild set ${SIGN_OF_LIFE} where id = (
         select id from projection.rebuild where ${IS_LEFT} and read_model = $3 and version = $4
           and school is not distinct from $5 order by alive_until desc limit 1)
       returning id, started, events, commit, prepare`,
      [RELEASE, RESUMABLE, model.name, model.version, school],
    )
    if (left !== undefined) return { ...left, position: positionIn(left) }
    await query(
      transaction,
      `insert into projection.rebuild (id, read_model, version, release, school, started, alive_until)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp() + interval '${ALIVE} seconds')`,
      [id, model.name, model.version, RELEASE, school, started],
    )
    return { id, started, position: null, events: 0 }
  })
}

const SIGN_OF_LIFE = `alive_until = clock_timestamp() + interval '${ALIVE} seconds'`
/** Its process is gone, and this release can go on with it. */
const IS_LEFT = `finished is null and release = $1 and alive_until < clock_timestamp()
  and alive_until > clock_timestamp() - $2::interval`

/** The rebuilds whose process is gone and with which this release can go on, the oldest first. */
export function leftRebuilds(
  database: Kysely<unknown>,
): Promise<Array<{ readModel: string; version: number; school: SchoolSlug | null }>> {
  const text = `select read_model as "readModel", version, school from projection.rebuild where ${IS_LEFT} order by started`
  return query(database, text, [RELEASE, RESUMABLE])
}

/** A sign of life: until it is over, nobody takes the schema of this rebuild for a leftover, nor goes on with it. */
export async function showLife(database: Kysely<unknown>, id: string): Promise<void> {
  await query(database, `update projection.rebuild set ${SIGN_OF_LIFE} where id = $1`, [id])
}

/** No process is there that could be at work: what has no end is left, however lately it gave a sign of life. */
export async function leaveAll(database: Kysely<unknown>): Promise<void> {
  await query(
    database,
    'update projection.rebuild set alive_until = clock_timestamp() where finished is null and alive_until > clock_timestamp()',
  )
}

/** How far a rebuild is. */
export interface Advance {
  readonly position: Position
  readonly events: number
  /** Of how many, as far as can be told. */
  readonly total: number
  /** Events a second. */
  readonly rate: number
}

/** Written together with the rows of these events. */
export async function advance(
  database: Kysely<unknown>,
  id: string,
  { position, events, total, rate }: Advance,
): Promise<void> {
  await query(
    database,
    `update projection.rebuild set ${SIGN_OF_LIFE}, commit = $2, prepare = $3, events = $4, total = $5, rate = $6
     where id = $1`,
    [id, position.commit.toString(), position.prepare.toString(), events, total, rate],
  )
}

export async function finish(database: Kysely<unknown>, report: RebuildReport): Promise<RebuildReport> {
  const text = 'update projection.rebuild set finished = $2, events = $3, report = $4::jsonb where id = $1'
  await query(database, text, [report.id, report.finished, report.events, JSON.stringify(report)])
  return report
}

export async function fail(
  database: Kysely<unknown>,
  id: string,
  at: Instant,
  error: unknown,
): Promise<void> {
  const problem = error instanceof Error ? error.message : String(error)
  await query(database, 'update projection.rebuild set finished = $2, problem = $3 where id = $1', [
    id,
    at,
    problem,
  ])
}

/** A rebuild as it is recorded. */
export interface RecordedRebuild {
  readonly id: string
  readonly started: Instant
  /** Null while it runs, and while nobody has gone on with it when its process was killed. */
  readonly finished: Instant | null
  /** It has given a sign of life within its time. */
  readonly running: boolean
  /** How many events it has folded. */
  readonly events: number
  /** How many there are to fold, as far as can be told; null at first. */
  readonly total: number | null
  /** Events a second; null when it does not run. */
  readonly rate: number | null
  /** How long the events that are left will take; null when it does not run. */
  readonly secondsLeft: number | null
  /** Why it failed, if it did. */
  readonly problem: string | null
  readonly report: RebuildReport | null
}

const RECORDED = `select id, started, finished, events, total::float8 as total, problem, report, running,
    case when running then rate end as rate,
    case when running and rate > 0 then ceil(greatest(total - events, 0) / rate)::float8 end as "secondsLeft"
  from (select *, finished is null and alive_until > clock_timestamp() as running from projection.rebuild) r`

/** The rebuilds of a read model in which a school took part, the newest first. */
export function rebuilds(
  database: Kysely<unknown>,
  readModel: string,
  school: SchoolSlug,
): Promise<RecordedRebuild[]> {
  return query(
    database,
    `${RECORDED} where read_model = $1 and (school = $2 or school is null)
     order by started desc, alive_until desc, id limit 50`,
    [readModel, school],
  )
}

/** The rebuild of a model that runs, in whatever process, or was left unfinished; null when there is none. */
export async function rebuildUnderWay(
  database: Kysely<unknown>,
  model: ReadModel,
): Promise<RecordedRebuild | null> {
  const [found] = await query<RecordedRebuild>(
    database,
    `${RECORDED} where read_model = $1 and version = $2 and finished is null
       and alive_until > clock_timestamp() - $3::interval order by alive_until desc limit 1`,
    [model.name, model.version, RESUMABLE],
  )
  return found ?? null
}

/** Rebuilds that run now, in any process, with how many events each has folded. */
export function runningRebuilds(
  database: Kysely<unknown>,
): Promise<Array<{ readModel: string; events: number }>> {
  return query(
    database,
    `select read_model as "readModel", events from projection.rebuild
     where finished is null and alive_until > clock_timestamp()`,
  )
}
