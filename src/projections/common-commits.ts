import { setImmediate } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { StoreUnavailable } from '#events/store/event-store.ts'
import type { Position } from '#events/store/position.ts'
import { transaction } from '#events/store/sql.ts'
import { type Checkpoint, readCheckpoints, writeCheckpoints } from './checkpoint.ts'
import type { ReadModel } from './read-model.ts'

/** What a model does in a transaction that it may have in common with others; it is done anew when that was rolled back. */
export type Step<Outcome> = (
  transaction: Kysely<unknown>,
  checkpoint: Checkpoint | null,
) => Promise<{
  readonly outcome: Outcome
  /** Where the model stands after it; null where it stays. */
  readonly to: Position | null
}>

/** What became of a step. */
export interface Stepped<Outcome> {
  readonly outcome: Outcome
  /** Whether the model is complete now; null where it stays. */
  readonly complete: boolean | null
}

interface Waiting {
  readonly model: ReadModel
  readonly step: Step<unknown>
  readonly resolve: (stepped: Stepped<never>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Commits the steps of several models together: an event comes to all of them at the same moment, and twelve transactions
 * with a checkpoint each cost more than the rows that it changes. While one transaction runs, the steps that arrive wait
 * for the next. When one of them fails, each is tried by itself, so that a model stops alone (docs/decisions/0111).
 */
export class CommonCommits {
  readonly #database: Kysely<unknown>
  #waiting: Waiting[] = []
  #working = false

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  /** @throws what the step throws; {@link StoreUnavailable} */
  commit<Outcome>(model: ReadModel, step: Step<Outcome>): Promise<Stepped<Outcome>> {
    const { promise, resolve, reject } = Promise.withResolvers<Stepped<Outcome>>()
    this.#waiting.push({ model, step, resolve, reject })
    if (!this.#working) void this.#commitAll()
    return promise
  }

  async #commitAll(): Promise<void> {
    this.#working = true
    while (this.#waiting.length > 0) {
      // Those whom the same event has woken come within this turn.
      await setImmediate()
      await this.#together(this.#takeGroup())
    }
    // In the same turn as the last look at who waits.
    this.#working = false
  }

  /** One step of each model: the second must see where the first has come. */
  #takeGroup(): Waiting[] {
    const group = new Map<string, Waiting>()
    const rest: Waiting[] = []
    for (const waiting of this.#waiting) {
      if (group.has(waiting.model.name)) rest.push(waiting)
      else group.set(waiting.model.name, waiting)
    }
    this.#waiting = rest
    return [...group.values()]
  }

  async #together(group: readonly Waiting[]): Promise<void> {
    try {
      const stepped = await transaction(this.#database, (common) => steps(common, group))
      for (const [n, { resolve }] of group.entries()) resolve(stepped[n] as Stepped<never>)
    } catch (error) {
      if (group.length === 1 || error instanceof StoreUnavailable) {
        for (const { reject } of group) reject(error)
        return
      }
      for (const one of group) await this.#together([one])
    }
  }
}

async function steps(common: Kysely<unknown>, group: readonly Waiting[]): Promise<Array<Stepped<unknown>>> {
  const checkpoints = await readCheckpoints(
    common,
    group.map(({ model }) => model),
    'lock',
  )
  const outcomes: unknown[] = []
  const moved = new Map<ReadModel, Position>()
  for (const { model, step } of group) {
    const { outcome, to } = await step(common, checkpoints.get(model.name) ?? null)
    outcomes.push(outcome)
    if (to !== null) moved.set(model, to)
  }
  const complete = await writeCheckpoints(common, moved)
  return group.map(({ model }, n) => ({
    outcome: outcomes[n],
    complete: complete.get(model.name) ?? null,
  }))
}
