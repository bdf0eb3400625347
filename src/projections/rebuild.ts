import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { type EventStore, type PositionedEvent, StoreUnavailable } from '#events/store/event-store.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Clock } from '#values/time.ts'
import { furnishTables, isolateTables } from './apply.ts'
import { besideOf, dropBeside } from './beside.ts'
import { Build, readTogether, type Taker } from './build.ts'
import { hold, holdOn, readCheckpoint, release } from './checkpoint.ts'
import { compare } from './compare.ts'
import { keyOf, type ReadModel, schemaOf, tablesOf } from './read-model.ts'
import {
  begin,
  type Begun,
  fail as recordFailure,
  finish,
  type RebuildReport,
  showLife,
} from './rebuild-record.ts'
import { WrittenKeys } from './written-keys.ts'

export interface RebuildParts {
  readonly store: EventStore
  readonly database: Kysely<unknown>
  readonly clock: Clock
  /** Told once the rebuild is recorded as running. */
  readonly began?: () => void
  /** Told after each batch: how many events are folded, of how many as far as can be told. */
  readonly progress?: (events: number, total: number) => void
}

/** How many rows an event makes on average, in all models together. */
const ROWS_AN_EVENT = 4

/** How often a rebuild shows that it is alive, in milliseconds. */
const PULSE = 5_000

/** How long the live model is held after a sign of life, in seconds. */
const HOLD = 60

/**
 * Builds a read model anew from the log, beside the live one, compares the two and puts the new one in its place in one
 * transaction. Reads go on all the while; only for the comparison the live model is held where it is, because two
 * models can be compared at one event only (docs/decisions/0013). A rebuild whose process was killed is gone on with
 * (docs/decisions/0018).
 *
 * @param school only the rows of this school; null for all
 * @throws {NothingToRebuild}
 * @throws {RebuildRunning}
 */
export async function rebuild(
  model: ReadModel,
  school: SchoolSlug | null,
  parts: RebuildParts,
): Promise<RebuildReport> {
  const [report] = await rebuildTogether([model], school, parts)
  return report!
}

/** The same for several models, for which the log is read once. One that fails does not keep the others, and is thrown in the end. */
export async function rebuildTogether(
  models: readonly ReadModel[],
  school: SchoolSlug | null,
  parts: RebuildParts,
): Promise<RebuildReport[]> {
  const { store, began, progress } = parts
  // Where positions are not numbers of events, it is as large as it may be.
  const written = new WrittenKeys(Number((await store.head())?.commit ?? 0n) * ROWS_AN_EVENT)
  const rebuildings: Rebuilding[] = []
  const pulse = setInterval(() => {
    for (const rebuilding of rebuildings) void rebuilding.showLife()
  }, PULSE)
  try {
    for (const model of models) rebuildings.push(await Rebuilding.begin(model, school, parts, written))
    began?.()
    await readTogether(rebuildings, store, school, () => {
      const most = rebuildings.map(({ build }) => build).toSorted((a, b) => b.total - a.total)[0]!
      progress?.(most.events, most.total)
    })
    return await Promise.all(rebuildings.map((rebuilding) => rebuilding.finish()))
  } catch (error) {
    for (const rebuilding of rebuildings) await rebuilding.fail(error)
    throw error
  } finally {
    clearInterval(pulse)
  }
}

/** The rebuild of one model. When it fails, it takes nothing more, and those that read the log with it go on. */
class Rebuilding implements Taker {
  readonly build: Build
  readonly #school: SchoolSlug | null
  readonly #parts: RebuildParts
  readonly #begun: Begun
  #failure: { readonly error: unknown } | null = null
  #holding = false

