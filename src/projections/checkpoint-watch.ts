import type { Kysely } from 'kysely'
import { Bell } from '#events/store/bell.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import { type Checkpoint, type Failure, readCheckpoints } from './checkpoint.ts'
import type { ModelProgress } from './progress.ts'
import type { ProjectorLog } from './projector.ts'
import type { ReadModel } from './read-model.ts'

/** How soon, in milliseconds, the checkpoints are looked at again while somebody waits for them, and while nobody does. */
const SOON = 10
const NOW_AND_THEN = 1_000

/**
 * How far the read models have come where their projector works in another process: it is asked of the checkpoints in
 * the database, one look for everybody who waits.
 */
export class CheckpointWatch {
  readonly models: readonly ModelProgress[]
  readonly #watched: readonly Watched[]
  readonly #database: Kysely<unknown>
  readonly #log: ProjectorLog
  readonly #stop = new AbortController()
  readonly #wanted: Wanted = { bell: new Bell(), waiting: 0 }
  #looking: Promise<void> = Promise.resolve()

  constructor(models: readonly ReadModel[], database: Kysely<unknown>, log: ProjectorLog) {
    this.#watched = models.map((model) => new Watched(model, this.#stop.signal, this.#wanted))
    this.models = this.#watched
    this.#database = database
    this.#log = log
  }

  /** Looks once, and then again and again. */
  async start(): Promise<void> {
    await this.#look()
    this.#looking = this.#keepLooking()
  }

  /** Nobody who waits is kept any longer. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#looking
  }

  async #keepLooking(): Promise<void> {
    let away = false
    while (!this.#stop.signal.aborted) {
      const rung = this.#wanted.bell.rung
      const nobody = this.#wanted.waiting === 0
      await (nobody ? rung : new Bell().rung).orAfter(nobody ? NOW_AND_THEN : SOON, this.#stop.signal)
      try {
        await this.#look()
        away = false
      } catch (err) {
        if (!away) this.#log.error({ err }, 'the checkpoints of the read models cannot be read; waiting')
        away = true
        await new Bell().rung.orAfter(NOW_AND_THEN, this.#stop.signal)
      }
    }
  }

  async #look(): Promise<void> {
    const models = this.#watched.map(({ model }) => model)
    const found = await readCheckpoints(this.#database, models)
    for (const watched of this.#watched) watched.found(found.get(watched.model.name) ?? null)
  }
}

/** Those who wait, and the bell that they ring when they begin to. */
interface Wanted {
  readonly bell: Bell
  waiting: number
}

class Watched implements ModelProgress {
  readonly model: ReadModel
  readonly #stop: AbortSignal
  readonly #wanted: Wanted
  readonly #looked = new Bell()
  #found: Checkpoint | null = null

  constructor(model: ReadModel, stop: AbortSignal, wanted: Wanted) {
    this.model = model
    this.#stop = stop
    this.#wanted = wanted
  }

  get position(): Position | null {
    return this.#found?.position ?? null
  }

  get complete(): boolean {
    return this.#found?.complete ?? false
  }

  get failure(): Failure | null {
    return this.#found?.failure ?? null
  }

  found(checkpoint: Checkpoint | null): void {
    this.#found = checkpoint
    this.#looked.ring()
  }

  async reaches(position: Position, milliseconds: number): Promise<boolean> {
    if (comparePositions(this.position, position) >= 0) return true
    const limit = AbortSignal.any([this.#stop, AbortSignal.timeout(milliseconds)])
    this.#wanted.waiting++
    this.#wanted.bell.ring()
    try {
      for (;;) {
        const looked = this.#looked.rung
        if (comparePositions(this.position, position) >= 0) return true
        if (limit.aborted || this.failure !== null) return false
        await looked.orAfter(milliseconds, limit)
      }
    } finally {
      this.#wanted.waiting--
    }
  }
}
