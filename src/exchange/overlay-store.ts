import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type PositionedEvent,
  type ReadAll,
  type ReadStream,
  type RecordedEvent,
  StaleRevision,
  type Subscribe,
} from '#events/store/event-store.ts'
import type { Position } from '#events/store/position.ts'
import type { StreamName } from '#events/stream-name.ts'

/** A stream as the log had it when it was first asked for, and what was put above it. */
interface Layer {
  /** The last revision in the log; −1 where there was no stream. */
  readonly base: bigint
  /** What was appended since: one list an append. */
  readonly appends: RecordedEvent[][]
  /** The last revision with what stands above. */
  top: bigint
}

/** What stands above the log is at no place of it. */
const NOWHERE: Position = { commit: 0n, prepare: 0n }

/**
 * A log with appends that are kept in memory above it, so that commands can be decided one upon another and nothing be
 * recorded. A stream is as it was when it was first read; what others record later is met when the appends are taken to
 * the log. The log as a whole, and its subscriptions, are those below.
 */
export class OverlayStore implements EventStore {
  readonly #below: EventStore
  readonly #layers = new Map<StreamName, Layer>()

  constructor(below: EventStore) {
    this.#below = below
  }

  async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Appended> {
    const layer = this.#layers.get(stream)
    if (layer === undefined) throw new Error(`${stream} is appended to unread`)
    const after = expected === 'no-stream' ? -1n : expected
    // A command that the log knows is answered as the first time: these very events stand there already.
    if (after < layer.base) return this.#below.append(stream, expected, events)
    if (after !== layer.top) throw new StaleRevision(stream, expected, layer.top < 0n ? null : layer.top)
    const placed = events.map((event, i) => ({ ...event, stream, revision: after + 1n + BigInt(i) }))
    layer.appends.push(placed)
    layer.top += BigInt(events.length)
    return { revision: layer.top, position: NOWHERE, fresh: true }
  }

  async *readStream(stream: StreamName, options: ReadStream = {}): AsyncIterable<RecordedEvent> {
    const { from = 0n, limit = Number.POSITIVE_INFINITY, direction } = options
    if (direction === 'backwards') throw new Error('an overlay is read forwards')
    const known = this.#layers.get(stream)
    let left = limit
    let last = -1n
    if (known === undefined || from <= known.base) {
      for await (const event of this.#below.readStream(stream, { from })) {
        if (known !== undefined && event.revision > known.base) break
        last = event.revision
        if (left-- > 0) yield event
      }
    }
    const layer = known ?? { base: last, appends: [], top: last }
    this.#layers.set(stream, layer)
    for (const event of layer.appends.flat()) if (event.revision >= from && left-- > 0) yield event
  }

  /** The last revision that the log had of a stream when it was first read: −1 where there was none. */
  base(stream: StreamName): bigint {
    const layer = this.#layers.get(stream)
    if (layer === undefined) throw new Error(`${stream} was not read`)
    return layer.base
  }

  /** The appends above the log, by stream, in order: what a real run records. */
  *taken(): Iterable<{ readonly stream: StreamName; readonly appends: readonly RecordedEvent[][] }> {
    for (const [stream, { appends }] of this.#layers) if (appends.length > 0) yield { stream, appends }
  }

  readAll(options?: ReadAll): AsyncIterable<PositionedEvent> {
    return this.#below.readAll(options)
  }

  subscribe(options: Subscribe): AsyncIterable<readonly PositionedEvent[]> {
    return this.#below.subscribe(options)
  }

  head(): Promise<Position | null> {
    return this.#below.head()
  }

  /** Lets go of what stands above; the log below belongs to somebody else. */
  close(): Promise<void> {
    this.#layers.clear()
    return Promise.resolve()
  }
}
