import { Bell } from '#events/store/bell.ts'
import { type EventStore, type PositionedEvent, StoreUnavailable } from '#events/store/event-store.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import type { SchoolSlug } from '#values/school.ts'
import { type Passing, passing } from './announcement.ts'

/** How many of the newest events are kept for those who follow: who falls further behind reads the log by himself. */
const KEPT = 4_000

/** What is handed over at once, at most. */
const PAGE = 500

/** How long to wait before a log that is away is asked again, in milliseconds: doubling, with a ceiling. */
const BACK_OFF = { first: 100, most: 5_000 }

/** How long a follower waits before it looks again though nothing rang, in milliseconds. */
const LOOK = 60_000

export interface Follow {
  /** After which event to begin; null is the beginning of the log. */
  readonly after: Position | null
  readonly school: SchoolSlug
  readonly signal: AbortSignal
}

/** Events of one school as they pass, and how far the log has been looked through for them. */
export interface Passed {
  readonly events: readonly Passing[]
  readonly upTo: Position
}

/**
 * The bus within a process. It follows the log once, for everybody who listens: a follower catches up from the log
 * and joins, without a gap and without meeting an event twice, because both are read in the one order of positions.
 * It holds nothing back for anybody: who is slow falls behind, and reads the log again.
 */
export class InProcessBus {
  readonly #store: EventStore
  readonly #log: { warn(facts: object, message: string): void }
  readonly #stop = new AbortController()
  readonly #moved = new Bell()
  #newest: Passing[] = []
  /** Everything after `from` up to `to` is in `#newest`. */
  #from: Position | null = null
  #to: Position | null = null
  #began: Promise<void> | null = null
  #following: Promise<void> = Promise.resolve()

  constructor(store: EventStore, log: { warn(facts: object, message: string): void }) {
    this.#store = store
    this.#log = log
  }

  /** The position of the last event that everybody who follows has been able to see; null in an empty log. */
  async end(): Promise<Position | null> {
    await this.#begin()
    return this.#to
  }

  /**
   * The events of a school after a position, then those that come, without end. Batches without events say how far
   * the log was looked through. Ends when `signal` aborts or the bus is closed.
   */
  async *follow({ after, school, signal }: Follow): AsyncIterable<Passed> {
    const ends = AbortSignal.any([signal, this.#stop.signal])
    let wait = BACK_OFF.first
    let upTo = after
    while (!ends.aborted) {
      try {
        await this.#begin()
        const rung = this.#moved.rung
        const kept = comparePositions(upTo, this.#from) >= 0
        const passed = kept ? this.#since(upTo, school) : await this.#read(upTo, school)
        wait = BACK_OFF.first
        if (ends.aborted) return
        if (passed === null) await rung.orAfter(LOOK, ends)
        else {
          yield passed
          upTo = passed.upTo
        }
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        await new Bell().rung.orAfter(wait, ends)
        wait = Math.min(wait * 2, BACK_OFF.most)
      }
    }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#moved.ring()
    await this.#following
  }

  /** Begins to follow the log with the first who asks: a process in which nobody listens does not. */
  async #begin(): Promise<void> {
    this.#began ??= this.#beginAtHead()
    try {
      await this.#began
    } catch (error) {
      this.#began = null
      throw error
    }
  }

  async #beginAtHead(): Promise<void> {
    const head = await this.#store.head()
    this.#from = head
    this.#to = head
    this.#following = this.#follow()
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop
    let wait = BACK_OFF.first
    while (!signal.aborted) {
      try {
        for await (const events of this.#store.subscribe({ after: this.#to, signal })) {
          this.#keep(events)
          wait = BACK_OFF.first
        }
      } catch (error) {
        this.#log.warn({ err: error }, 'the log cannot be followed yet; waiting')
        await new Bell().rung.orAfter(wait, signal)
        wait = Math.min(wait * 2, BACK_OFF.most)
      }
    }
  }

  #keep(events: readonly PositionedEvent[]): void {
    for (const event of events) {
      this.#newest.push(passing(event))
      this.#to = event.position
    }
    if (this.#newest.length > KEPT * 2) {
      const gone = this.#newest.splice(0, this.#newest.length - KEPT)
      this.#from = gone.at(-1)!.position
    }
    this.#moved.ring()
  }

  /** What passed after a position from which on everything is kept; null when nothing did. */
  #since(after: Position | null, school: SchoolSlug): Passed | null {
    if (this.#to === null || comparePositions(after, this.#to) >= 0) return null
    // From the end, where nearly everybody is.
    const first = 1 + this.#newest.findLastIndex(({ position }) => comparePositions(position, after) <= 0)
    const events = this.#newest.slice(first, first + PAGE)
    return {
      events: events.filter((event) => event.school === school),
      upTo: events.at(-1)!.position,
    }
  }

  async #read(after: Position | null, school: SchoolSlug): Promise<Passed> {
    // Taken before reading: what had passed by then stands in the log, and is either read or not of this school.
    const end = this.#to!
    const events: Passing[] = []
    for await (const event of this.#store.readAll({ after, school, limit: PAGE })) events.push(passing(event))
    const last = events.at(-1)?.position ?? null
    const all = events.length < PAGE
    return { events, upTo: last === null || (all && comparePositions(last, end) < 0) ? end : last }
  }
}
