import { setTimeout } from 'node:timers/promises'
import {
  EventIdTaken,
  type EventStore,
  type RecordedEvent,
  StaleRevision,
  StoreUnavailable,
} from '#events/store/event-store.ts'
import type { StreamName } from '#events/stream-name.ts'
import type { Heads } from '#integrity/heads.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Discrepancy } from '../discrepancy.ts'

/**
 * Events, and bytes of their canonical text, that are appended at once at most. EventStoreDB refuses an append of more
 * than 1,048,576 bytes (its MaxAppendSize) and counts with each event what stands around it.
 */
const MOST_EVENTS = 250
const MOST_BYTES = 800_000

/** Events that were read and are not recorded yet, at most. */
const MOST_PENDING = 4_000

/** Pauses, in milliseconds, before appends that got no answer are sent again; their ids make that harmless. */
const PAUSES = [200, 1_000, 5_000, 15_000]

/**
 * Appends events to a log at their exact places, in the order given. An event that stands there is passed over.
 *
 * An engine that keeps the order of appends that are called together gets the log in its one order, many streams at
 * once. Another gets the events of a school in their order, one append after another, and different schools side by
 * side: nothing leans on the order between schools (docs/decisions/0024).
 *
 * @param standing where the streams of the target stand; every event up to there must be the very one given
 * @param tick called after each append with the number of events that were recorded, and the last of them
 * @returns how many were recorded
 * @throws {Discrepancy} something else stands there, or somebody writes there meanwhile
 */
export async function appendInOrder<Event extends RecordedEvent>(
  target: EventStore,
  events: AsyncIterable<Event>,
  standing: Heads,
  tick: Tick<Event> = () => {},
): Promise<number> {
  const lanes = new Lanes<Event>(target, tick)
  for await (const event of events) {
    if (stands(event, standing)) continue
    await lanes.add(event)
  }
  return lanes.end()
}

function stands({ stream, revision, canonical }: RecordedEvent, standing: Heads): boolean {
  const head = standing.get(stream)
  if (head === undefined || Number(revision) > head.rev) return false
  if (Number(revision) === head.rev && leafHash(canonical) !== head.hash) {
    throw new Discrepancy(`Поток ${stream}, ревизия ${revision}: на месте назначения другое событие.`)
  }
  return true
}

type Tick<Event> = (recorded: number, last: Event) => void

/** What is appended together: runs of consecutive events of a stream, each stream once. */
class Batch<Event extends RecordedEvent> {
  readonly runs = new Map<StreamName, Event[]>()
  events = 0
  last: Event | null = null
  #bytes = 0

  /** Whether the event can be appended together with these and still come after them. */
  takes({ stream, canonical }: RecordedEvent, streams: number): boolean {
    if (this.events >= MOST_EVENTS || this.#bytes + Buffer.byteLength(canonical) > MOST_BYTES) return false
    return stream === this.last?.stream || (!this.runs.has(stream) && this.runs.size < streams)
  }

  add(event: Event): void {
    const run = this.runs.get(event.stream)
    if (run === undefined) this.runs.set(event.stream, [event])
    else run.push(event)
    this.last = event
    this.events++
    this.#bytes += Buffer.byteLength(event.canonical)
  }
}

/** Batches of which one after another is sent. */
interface Lane<Event extends RecordedEvent> {
  open: Batch<Event>
  sent: Promise<void>
}

class Lanes<Event extends RecordedEvent> {
  readonly #target: EventStore
  readonly #tick: Tick<Event>
  /** How many streams a batch may hold. */
  readonly #together: number
  readonly #lanes = new Map<string, Lane<Event>>()
  #pending = 0
  #recorded = 0
  #failure: { readonly error: unknown } | null = null
  #wake: () => void = () => {}

  constructor(target: EventStore, tick: Tick<Event>) {
    this.#target = target
    this.#tick = tick
    this.#together = target.orderedAppends ?? 1
  }

  async add(event: Event): Promise<void> {
    const lane = this.#laneOf(event.stream)
    if (!lane.open.takes(event, this.#together)) this.#send(lane)
    lane.open.add(event)
    this.#pending++
    while (this.#pending >= MOST_PENDING && this.#failure === null) {
      // A lane that holds all of them open would wait for itself.
      for (const open of this.#lanes.values()) this.#send(open)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#failure !== null) await this.end()
  }

  /** Waits until everything is recorded. */
  async end(): Promise<number> {
    for (const lane of this.#lanes.values()) this.#send(lane)
    await Promise.all(Array.from(this.#lanes.values(), ({ sent }) => sent))
    if (this.#failure !== null) throw this.#failure.error
    return this.#recorded
  }

  #laneOf(stream: StreamName): Lane<Event> {
    const name = this.#together > 1 ? '' : stream.slice(0, stream.indexOf('.'))
    const known = this.#lanes.get(name)
    if (known !== undefined) return known
    const lane = { open: new Batch<Event>(), sent: Promise.resolve() }
    this.#lanes.set(name, lane)
    return lane
  }

  #send(lane: Lane<Event>): void {
    const batch = lane.open
    if (batch.events === 0) return
    lane.open = new Batch<Event>()
    lane.sent = this.#sendAfter(lane.sent, batch)
  }

  async #sendAfter(before: Promise<void>, batch: Batch<Event>): Promise<void> {
    await before
    try {
      if (this.#failure === null) {
        await append(this.#target, batch)
        this.#recorded += batch.events
        this.#tick(this.#recorded, batch.last!)
      }
    } catch (error) {
      this.#failure ??= { error }
    }
    this.#pending -= batch.events
    this.#wake()
  }
}

async function append(target: EventStore, { runs }: Batch<RecordedEvent>): Promise<void> {
  for (const pause of [...PAUSES, null]) {
    // All at once and in this order, again after a failure: those that were recorded are found by their ids.
    const outcomes = await Promise.allSettled(
      Array.from(runs, ([stream, events]) => {
        const { revision } = events[0]!
        return target.append(stream, revision === 0n ? 'no-stream' : revision - 1n, events)
      }),
    )
    const failed = outcomes.find(({ status }) => status === 'rejected')
    if (failed === undefined) return
    const error: unknown = (failed as PromiseRejectedResult).reason
    if (error instanceof StaleRevision || error instanceof EventIdTaken) throw disturbed(error)
    if (!(error instanceof StoreUnavailable) || pause === null) throw error
    await setTimeout(pause)
  }
}

function disturbed(cause: Error): Discrepancy {
  return new Discrepancy(
    'Пока шёл перенос, на место назначения писал кто-то ещё: остановите его и начните с пустого места.',
    { cause },
  )
}
