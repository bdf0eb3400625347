import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Clock, Instant } from '#values/time.ts'
import { apply, createTables } from './apply.ts'
import { besideOf, dropBeside } from './beside.ts'
import { compare, type TableReport } from './compare.ts'
import { inTurn, hold, readCheckpoint, release } from './checkpoint.ts'
import { type ReadModel, schemaOf, tablesOf } from './read-model.ts'

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

export interface RebuildParts {
  readonly store: EventStore
  readonly database: Kysely<unknown>
  readonly clock: Clock
  /** Told once the rebuild is recorded as running. */
  readonly began?: () => void
  /** Told after each batch. */
  readonly progress?: (events: number) => void
}

const BATCH = 1_000

/** For how long a rebuild is taken to be alive after its last sign of life, in seconds. */
const ALIVE = 60

/** The same, and how long the live model is held, while the last events are folded and both are compared. */
const HOLD = 600

/** There is no live model of this version beside which another could be built: a projector makes it when it starts. */
export class NothingToRebuild extends Error {
  override readonly name = 'NothingToRebuild'
}

/** Another rebuild of the model is at work, or was killed less than its time ago. */
export class RebuildRunning extends Error {
  override readonly name = 'RebuildRunning'
}

/**
 * Builds a read model anew from the log, beside the live one, compares the two and puts the new one in its place in one
 * transaction. Reads go on all the while; only for the comparison the live model is held where it is, because two
 * models can be compared at one event only (docs/decisions/0013).
 *
 * @param school only the rows of this school; null for all
 * @throws {NothingToRebuild}
 * @throws {RebuildRunning}
 */
export async function rebuild(
  model: ReadModel,
  school: SchoolSlug | null,
  { store, database, clock, began, progress }: RebuildParts,
): Promise<RebuildReport> {
  const id = randomUUID()
  const started = clock()
  await record(database, model, school, id, started)
  began?.()
  const beside = besideOf(model, id)
  try {
    await createTables(database, model, beside)
    const built = new Build(model, beside, school, store, async (events) => {
      await live(database, id, ALIVE, events)
      progress?.(events)
    })
    // Never past the live model, however far behind the log it is: what is built takes over its checkpoint.
    await built.catchUp(database, await positionOf(database, model))
    await live(database, id, HOLD)
    await hold(database, model, HOLD)
    const held = await positionOf(database, model)
    await built.catchUp(database, held)
    await live(database, id, HOLD)
    const tables = await compare(database, model, beside, school)
    await database.transaction().execute(async (transaction) => {
      const checkpoint = await readCheckpoint(transaction, model, 'lock')
      if (comparePositions(checkpoint?.position ?? null, held) !== 0) {
        throw new Error(`${model.name} moved on while it was held`)
      }
      await swap(transaction, model, beside, school)
      await release(transaction, model)
    })
    const report = {
      id,
      readModel: model.name,
      school,
      started,
      finished: clock(),
      events: built.events,
      tables,
    }
    await finish(database, report)
    return report
  } catch (error) {
    await release(database, model)
    await fail(database, id, clock(), error)
    throw error
  } finally {
    await dropBeside(database, beside)
  }
}

async function positionOf(database: Kysely<unknown>, model: ReadModel): Promise<Position | null> {
  return (await readCheckpoint(database, model))?.position ?? null
}

class Build {
  readonly #model: ReadModel
  readonly #schema: string
  readonly #school: SchoolSlug | null
  readonly #store: EventStore
  readonly #progress: (events: number) => Promise<void>
  #position: Position | null = null
  events = 0

  constructor(
    model: ReadModel,
    schema: string,
    school: SchoolSlug | null,
    store: EventStore,
    progress: (events: number) => Promise<void>,
  ) {
    this.#model = model
    this.#schema = schema
    this.#school = school
    this.#store = store
    this.#progress = progress
  }