  static async begin(
    model: ReadModel,
    school: SchoolSlug | null,
    parts: RebuildParts,
    written: WrittenKeys,
  ): Promise<Rebuilding> {
    const begun = await begin(parts.database, model, school, randomUUID(), parts.clock())
    const build = new Build(parts, model, besideOf(model, begun.id), begun, written)
    const rebuilding = new Rebuilding(build, school, parts, begun)
    await rebuilding.#unlessFailed(async () => {
      await build.open()
      // Never past the live model, however far behind the log it is: what is built takes over its checkpoint.
      build.until = await rebuilding.#livePosition()
    })
    return rebuilding
  }

  private constructor(build: Build, school: SchoolSlug | null, parts: RebuildParts, begun: Begun) {
    this.build = build
    this.#school = school
    this.#parts = parts
    this.#begun = begun
  }

  get position(): Position | null {
    return this.build.position
  }

  get until(): Position | null {
    return this.#failure === null ? this.build.until : null
  }

  take(events: readonly PositionedEvent[]): Promise<void> {
    return this.#unlessFailed(() => this.build.take(events))
  }

  write(): Promise<void> {
    return this.#unlessFailed(() => this.build.write())
  }

  /** Compares what was built with what is live, and puts it in its place. */
  async finish(): Promise<RebuildReport> {
    const { build } = this
    const { database, clock } = this.#parts
    let report: RebuildReport | null = null
    await this.#unlessFailed(async () => {
      await furnishTables(database, build.model, build.schema)
      // What came meanwhile, so that the live model is held for a moment only.
      await this.#catchUp()
      await analyze(database, build)
      this.#holding = true
      await hold(database, build.model, HOLD)
      await this.#catchUp()
      const tables = await compare(database, build.model, build.schema, this.#school)
      const { id, started } = this.#begun
      report = await database.transaction().execute(async (transaction) => {
        const checkpoint = await readCheckpoint(transaction, build.model, 'lock')
        if (comparePositions(checkpoint?.position ?? null, build.until) !== 0) {
          throw new Error(`${build.model.name} moved on while it was held`)
        }
        await swap(transaction, build.model, build.schema, this.#school)
        await release(transaction, build.model)
        const finished = clock()
        const found = { id, readModel: build.model.name, school: this.#school, started, finished }
        return finish(transaction, { ...found, events: build.events, tables })
      })
      this.#holding = false
      await dropBeside(database, build.schema)
    })
    if (this.#failure !== null) throw this.#failure.error
    return report!
  }

  async showLife(): Promise<void> {
    const { database } = this.#parts
    try {
      await showLife(database, this.build.id)
      if (this.#holding) await holdOn(database, this.build.model, HOLD)
    } catch {
      // The work itself meets the same database, and says so.
    }
  }

  /** An engine that is away is no failure: this rebuild, too, is gone on with later. */
  async fail(error: unknown): Promise<void> {
    if (this.#failure !== null || error instanceof StoreUnavailable) return
    this.#failure = { error }
    const { database, clock } = this.#parts
    if (this.#holding) await release(database, this.build.model)
    this.#holding = false
    await recordFailure(database, this.build.id, clock(), error)
    await dropBeside(database, this.build.schema)
  }

  async #unlessFailed(work: () => Promise<void>): Promise<void> {
    if (this.#failure !== null) return
    try {
      await work()
    } catch (error) {
      await this.fail(error)
      this.#failure ??= { error }
    }
  }

  async #catchUp(): Promise<void> {
    this.build.until = await this.#livePosition()
    await readTogether([this.build], this.#parts.store, this.#school)
  }

  async #livePosition(): Promise<Position | null> {
    return (await readCheckpoint(this.#parts.database, this.build.model))?.position ?? null
  }
}

/** Only what queries look for: statistics of the documents beside it would cost more than everything else. */
async function analyze(database: Kysely<unknown>, { model, schema }: Build): Promise<void> {
  for (const table of tablesOf(model)) {
    const sought = new Set(['school', ...keyOf(table), ...(table.indexes ?? []).flat()])
    const columns = [...sought].map((name) => `"${name}"`).join(', ')
    await query(database, `analyze ${schema}.${table.name} (${columns})`)
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
    // Only now: no rows can be sent by COPY into tables whose rows are isolated.
    await isolateTables(transaction, model, beside)
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
