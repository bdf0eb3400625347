import { Bell } from '#events/store/bell.ts'
import type { EventStore, PositionedEvent, Subscribe } from '#events/store/event-store.ts'
import { comparePositions, type Position } from '#events/store/position.ts'

/** How many batches are kept for those who come after the first. */
const KEPT = 8

/**
 * For how long the first waits for those who are slower, in milliseconds, before it leaves them behind: at least, and for
 * each event of the batch that they have not taken. Of a long log that is read anew, waiting is cheaper than reading it twice.
 */
const PATIENCE = { least: 200, anEvent: 2 }

/**
 * The same log, whose followers read it together: a batch is asked of the engine and parsed once, and each of them is
 * handed it. They go on by themselves otherwise: one that falls far behind, because its model is held or is built anew,
 * reads alone until it has caught up.
 */
export function followTogether(store: EventStore): EventStore {
  const reading = new CommonReading(store)
  return {
    append: (stream, expected, events, unmoved) => store.append(stream, expected, events, unmoved),
    ...(store.before === undefined ? {} : { before: (at) => store.before!(at) }),
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    subscribe: (options) =>
      options.school === undefined ? reading.follow(options) : store.subscribe(options),
    head: () => store.head(),
    close: () => store.close(),
  }
}

type Batch = readonly PositionedEvent[]
interface Follower {
  at: Position | null
}

class CommonReading {
  readonly #store: EventStore
  readonly #followers = new Set<Follower>()
  readonly #taken = new Bell()
  #source: { readonly batches: AsyncIterator<Batch>; readonly stop: AbortController } | null = null
  /** The newest batches: everything after `#start`, up to `#front`. */
  #batches: Batch[] = []
  #start: Position | null = null
  #front: Position | null = null
  #advancing: Promise<void> | null = null

  constructor(store: EventStore) {
    this.#store = store
  }

  async *follow({ after, signal }: Subscribe): AsyncIterable<Batch> {
    const me: Follower = { at: after }
    this.#followers.add(me)
    try {
      while (!signal.aborted) {
        const events = this.#keptAfter(me.at)
        if (events !== null) {
          me.at = events.at(-1)!.position
          this.#taken.ring()
          // The next batch is on its way while this one is worked on.
          if (this.#source !== null && this.#isFront(me)) void this.#advance()
          yield events
        } else if (this.#source === null || comparePositions(me.at, this.#front) > 0) {
          this.#begin(me.at)
        } else if (this.#isFront(me)) {
          await unlessAborted(this.#advance(), signal)
        } else {
          yield* this.#alone(me, signal)
        }
      }
    } finally {
      this.#followers.delete(me)
      this.#taken.ring()
      if (this.#followers.size === 0) this.#end()
    }
  }

  #isFront({ at }: Follower): boolean {
    return comparePositions(at, this.#front) === 0
  }

  #isWithin({ at }: Follower): boolean {
    return comparePositions(at, this.#start) >= 0 && comparePositions(at, this.#front) <= 0
  }

  /** The events of the first batch that goes past a position; null where none is kept that begins there. */
  #keptAfter(at: Position | null): Batch | null {
    if (comparePositions(at, this.#start) < 0) return null
    const batch = this.#batches.find((kept) => comparePositions(kept.at(-1)!.position, at) > 0)
    return batch?.filter(({ position }) => comparePositions(position, at) > 0) ?? null
  }

  async *#alone(me: Follower, signal: AbortSignal): AsyncIterable<Batch> {
    for await (const events of this.#store.subscribe({ after: me.at, signal })) {
      me.at = events.at(-1)!.position
      yield events
      if (this.#source === null || comparePositions(me.at, this.#start) >= 0) return
    }
  }

  #begin(at: Position | null): void {
    this.#end()
    const stop = new AbortController()
    const batches = this.#store.subscribe({ after: at, signal: stop.signal })[Symbol.asyncIterator]()
    this.#source = { batches, stop }
    this.#start = at
    this.#front = at
  }

  #end(): void {
    this.#source?.stop.abort()
    this.#source = null
    this.#batches = []
    this.#advancing = null
  }

  /** Reads one batch for all who wait at the front. @throws {StoreUnavailable} to each of them */
  #advance(): Promise<void> {
    if (this.#advancing !== null) return this.#advancing
    const advancing = this.#read().finally(() => {
      if (this.#advancing === advancing) this.#advancing = null
    })
    this.#advancing = advancing
    // Whoever waits for it hears of it; perhaps nobody does.
    advancing.catch(() => {})
    return advancing
  }

  async #read(): Promise<void> {
    const source = this.#source!
    if (this.#batches.length === KEPT) await this.#makeRoom(source.stop.signal)
    try {
      const { done, value } = await source.batches.next()
      if (source !== this.#source) return
      if (done === true) return this.#end()
      this.#batches.push(value)
      this.#front = value.at(-1)!.position
    } catch (error) {
      if (source === this.#source) this.#end()
      throw error
    }
  }

  /** Lets go of the oldest batch, when everybody who reads in common has taken it or has had time enough. */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    const oldest = this.#batches[0]!
    const end = oldest.at(-1)!.position
    const until = performance.now() + Math.max(PATIENCE.least, oldest.length * PATIENCE.anEvent)
    for (;;) {
      const taken = this.#taken.rung
      const waiting = [...this.#followers].some(
        (follower) => this.#isWithin(follower) && comparePositions(follower.at, end) < 0,
      )
      const left = until - performance.now()
      if (!waiting || left <= 0 || signal.aborted) break
      await taken.orAfter(left, signal)
    }
    if (signal.aborted) return
    this.#batches.shift()
    this.#start = end
  }
}

async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>()
  const abort = (): void => resolve()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
