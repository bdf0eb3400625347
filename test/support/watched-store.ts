import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type ReadAll,
  type ReadStream,
  type RecordedEvent,
  StoreUnavailable,
  type Subscribe,
} from '#events/store/event-store.ts'
import type { StreamName } from '#events/stream-name.ts'

/** A real store behind glass: counts what is read, and loses the answer of an append when a test says so. */
export class WatchedStore implements EventStore {
  readonly #store: EventStore
  /** Every read of a stream: from which revision, and how many events it gave. */
  readonly reads: Array<{ stream: StreamName; from: bigint; events: number }> = []
  /** How many of the next appends are recorded without their caller getting to know it. */
  answersToLose = 0
  /** Events that the store holds and no longer gives: a broken engine. */
  isMissing: (event: RecordedEvent) => boolean = () => false

  constructor(store: EventStore) {
    this.#store = store
  }

  async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    const appended = await this.#store.append(stream, expected, events)
    if (this.answersToLose === 0) return appended
    this.answersToLose--
    throw new StoreUnavailable('the answer was lost')
  }

  async *readStream(stream: StreamName, options: ReadStream = {}): AsyncIterable<RecordedEvent> {
    const read = { stream, from: options.from ?? 0n, events: 0 }
    this.reads.push(read)
    for await (const event of this.#store.readStream(stream, options)) {
      if (this.isMissing(event)) continue
      read.events++
      yield event
    }
  }

  readAll(options?: ReadAll) {
    return this.#store.readAll(options)
  }

  subscribe(options: Subscribe) {
    return this.#store.subscribe(options)
  }

  head() {
    return this.#store.head()
  }

  close() {
    return this.#store.close()
  }
}