  /** Folds every event up to `until`, that one included. */
  async catchUp(database: Kysely<unknown>, until: Position | null): Promise<void> {
    let batch: PositionedEvent[] = []
    const flush = async (): Promise<void> => {
      await apply(database, this.#model, this.#schema, batch)
      this.events += batch.length
      this.#position = batch.at(-1)?.position ?? this.#position
      batch = []
      await this.#progress(this.events)
    }
    const school = this.#school === null ? {} : { school: this.#school }
    for await (const event of this.#store.readAll({ after: this.#position, ...school })) {
      if (comparePositions(event.position, until) > 0) break
      batch.push(event)
      if (batch.length === BATCH) await flush()
    }
    if (batch.length > 0) await flush()
  }
}

/** The schemas change names, which waits for no reader: one that has found its table reads it to the end. */
async function swap(
  transaction: Kysely<unknown>,
  model: ReadModel,
  beside: string,
  school: SchoolSlug | null,
): Promise<void> {
  const live = schemaOf(model)
  if (school === null) {
    await query(transaction, `alter schema ${live} rename to ${beside}_was`)
    await query(transaction, `alter schema ${beside} rename to ${live}`)
    await query(transaction, `alter schema ${beside}_was rename to ${beside}`)
    return
  }
  for (const { name } of tablesOf(model)) {
    await query(transaction, `delete from ${live}.${name} where school = $1`, [school])
    await query(transaction, `insert into ${live}.${name} select * from ${beside}.${name}`)
  }
}

async function record(
  database: Kysely<unknown>,
  model: ReadModel,
  school: SchoolSlug | null,
  id: string,
  started: Instant,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await inTurn(transaction)
    // The lock lets two that begin at once see each other.
    const checkpoint = await readCheckpoint(transaction, model, 'lock')
    if (checkpoint?.version !== model.version) {
      throw new NothingToRebuild(`${model.name} is not built in version ${model.version} yet`)
    }
    const inserted = await query(
      transaction,
      `insert into projection.rebuild (id, read_model, school, started, alive_until)
       select $1::uuid, $2, $3, $4, clock_timestamp() + $5 * interval '1 second'
       where not exists (select from projection.rebuild
         where read_model = $2 and finished is null and alive_until > clock_timestamp())
       returning id`,
      [id, model.name, school, started, ALIVE],
    )
    if (inserted.length === 0) throw new RebuildRunning(`a rebuild of ${model.name} is running`)
  })
}

/** A sign of life: until it is over, nobody takes the schema of this rebuild for a leftover. */
async function live(database: Kysely<unknown>, id: string, seconds: number, events?: number): Promise<void> {
  const text = `update projection.rebuild
    set alive_until = clock_timestamp() + $2 * interval '1 second', events = coalesce($3, events) where id = $1`
  await query(database, text, [id, seconds, events ?? null])
}

async function finish(database: Kysely<unknown>, report: RebuildReport): Promise<void> {
  const text = 'update projection.rebuild set finished = $2, report = $3::jsonb where id = $1'
  await query(database, text, [report.id, report.finished, JSON.stringify(report)])
}

async function fail(database: Kysely<unknown>, id: string, at: Instant, error: unknown): Promise<void> {
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
  /** Null while it runs, and for ever when its process was killed. */
  readonly finished: Instant | null
  /** It has given a sign of life within its time. */
  readonly running: boolean
  /** How many events it has folded. */
  readonly events: number
  /** Why it failed, if it did. */
  readonly problem: string | null
  readonly report: RebuildReport | null
}

/** The rebuilds of a read model in which a school took part, the newest first. */
export function rebuilds(
  database: Kysely<unknown>,
  readModel: string,
  school: SchoolSlug,
): Promise<RecordedRebuild[]> {
  return query(
    database,
    `select id, started, finished, finished is null and alive_until > clock_timestamp() as running, events, problem, report
     from projection.rebuild where read_model = $1 and (school = $2 or school is null)
     order by started desc, alive_until desc, id limit 50`,
    [readModel, school],
  )
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
