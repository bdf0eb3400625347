import type { Instant } from '#values/time.ts'
import type { StreamName } from '../stream-name.ts'
import type {
  Appended,
  EventStore,
  PositionedEvent,
  ReadAll,
  ReadStream,
  RecordedEvent,
} from './event-store.ts'
import type { Position } from './position.ts'

/**
 * A log as it stood at an instant: of each stream what was recorded until then, that instant included. Nothing is
 * appended to the past, and nobody waits for what comes.
 *
 * A stream ends before its first later event, so that it has no gaps; clocks of several processes differ by seconds, so an
 * instant between two events of different streams is as exact as those clocks.
 */
export class PastStore implements EventStore {
  readonly #below: Pick<EventStore, 'readStream' | 'readAll' | 'head'>
  readonly #until: Instant

  constructor(below: Pick<EventStore, 'readStream' | 'readAll' | 'head'>, until: Instant) {
    this.#below = below
    this.#until = until
  }

  append(): Promise<Appended> {
    throw new Error('nothing is appended to the past')
  }

  async *readStream(stream: StreamName, options: ReadStream = {}): AsyncIterable<RecordedEvent> {
    const { limit = Number.POSITIVE_INFINITY, direction = 'forwards', ...from } = options
    let left = limit
    for await (const event of this.#below.readStream(stream, { ...from, direction })) {
      const was = this.#was(event)
      if (!was && direction === 'forwards') return
      if (!was) continue
      if (left-- <= 0) return
      yield event
    }
  }

  async *readAll(options: ReadAll = {}): AsyncIterable<PositionedEvent> {
    const ended = new Set<StreamName>()
    for await (const event of this.#below.readAll(options)) {
      if (!this.#was(event)) ended.add(event.stream)
      else if (!ended.has(event.stream)) yield event
    }
  }

  subscribe(): AsyncIterable<readonly PositionedEvent[]> {
    throw new Error('nothing more comes in the past')
  }

  head(): Promise<Position | null> {
    return this.#below.head()
  }

  async close(): Promise<void> {}

  #was({ meta }: RecordedEvent): boolean {
    return (meta['at'] as Instant) <= this.#until
  }
}
