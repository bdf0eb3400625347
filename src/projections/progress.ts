import type { Position } from '#events/store/position.ts'
import type { Failure } from './checkpoint.ts'
import type { ReadModel } from './read-model.ts'

/** How far a read model has come, whether its projector works in this process or in another. */
export interface ModelProgress {
  readonly model: ReadModel
  /** The last event whose rows can be read; null before the first. */
  readonly position: Position | null
  /** It has shown everything that the log held when this version was begun; until then its pages lack rows. */
  readonly complete: boolean
  /** The event at which it stopped, if it did. */
  readonly failure: Failure | null
  /** Whether the model has come to `position` within `milliseconds`; at once when it has already. */
  reaches(position: Position, milliseconds: number): Promise<boolean>
}
