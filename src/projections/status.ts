import type { Kysely } from 'kysely'
import type { EventStore } from '#events/store/event-store.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import { type Failure, readCheckpoints } from './checkpoint.ts'
import type { ReadModel } from './read-model.ts'
import { type RecordedRebuild, rebuildUnderWay } from './rebuild-record.ts'

/** How a read model is, as its database says, whatever process keeps it. */
export interface ModelStatus {
  readonly name: string
  readonly version: number
  /** The last event that it shows; null before the first, and where no projector has made its tables yet. */
  readonly position: Position | null
  /** The last event of the log. */
  readonly head: Position | null
  /** How many events it does not show yet; null for {@link COUNTED} or more. */
  readonly lag: number | null
  /** It has shown everything that the log held when this version was begun. */
  readonly complete: boolean
  readonly failure: Failure | null
  /** The rebuild that runs, or that was left by a process that is gone. */
  readonly rebuild: RecordedRebuild | null
}

/** How many events are counted at most: positions of no engine tell how many stand between them. */
const COUNTED = 1_000

/** The read models as they are now. */
export async function statusOf(
  database: Kysely<unknown>,
  models: readonly ReadModel[],
  store: EventStore,
): Promise<ModelStatus[]> {
  const status: ModelStatus[] = []
  const head = await store.head()
  const checkpoints = await readCheckpoints(database, models)
  for (const model of models) {
    const checkpoint = checkpoints.get(model.name)
    const position = checkpoint?.position ?? null
    status.push({
      name: model.name,
      version: model.version,
      position,
      head,
      lag: comparePositions(position, head) >= 0 ? 0 : await countAfter(position, store),
      complete: checkpoint?.complete ?? false,
      failure: checkpoint?.failure ?? null,
      rebuild: await rebuildUnderWay(database, model),
    })
  }
  return status
}

async function countAfter(after: Position | null, store: EventStore): Promise<number | null> {
  let events = 0
  for await (const _ of store.readAll({ after, limit: COUNTED })) events++
  return events < COUNTED ? events : null
}
