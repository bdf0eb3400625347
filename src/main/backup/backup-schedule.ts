import { setTimeout } from 'node:timers/promises'
import { lastAppointed, type TimeOfDay } from '../daily.ts'
import { addDays, type Clock, dateAt, type Instant, instantAt } from '#values/time.ts'

/** How long to sleep at most, in milliseconds: the clock of the machine may be set, and a machine may be suspended. */
const NAP = 15 * 60_000

/** How long to wait before a copy that failed is tried again, in milliseconds. */
const RETRY = 10 * 60_000

/** Whoever makes the copies. */
export interface Maker {
  /** When the newest whole copy was made; null where there is none. */
  lastGood(): Instant | null
  /** False when none could be made. */
  make(): Promise<boolean>
}

export interface Daily extends TimeOfDay {
  readonly clock: Clock
  /** Waits so many milliseconds, or until `signal` aborts. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/**
 * Has a copy made every day at a time. Whether one is due follows from the newest whole copy alone, so a day that was
 * missed is caught up at the next start, a failure is tried again, and a copy made on demand counts. Exactly one
 * process of an installation runs it.
 */
export class BackupSchedule {
  readonly #maker: Maker
  readonly #daily: Daily
  readonly #wait: NonNullable<Daily['wait']>
  #abort = new AbortController()
  #running: Promise<void> | null = null

  constructor(maker: Maker, daily: Daily) {
    this.#maker = maker
    this.#daily = daily
    this.#wait = daily.wait ?? asleep
  }

  start(): void {
    if (this.#running !== null) return
    this.#abort = new AbortController()
    this.#running = this.#run(this.#abort.signal)
  }

  /** Returns when nothing is going on any more: a copy that is being made is finished first. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
    this.#running = null
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const made = this.#isDue() ? await this.#maker.make() : true
      if (signal.aborted) return
      await this.#wait(made ? Math.min(this.#untilNext(), NAP) : RETRY, signal)
    }
  }

  #isDue(): boolean {
    const last = this.#maker.lastGood()
    return last === null || last < this.#lastTime()
  }

  /** The newest of the appointed times that are past. */
  #lastTime(): Instant {
    return lastAppointed(this.#daily, this.#daily.clock()).time
  }

  #untilNext(): number {
    const { at, zone, clock } = this.#daily
    const now = clock()
    const today = dateAt(now, zone)
    const time = instantAt(today, at, zone)
    const next = time > now ? time : instantAt(addDays(today, 1), at, zone)
    return Date.parse(next) - Date.parse(now)
  }
}

async function asleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal, ref: false })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
