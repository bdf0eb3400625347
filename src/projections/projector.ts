import type { Kysely } from 'kysely'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { Bell } from '#events/store/bell.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { Clock } from '#values/time.ts'
import { apply, CannotApply, createTables } from './apply.ts'
import {
  type Checkpoint,
  inTurn,
  type Failure,
  readCheckpoint,
  writeCheckpoint,
  writeFailure,
} from './checkpoint.ts'
import { dropLeftovers } from './beside.ts'
import type { ModelProgress } from './progress.ts'
import { type ReadModel, schemaOf } from './read-model.ts'

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
 * Keeps one read model up to date: reads the log in order from its checkpoint and applies what comes, rows and
 * checkpoint in one transaction. An event that cannot be applied stops this model alone, keeps its last good state
 * readable, and is named; an engine that is away is waited for.
 */
export class Projector implements ModelProgress {
  readonly model: ReadModel
  readonly #store: EventStore
  readonly #database: Kysely<unknown>
  readonly #clock: Clock
  readonly #log: ProjectorLog
  readonly #stop = new AbortController()
  readonly #moved = new Bell()
  #position: Position | null = null
  #failure: Failure | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(model: ReadModel, { store, database, clock, log }: ProjectorParts) {
    this.model = model
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

  /** Prepares the tables and begins to follow the log. */
  async start(): Promise<void> {
    this.#position = await prepare(this.#database, this.model)
    await dropLeftovers(this.#database, this.model)
    this.#running = this.#follow()
  }

  /** Finishes the batch at hand. */
  async stop(): Promise<void> {
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
    while (!this.#stop.signal.aborted && this.#failure === null) {
      try {
        for await (const events of this.#store.subscribe({
          after: this.#position,
          signal: this.#stop.signal,
        })) {
          await this.#applyOrFail(events)
          wait = BACK_OFF.first
          if (this.#failure !== null) return
        }
      } catch (error) {
        if (error instanceof WentBack) this.#position = error.to
        this.#log.error(
          { readModel: this.model.name, err: error },
          'the read model cannot go on yet; waiting',
        )
        await new Bell().rung.orAfter(wait, this.#stop.signal)
        wait = Math.min(wait * 2, BACK_OFF.most)
      }
    }
  }

  async #applyOrFail(events: readonly PositionedEvent[]): Promise<void> {
    try {
      this.#position = await this.#commit(events)
    } catch (error) {
      if (!(error instanceof CannotApply)) throw error
      await this.#applyOneByOne(events)
    }
    this.#moved.ring()
  }

  /** Finds the event that cannot be applied: those before it are, and it is named. */
  async #applyOneByOne(events: readonly PositionedEvent[]): Promise<void> {
    for (const event of events) {
      try {
        this.#position = await this.#commit([event])
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
  async #commit(events: readonly PositionedEvent[]): Promise<Position | null> {
    for (;;) {
      const position = await this.#tryCommit(events)
      if (position !== 'held') return position
      await new Bell().rung.orAfter(HELD, this.#stop.signal)
      if (this.#stop.signal.aborted) return this.#position
    }
  }

  #tryCommit(events: readonly PositionedEvent[]): Promise<Position | null | 'held'> {
    return this.#database.transaction().execute(async (transaction) => {
      const checkpoint = await readCheckpoint(transaction, this.model, 'lock')
      if (checkpoint !== null && checkpoint.version !== this.model.version) throw new OtherVersion(this.model)
      if (checkpoint?.held === true) return 'held'
      const from = checkpoint?.position ?? null
      if (comparePositions(from, this.#position) < 0) throw new WentBack(this.model, from)
      const fresh = events.filter(({ position }) => comparePositions(position, from) > 0)
      const last = fresh.at(-1)
      if (last === undefined) return from
      await apply(transaction, this.model, schemaOf(this.model), fresh)
      await writeCheckpoint(transaction, this.model, last.position)
      return last.position
    })
  }
}

export interface ProjectorParts {
  readonly store: EventStore
  readonly database: Kysely<unknown>
  readonly clock: Clock
  readonly log: ProjectorLog
}

/** Another release has built the model in its own version: this one must neither write into it nor take it back. */
class OtherVersion extends Error {
  override readonly name = 'OtherVersion'

  constructor({ name, version }: ReadModel) {
    super(`${name} is kept by another release, this one knows version ${version}`)
  }
}

/** The database has lost its last commits, as after a restore: what stood between must be read from the log again. */
class WentBack extends Error {
  override readonly name = 'WentBack'
  readonly to: Position | null

  constructor({ name }: ReadModel, to: Position | null) {
    super(`the checkpoint of ${name} went back`)
    this.to = to
  }
}

/** Makes the tables of a model if they are missing, anew if they are of another version. */
async function prepare(database: Kysely<unknown>, model: ReadModel): Promise<Position | null> {
  return database.transaction().execute(async (transaction) => {
    await inTurn(transaction)
    const checkpoint: Checkpoint | null = await readCheckpoint(transaction, model, 'lock')
    if (checkpoint?.version === model.version) return checkpoint.position
    await query(transaction, `drop schema if exists ${schemaOf(model)} cascade`)
    await createTables(transaction, model, schemaOf(model))
    await writeCheckpoint(transaction, model, null)
    return null
  })
}
