import type { Kysely } from 'kysely'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { Bell } from '#events/store/bell.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { Clock, Instant } from '#values/time.ts'
import { type FoldedAnew, foldingsAnew } from './anew.ts'
import { apply, CannotApply, createTables } from './apply.ts'
import { dropLeftovers, dropOldVersions } from './beside.ts'
import {
  beginCheckpoint,
  type Checkpoint,
  inTurn,
  type Failure,
  follow,
  readCheckpoint,
  writeFailure,
} from './checkpoint.ts'
import { CommonCommits } from './common-commits.ts'
import type { ModelProgress } from './progress.ts'
import { type ReadModel, schemaOf } from './read-model.ts'
import { WrittenKeys } from './written-keys.ts'

/** What the operator is told. Never person data. */
export interface ProjectorLog {
  info(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** How long to wait before the engine that did not answer is asked again, in milliseconds: doubling, with a ceiling. */
const BACK_OFF = { first: 100, most: 10_000 }

/** How long to wait before looking again whether a rebuild has let go, in milliseconds. */
const HELD = 20

/**
 * A batch of more events is committed alone: what its rows cost is more than what a transaction does, on a server the
 * models work on it at once, and a long transaction would keep everybody waiting on the embedded database.
 */
const FEW = 50

/** Of so many keys it is known that no row has them, in 16 MB for each model that is made from nothing. */
const MOST_KEYS = 2 ** 22

/** How often a model that has stopped looks whether it may go on, in milliseconds. */
const STOPPED = 500

/** How often a projector tells that its version is wanted, in milliseconds, and drops the old ones that are not. */
const FOLLOWING = 600_000

/**
 * Keeps one read model up to date: reads the log in order from its checkpoint and applies what comes, rows and
 * checkpoint in one transaction. An event that cannot be applied stops this model alone, keeps its last good state
 * readable, and is named; the model goes on when it is told to. An engine that is away is waited for.
 */
export class Projector implements ModelProgress {
  readonly model: ReadModel
  readonly #store: EventStore
  readonly #database: Kysely<unknown>
  readonly #clock: Clock
  readonly #log: ProjectorLog
  readonly #alone: CommonCommits
  readonly #common: CommonCommits
  readonly #stop = new AbortController()
  readonly #moved = new Bell()
  #position: Position | null = null
  #complete = false
  #failure: Failure | null = null
  #running: Promise<void> = Promise.resolve()
  #following: NodeJS.Timeout | undefined
  #applied = 0
  #batches = 0
  #lastBatch: number | null = null
  #lastEventAt: Instant | null = null
  /** What it has met since its tables were empty, until it has caught up; null where it does not know of every row. */
  #written: WrittenKeys | null = null

  constructor(model: ReadModel, { store, database, clock, log, commits }: ProjectorParts) {
    this.model = model
    this.#alone = new CommonCommits(database)
    this.#common = commits ?? this.#alone
    this.#store = store
    this.#database = database
    this.#clock = clock
    this.#log = log
  }

  /** The last event whose rows can be read; null before the first. */
  get position(): Position | null {
    return this.#position
  }

  get failure(): Failure | null {
    return this.#failure
  }

  get complete(): boolean {
    return this.#complete
  }

  /** How many events it has applied since it was made. */
  get applied(): number {
    return this.#applied
  }

  /** In how many batches. */
  get batches(): number {
    return this.#batches
  }

  /** How long the last batch took, in milliseconds; null before the first. */
  get lastBatch(): number | null {
    return this.#lastBatch
  }

  /** When the last event that it applied was recorded; null before the first. */
  get lastEventAt(): Instant | null {
    return this.#lastEventAt
  }

  /** Prepares the tables of all, and lets them begin to follow at once: what they catch up with is read for all together. */
  static async startAll(projectors: readonly Projector[]): Promise<void> {
    for (const projector of projectors) await projector.#makeReady()
    for (const projector of projectors) projector.#begin()
  }

  /** Prepares the tables and begins to follow the log. */
  start(): Promise<void> {
    return Projector.startAll([this])
  }

  async #makeReady(): Promise<void> {
    await this.#prepare()
    await dropLeftovers(this.#database, this.model)
    await this.#tellWanted()
  }

  #begin(): void {
    this.#following = setInterval(() => {
      this.#tellWanted().catch((err: unknown) =>
        this.#log.error({ readModel: this.model.name, err }, 'old versions of the read model stay for now'),
      )
    }, FOLLOWING)
    this.#running = this.#follow()
  }

  /** Finishes the batch at hand. */
  async stop(): Promise<void> {
    clearInterval(this.#following)
    this.#stop.abort()
    this.#moved.ring()
    await this.#running
  }

  /** Whether the model has come to `position` within `milliseconds`; at once when it has already. */
  async reaches(position: Position, milliseconds: number): Promise<boolean> {
    const limit = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(milliseconds)])
    for (;;) {
      const moved = this.#moved.rung
      if (comparePositions(this.#position, position) >= 0) return true
      if (limit.aborted || this.#failure !== null) return false
      await moved.orAfter(milliseconds, limit)
    }
  }

  async #follow(): Promise<void> {
    let wait = BACK_OFF.first
    let wentBack = false
    while (!this.#stop.signal.aborted) {
      try {
        if (wentBack) await this.#prepare()
        wentBack = false
        if (this.#failure === null) {
          for await (const events of this.#store.subscribe({
            after: this.#position,
            signal: this.#stop.signal,
          })) {
            await this.#applyOrFail(events)
            wait = BACK_OFF.first
            if (this.#failure !== null) break
          }
        } else {
          await new Bell().rung.orAfter(STOPPED, this.#stop.signal)
          await this.#goOnIfTold()
        }
      } catch (error) {
        wentBack = error instanceof WentBack
        this.#log.error(
          { readModel: this.model.name, err: error },
          'the read model cannot go on yet; waiting',
        )
        await new Bell().rung.orAfter(wait, this.#stop.signal)
        wait = Math.min(wait * 2, BACK_OFF.most)
      }
    }
  }

  async #prepare(): Promise<void> {
    const head = await this.#store.head()
    const { position, complete } = await prepare(this.#database, this.model, head)
    this.#position = position
    this.#complete = complete
    const isEmpty = position === null && !complete
    // Where positions are not numbers of events, it is as large as it may be.
    this.#written = isEmpty ? new WrittenKeys(Math.min(Number(head?.commit ?? 0n), MOST_KEYS)) : null
  }

  async #tellWanted(): Promise<void> {
    await follow(this.#database, this.model)
    await dropOldVersions(this.#database, this.model)
  }

  async #goOnIfTold(): Promise<void> {
    const checkpoint = await readCheckpoint(this.#database, this.model)
    if (checkpoint?.failure !== null) return
    this.#position = checkpoint.position
    this.#failure = null
    this.#log.info({ readModel: this.model.name }, 'read model goes on')
  }

  async #applyOrFail(events: readonly PositionedEvent[]): Promise<void> {
    const began = performance.now()
    try {
      await this.#commit(events)
    } catch (error) {
      if (!(error instanceof CannotApply)) throw error
      await this.#applyOneByOne(events)
    }
    this.#batches += 1
    this.#lastBatch = performance.now() - began
    this.#moved.ring()
  }

  /** Finds the event that cannot be applied: those before it are, and it is named. */
  async #applyOneByOne(events: readonly PositionedEvent[]): Promise<void> {
    for (const event of events) {
      try {
        await this.#commit([event])
      } catch (error) {
        if (!(error instanceof CannotApply)) throw error
        const { stream, revision, type } = event
        const { message: problem } = error
        const failure = { at: this.#clock(), stream, revision: Number(revision), type, problem }
        // Stored first: where the database is away, the event is met again, and stops the model then.
        await writeFailure(this.#database, this.model, failure)
        this.#failure = failure
        this.#log.error(
          { readModel: this.model.name, ...failure, err: error },
          'read model stopped at an event',
        )
        return
      }
    }
  }

  /** Applies what the checkpoint does not have yet, and moves it. Another projector may have come first. */
  async #commit(events: readonly PositionedEvent[]): Promise<void> {
    const anew = await foldingsAnew(this.model, this.#store, events)
    while (!this.#stop.signal.aborted) {
      if ((await this.#tryCommit(events, anew)) !== 'held') return
      await new Bell().rung.orAfter(HELD, this.#stop.signal)
    }
  }

  async #tryCommit(
    events: readonly PositionedEvent[],
    anew: ReadonlyMap<string, FoldedAnew>,
  ): Promise<'held' | 'done'> {
    const commits = events.length > FEW ? this.#alone : this.#common
    const { outcome, complete } = await commits.commit<Applied | 'held'>(
      this.model,
      async (transaction, checkpoint) => {
        if (checkpoint?.held === true) return { outcome: 'held', to: null }
        if (checkpoint === null || comparePositions(checkpoint.position, this.#position) < 0) {
          throw new WentBack(this.model)
        }
        // Another one has written rows that were not met here.
        if (comparePositions(checkpoint.position, this.#position) !== 0) this.#written = null
        const fresh = events.filter(({ position }) => comparePositions(position, checkpoint.position) > 0)
        const to = fresh.at(-1)?.position ?? null
        const schema = schemaOf(this.model)
        if (to !== null) await apply(transaction, this.model, schema, fresh, anew, this.#written)
        return { outcome: { fresh, stood: checkpoint }, to }
      },
    )
    if (outcome === 'held') return 'held'
    const { fresh, stood } = outcome
    this.#position = fresh.at(-1)?.position ?? stood.position
    this.#complete = complete ?? stood.complete
    if (this.#complete) this.#written = null
    this.#applied += fresh.length
    this.#lastEventAt = (fresh.at(-1)?.meta['at'] as Instant | undefined) ?? this.#lastEventAt
    return 'done'
  }
}

/** What a batch came to. */
interface Applied {
  readonly fresh: readonly PositionedEvent[]
  /** The checkpoint before it. */
  readonly stood: Checkpoint
}

export interface ProjectorParts {
  readonly store: EventStore
  readonly database: Kysely<unknown>
  readonly clock: Clock
  readonly log: ProjectorLog
  /** Shared by those who follow the same log into the same database; without it, each commits by itself. */
  readonly commits?: CommonCommits
}

/** The database has lost its last commits, as after a restore: what stood between must be read from the log again. */
class WentBack extends Error {
  override readonly name = 'WentBack'

  constructor({ name }: ReadModel) {
    super(`the checkpoint of ${name} went back`)
  }
}

/** Makes the tables of this version if they are missing. Those of other versions stay, for the releases that read them. */
async function prepare(
  database: Kysely<unknown>,
  model: ReadModel,
  goal: Position | null,
): Promise<Checkpoint> {
  return database.transaction().execute(async (transaction) => {
    await inTurn(transaction)
    const checkpoint = await readCheckpoint(transaction, model, 'lock')
    if (checkpoint !== null) return checkpoint
    await query(transaction, `drop schema if exists ${schemaOf(model)} cascade`)
    await createTables(transaction, model, schemaOf(model))
    return beginCheckpoint(transaction, model, goal)
  })
}
