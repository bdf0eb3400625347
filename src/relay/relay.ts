import type { Kysely } from 'kysely'
import { Bell } from '#events/store/bell.ts'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { comparePositions, formatPosition, type Position } from '#events/store/position.ts'
import type { Clock, Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Passing, passing } from './announcement.ts'
import { type Bus, BusUnavailable, type Kept, OutOfPlace } from './bus.ts'
import { type Checkpoint, moveCheckpoint, readCheckpoint } from './checkpoint.ts'

/** What the operator is told. Never person data. */
export interface RelayLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface RelayParts {
  readonly store: EventStore
  readonly database: Kysely<unknown>
  /** Connects to the bus; the relay asks again whenever a connection is lost. */
  readonly openBus: () => Promise<Bus>
  /** Under which the checkpoint stands: the name of the stream on the bus. */
  readonly bus: string
  readonly clock: Clock
  readonly log: RelayLog
}

/** Events that are on their way at once, at most: what a killed relay may have sent without having noted it. */
const RUN = 500

/** How long to wait before the next attempt, in milliseconds: doubling, with a ceiling and some chance in it. */
const BACK_OFF = { first: 100, most: 15_000 }

/** After how long a bus that is away is an alarm, and how often it is one again, in milliseconds. */
const ALARM = { first: 60_000, again: 600_000 }

/** How often a relay with nothing to do looks whether its checkpoint was moved, in milliseconds. */
const LOOK = 2_000

/** How often the end of the bus may prove to be elsewhere, with nothing sent in between, before that is a failure. */
const MISSES = 10

/**
 * Tells a bus what others may know of the events, in the order of the log, from its own checkpoint.
 *
 * Order is kept by the bus itself: each message names the one behind which it stands, so one that fails takes those
 * behind it along, and the relay begins again where the bus has come to. For the same reason two relays at once, as
 * when a stand-by took over from one that was only slow, do no harm: both send the same messages for the same places,
 * and the bus takes each from whoever comes first (docs/decisions/0022).
 */
export class Relay {
  readonly #parts: RelayParts
  #position: Position | null = null
  #published = 0
  #duplicates = 0
  #toldUpTo: Instant | null = null
  #failingSince: Instant | null = null
  #alarmed = 0

  constructor(parts: RelayParts) {
    this.#parts = parts
  }

  /** The last event of which the bus is known to have been told; null before the first. */
  get position(): Position | null {
    return this.#position
  }

  /** Messages that the bus took from this relay, as far as it said so. */
  get published(): number {
    return this.#published
  }

  /** Messages that it had already. */
  get duplicates(): number {
    return this.#duplicates
  }

  /** When the event at {@link position} was recorded; null until this relay has told of one. */
  get toldUpTo(): Instant | null {
    return this.#toldUpTo
  }

  /** Since when the bus is away; null while it takes messages. */
  get failingSince(): Instant | null {
    return this.#failingSince
  }

  /** Follows the log until `signal` aborts; what is on its way then is finished. Never fails: what is away is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    let wait = BACK_OFF.first
    while (!signal.aborted) {
      try {
        await this.#connected(signal)
      } catch (error) {
        if (signal.aborted) return
        if (this.#failingSince === null) wait = BACK_OFF.first
        this.#failed(error)
        await pause(wait * (0.5 + Math.random()), signal)
        wait = Math.min(wait * 2, BACK_OFF.most)
      }
    }
  }

  /** One connection, as long as it lasts. */
  async #connected(signal: AbortSignal): Promise<void> {
    const bus = await this.#parts.openBus()
    try {
      let misses = 0
      while (!signal.aborted) {
        const before = this.#position
        try {
          await this.#round(bus, signal)
        } catch (error) {
          if (!(error instanceof OutOfPlace)) throw error
          misses = comparePositions(before, this.#position) === 0 ? misses + 1 : 0
          if (misses > MISSES) throw error
          // Two who send at once would meet again and again.
          if (misses > 0) await pause(Math.random() * 10 * misses, signal)
        }
        if (bus.lost.aborted) throw new BusUnavailable('the connection was lost')
      }
    } finally {
      await bus.close().catch(() => {})
    }
  }

