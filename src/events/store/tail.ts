import type { SchoolSlug } from '#values/school.ts'
import type { PositionedEvent } from './event-store.ts'

const LONGEST = 2_000

/**
 * The newest events of a log that has one writer, as that writer knows them without asking: positions have no gaps, so
 * it can tell what stands after any of them. Those who follow the log then cost no query for each append.
 */
export class Tail {
  #events: PositionedEvent[] = []
  /** Everything after this position is in `#events`; null while that is not known. */
  #after: bigint | null

  /** @param head the position of the last event of the log, 0 when it is empty */
  constructor(head: bigint) {
    this.#after = head
  }

  /** What was just recorded, in order. Whatever came between and was not seen starts the tail anew. */
  add(events: readonly PositionedEvent[]): void {
    const first = events[0]!.position.commit
    if (this.#after === null || this.#after + BigInt(this.#events.length) + 1n !== first) {
      this.#events = []
      this.#after = first - 1n
    }
    this.#events.push(...events)
    if (this.#events.length > LONGEST) {
      const gone = this.#events.length - LONGEST / 2
      this.#events.splice(0, gone)
      this.#after += BigInt(gone)
    }
  }

  /** The outcome of an append is not known: something may stand in the log that is not here. */
  lose(): void {
    this.#after = null
  }

  /** The position of the last event of the log, 0 while it is empty; null where the log itself must be asked. */
  get head(): bigint | null {
    return this.#after === null ? null : this.#after + BigInt(this.#events.length)
  }

  /** The events after a position; null where the log itself must be asked. */
  after(position: bigint, school: SchoolSlug | undefined, limit: number): PositionedEvent[] | null {
    if (this.#after === null || position < this.#after) return null
    const events = this.#events.slice(Number(position - this.#after))
    const own = school === undefined ? events : events.filter(({ stream }) => stream.startsWith(`${school}.`))
    return own.slice(0, limit)
  }
}
