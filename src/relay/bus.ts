import type { Uuid } from '#values/uuid.ts'
import type { Announcement } from './announcement.ts'

/** What the relay asks of a bus that keeps messages: one connection to it, until it is lost. */
export interface Bus {
  /** Where the bus stands: the sequence of its last message (0: it has none yet), and the id, while it still has it. */
  end(): Promise<{ readonly sequence: number; readonly last: Uuid | null }>
  /**
   * Keeps a message right behind the one before it, or nowhere. Calls may overlap: one that fails takes all that were
   * to stand behind it along, so that nothing is ever kept before what came before it.
   *
   * @param before what the last message of the bus must be: its id, or its sequence where the id is not known
   * @throws {OutOfPlace} the last message is another one
   * @throws {BusUnavailable} nothing is known of the outcome
   */
  publish(announcement: Announcement, before: Uuid | number): Promise<Kept>
  /** Aborts when the connection is lost. */
  readonly lost: AbortSignal
  close(): Promise<void>
}

export interface Kept {
  /** The bus had it already. */
  readonly duplicate: boolean
}

/** The message would not stand where it belongs: another relay sends as well, or something before it was not kept. */
export class OutOfPlace extends Error {
  override readonly name = 'OutOfPlace'
}

/** The bus is away, silent or full. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable'

  constructor(problem: string, cause?: unknown) {
    super(problem, { cause })
  }
}

/** The bus has a stream of this name that does not keep what we promise. An operator must look at it. */
export class StreamUnfit extends Error {
  override readonly name = 'StreamUnfit'
}