  /** Sends from where the checkpoint and the bus are, until either turns out to be elsewhere. */
  async #round(bus: Bus, signal: AbortSignal): Promise<void> {
    const { store, database } = this.#parts
    let { before, checkpoint } = await this.#begin(bus)
    this.#position = checkpoint.position
    const over = new AbortController()
    const ends = AbortSignal.any([signal, over.signal, bus.lost])
    let busy = false
    const look = async (): Promise<void> => {
      while (!ends.aborted) {
        await pause(LOOK, ends)
        if (busy || ends.aborted) continue
        this.#recovered()
        const now = await readCheckpoint(database, this.#parts.bus)
        if (!busy && !same(now, checkpoint)) over.abort()
      }
    }
    // A database that is away is met by the next run.
    const looking = look().catch(() => {})
    try {
      for await (const events of store.subscribe({ after: checkpoint.position, signal: ends })) {
        busy = true
        for (let from = 0; from < events.length && !ends.aborted; from += RUN) {
          const sent = await this.#send(bus, events.slice(from, from + RUN), before)
          if (sent.told.length > 0) {
            const to = sent.told.at(-1)!
            if (!(await moveCheckpoint(database, this.#parts.bus, checkpoint, to.position))) return
            checkpoint = { position: to.position, replay: false }
            this.#position = to.position
            this.#toldUpTo = to.at ?? this.#toldUpTo
          }
          if (sent.failure !== null) throw sent.failure
          this.#recovered()
          before = sent.before
        }
        busy = false
      }
    } finally {
      over.abort()
      await looking
    }
  }

  /**
   * Where to go on. A relay that was killed has sent up to one run more than it noted: where the last message of the bus
   * is of an event in that run, everything up to it is there. So nothing is kept twice, however long it was dead.
   */
  async #begin(bus: Bus): Promise<{ before: Uuid | number; checkpoint: Checkpoint }> {
    const { store, database } = this.#parts
    const { sequence, last } = await bus.end()
    const checkpoint = await readCheckpoint(database, this.#parts.bus)
    if (checkpoint.replay || last === null) return { before: sequence, checkpoint }
    for await (const { id, position } of store.readAll({ after: checkpoint.position, limit: RUN })) {
      if (id !== last) continue
      if (!(await moveCheckpoint(database, this.#parts.bus, checkpoint, position))) return this.#begin(bus)
      return { before: sequence, checkpoint: { position, replay: false } }
    }
    return { before: sequence, checkpoint }
  }

  /** Sends a run, pipelined, behind `before`; tells how far it came, and what stopped it. */
  async #send(bus: Bus, events: readonly PositionedEvent[], before: Uuid | number): Promise<Sent> {
    const { passed, stopped } = readable(events)
    let last = before
    const sending = passed.map(({ id, announcement }): Promise<Kept | null> => {
      if (announcement === null) return Promise.resolve(null)
      const kept = bus.publish(announcement, last)
      last = id
      return kept
    })
    const outcomes = await Promise.allSettled(sending)
    const failed = outcomes.findIndex(({ status }) => status === 'rejected')
    const told = failed === -1 ? outcomes : outcomes.slice(0, failed)
    for (const outcome of told) {
      const kept = outcome.status === 'fulfilled' ? outcome.value : null
      if (kept?.duplicate === true) this.#duplicates++
      else if (kept !== null) this.#published++
    }
    const failure = outcomes[failed]
    return {
      told: passed.slice(0, told.length),
      before: last,
      failure: failure?.status === 'rejected' ? failure.reason : stopped,
    }
  }

  #recovered(): void {
    if (this.#failingSince !== null) {
      this.#parts.log.info({ since: this.#failingSince }, 'the bus takes messages again')
    }
    this.#failingSince = null
    this.#alarmed = 0
  }

  /** Said once as it begins, and as an alarm when it lasts. */
  #failed(error: unknown): void {
    const now = this.#parts.clock()
    const position = this.#position === null ? null : formatPosition(this.#position)
    if (this.#failingSince === null) {
      this.#failingSince = now
      this.#parts.log.warn({ position, err: error }, 'nothing can be told to the bus; waiting')
      return
    }
    const lasted = Date.parse(now) - Date.parse(this.#failingSince)
    if (lasted < ALARM.first + this.#alarmed * ALARM.again) return
    this.#alarmed = 1 + Math.floor((lasted - ALARM.first) / ALARM.again)
    const seconds = Math.floor(lasted / 1_000)
    this.#parts.log.error({ position, seconds, err: error }, 'the bus has been away for long')
  }
}

interface Sent {
  /** The events up to the first that failed. */
  readonly told: readonly Passing[]
  /** The last message of the bus after them. */
  readonly before: Uuid | number
  readonly failure: unknown
}

/** The events up to one that only a newer release can read: it is never left out, so nothing goes past it. */
function readable(events: readonly PositionedEvent[]): { passed: Passing[]; stopped: unknown } {
  const passed: Passing[] = []
  try {
    for (const event of events) passed.push(passing(event))
  } catch (error) {
    return { passed, stopped: error }
  }
  return { passed, stopped: null }
}

function same(a: Checkpoint, b: Checkpoint): boolean {
  return a.replay === b.replay && comparePositions(a.position, b.position) === 0
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Bell().rung.orAfter(milliseconds, signal)
}
