import type {
  Appended,
  EventStore,
  ExpectedRevision,
  NewEvent,
  PositionedEvent,
  ReadAll,
  ReadStream,
  RecordedEvent,
  Subscribe,
} from '#events/store/event-store.ts'
import type { Position } from '#events/store/position.ts'
import type { StreamName } from '#events/stream-name.ts'
import type { Instant } from '#values/time.ts'

interface Waiting {
  readonly stream: StreamName
  readonly expected: ExpectedRevision
  readonly events: NewEvent[]
}

/** What is not recorded yet is at no place of the log. */
const NOWHERE: Position = { commit: 0n, prepare: 0n }

/**
 * A log for somebody who gives very many commands one after another and is the only one who writes: appends are answered
 * at once and recorded in batches, in their order; and of a stream that was read it is known where it ends. What others
 * wrote meanwhile is met as a refused append, after which nothing more is recorded.
 *
 * Whoever uses it must {@link flush} at the end: what did not come into the log is told there, or by the next append.
 */
export class BatchedAppends implements EventStore {
  readonly #below: EventStore
  readonly #most: number
  readonly #heads = new Map<StreamName, bigint>()
  #waiting = new Map<StreamName, Waiting>()
  #last: StreamName | null = null
  #recording: Promise<void> = Promise.resolve()
  #failure: { readonly error: unknown } | null = null

  constructor(below: EventStore) {
    this.#below = below
    this.#most = below.orderedAppends ?? 1
  }

  async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    const after = expected === 'no-stream' ? -1n : expected
    const waiting = this.#waiting.get(stream)
    if (waiting !== undefined && this.#last === stream) waiting.events.push(...events)
    else {
      // The second append of a stream must not overtake what came between.
      if (waiting !== undefined || this.#waiting.size >= this.#most) await this.#record()
      this.#waiting.set(stream, { stream, expected, events: [...events] })
      this.#last = stream
    }
    const revision = after + BigInt(events.length)
    this.#heads.set(stream, revision)
    return { revision, position: NOWHERE, fresh: true }
  }

  async *readStream(stream: StreamName, options: ReadStream = {}): AsyncIterable<RecordedEvent> {
    const forwards = options.direction !== 'backwards'
    const head = this.#heads.get(stream)
    if (forwards && head !== undefined && (options.from ?? 0n) > head) return
    if (head !== undefined) await this.flush()
    let last = (options.from ?? 0n) - 1n
    for await (const event of this.#below.readStream(stream, options)) {
      last = event.revision
      yield event
    }
    if (forwards && options.limit === undefined) this.#heads.set(stream, last)
  }

  /** Waits until everything is recorded. @throws what kept an append out of the log */
  async flush(): Promise<void> {
    await this.#record()
    await this.#recording
    this.#check()
  }

  /** Hands over what waits, as soon as what was handed over before is recorded. */
  async #record(): Promise<void> {
    await this.#recording
    this.#check()
    const batch = [...this.#waiting.values()]
    this.#waiting = new Map()
    this.#last = null
    this.#recording = this.#handOver(batch)
  }

  async #handOver(batch: readonly Waiting[]): Promise<void> {
    // All in one turn: so the engine records them in this order.
    const appends = batch.map(({ stream, expected, events }) => this.#below.append(stream, expected, events))
    for (const outcome of await Promise.allSettled(appends))
      if (outcome.status === 'rejected') this.#failure ??= { error: outcome.reason }
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error
  }

  async *readAll(options?: ReadAll): AsyncIterable<PositionedEvent> {
    await this.flush()
    yield* this.#below.readAll(options)
  }

  async before(instant: Instant): Promise<Position | null> {
    await this.flush()
    return (await this.#below.before?.(instant)) ?? null
  }

  subscribe(options: Subscribe): AsyncIterable<readonly PositionedEvent[]> {
    return this.#below.subscribe(options)
  }

  head(): Promise<Position | null> {
    return this.#below.head()
  }

  /** Records what waits; the log below belongs to somebody else. */
  close(): Promise<void> {
    return this.flush()
  }
}
