import { setTimeout } from 'node:timers/promises'
import { StoreUnavailable } from './event-store.ts'
import type { EventStoreAddress } from './eventstore-address.ts'
import { EventStoreClient, type LogFilter, type ReadResp } from './eventstore-client.ts'
import { failureOf, ranOutOfTime, Silence } from './eventstore-failure.ts'
import { type Answering, Inflow } from './eventstore-inflow.ts'
import type { EventStoreJournal, EventStoreObserver, EventStoreTimes } from './eventstore-options.ts'
import { Gate } from './gate.ts'
import type { Position } from './position.ts'

/** Calls under way on a connection. Past 100 the server's HTTP/2 lets them wait without a word. */
const MOST_CALLS = 60

/** After this many failures in a row, and every so many more, the alarm is given. */
const ALARM = 10

/** How often reading the log goes on after a failure without having come any further. */
const RESUMPTIONS = 5

export interface ConnectionParts {
  readonly address: EventStoreAddress
  readonly times: EventStoreTimes
  readonly log: EventStoreJournal
  readonly observer: EventStoreObserver
  /** Connections with equal options are one to the client; this tells ours apart. */
  readonly lane: number
}

/**
 * One connection to the server or the leader of the cluster: a bounded number of calls at once, every one of which ends
 * within a time, and all of whose failures are told apart into answers and silence.
 *
 * The client opens a new connection when the old one breaks. What it does not see is one on which nothing breaks and
 * nothing comes: when a call has run out of time, and nothing at all was heard since it began, a new client is made.
 */
export class Connection {
  readonly #parts: ConnectionParts
  readonly #times: EventStoreTimes
  readonly #gate = new Gate(MOST_CALLS)
  readonly #following = new Set<Inflow<ReadResp>>()
  #client: EventStoreClient
  #generation = 0
  #heardAt = Number.NEGATIVE_INFINITY
  #failures = 0
  #closed = false

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#times = parts.times
    this.#client = this.#newClient()
  }

  /** One try of a call. @throws {StoreUnavailable} nothing is known of what became of it */
  async once<Result>(call: string, make: (client: EventStoreClient) => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new StoreUnavailable('the log is closed')
    const leave = await this.#gate.enter()
    const client = this.#client
    const began = performance.now()
    try {
      await client.connected(this.#times.deadline)
      const result = await make(client)
      this.#heard()
      leave()
      return result
    } catch (error) {
      // Whoever waits at the gate must not begin before the client has replaced the channel that failed.
      setImmediate(leave)
      throw this.#failed(call, error, client, began)
    }
  }

  /**
   * Tries until there is an answer or the patience is at its end. Only for what may be repeated: reads, and appends
   * with the same ids at the same place.
   *
   * @throws {StoreUnavailable}
   */
  async retried<Result>(
    call: string,
    make: (client: EventStoreClient, attempt: number) => Promise<Result>,
  ): Promise<Result> {
    const until = performance.now() + this.#times.patience
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(call, (client) => make(client, attempt))
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || this.#closed) throw error
        const pause = this.#pause(attempt)
        if (performance.now() + pause > until) throw error
        await setTimeout(pause)
      }
    }
  }

  /** All answers of a read that ends by itself. */
  async drain(call: Promise<Answering<ReadResp>>): Promise<ReadResp[]> {
    const inflow = new Inflow(await call)
    try {
      const answers: ReadResp[] = []
      for (;;) {
        const taken = await inflow.take(this.#times.silence)
        if (taken === null) return answers
        if (taken === 'silent') throw new Silence(`no answer for ${this.#times.silence} ms`)
        this.#heard()
        answers.push(...taken)
      }
    } finally {
      inflow.cancel()
    }
  }

  /**
   * Follows the log from a position. What comes is given in portions, `silent` when nothing came for the given time.
   * Ends when `signal` aborts. Leaving early ends the call.
   *
   * @throws {StoreUnavailable} the subscription is lost
   */
  async *follow(
    after: Position | null,
    filter: LogFilter,
    milliseconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly ReadResp[] | 'silent'> {
    if (this.#closed) throw new StoreUnavailable('the log is closed')
    if (this.#following.size >= MOST_CALLS) {
      throw new StoreUnavailable(`more than ${MOST_CALLS} subscriptions at once`)
    }
    const client = this.#client
    const began = performance.now()
    let inflow: Inflow<ReadResp> | undefined
    const abort = (): void => inflow?.cancel()
    try {
      await client.connected(this.#times.deadline)
      inflow = new Inflow(await client.subscribe(after, filter))
      this.#following.add(inflow)
      signal.addEventListener('abort', abort)
      if (signal.aborted) return
      for (let confirmed = false; ; confirmed = true) {
        const taken = await inflow.take(confirmed ? milliseconds : this.#times.deadline)
        if (signal.aborted) return
        if (taken === null) throw new Error('the server ended the subscription')
        if (taken !== 'silent') this.#heard()
        else if (!confirmed) throw new Silence('the server confirmed no subscription')
        yield taken
        if (signal.aborted) return
      }
    } catch (error) {
      throw this.#failed('subscribe', error, client, began)
    } finally {
      signal.removeEventListener('abort', abort)
      if (inflow !== undefined) this.#following.delete(inflow)
      inflow?.cancel()
    }
  }

  /**
   * What stands in the log now, as {@link follow} gives it. When the connection is lost it goes on after `place`.
   *
   * @throws {StoreUnavailable} it was lost time after time without coming any further
   */
  async *standing(filter: LogFilter, place: () => Position | null): AsyncGenerator<readonly ReadResp[]> {
    const { signal } = new AbortController()
    for (let failed = 0; ; ) {
      try {
        for await (const answers of this.follow(place(), filter, this.#times.silence, signal)) {
          if (answers === 'silent')
            throw new StoreUnavailable('EventStoreDB fell silent while the log was read')
          const end = answers.findIndex((answer) => answer.hasCaughtUp())
          yield end < 0 ? answers : answers.slice(0, end)
          if (end >= 0) return
          failed = 0
        }
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || this.#closed || ++failed > RESUMPTIONS) throw error
        await setTimeout(this.#pause(failed))
      }
    }
  }

  /** Ends reads and subscriptions and lets go of the server. */
  async close(): Promise<void> {
    this.#closed = true
    this.#endFollowing('the log is closed')
    await this.#client.close()
  }

  #heard(): void {
    this.#heardAt = performance.now()
    if (this.#failures === 0) return
    const failures = this.#failures
    this.#failures = 0
    this.#parts.observer.recovered?.(failures)
    this.#parts.log.info({ failures, hosts: this.#parts.address.hosts }, 'EventStoreDB answers again')
  }

  /** Half of it by chance, so that those who failed together do not come again together. */
  #pause(attempt: number): number {
    const { first, most } = this.#times.pause
    return Math.min(first * 2 ** (attempt - 1), most) * (0.5 + Math.random() / 2)
  }

  /** The failure as the caller is to know it. */
  #failed(call: string, error: unknown, client: EventStoreClient, began: number): unknown {
    if (error instanceof StoreUnavailable) return error
    const failure = failureOf(call, error)
    if (!(failure instanceof StoreUnavailable)) return failure
    this.#failures++
    const { observer, log, address } = this.#parts
    const facts = { call, failures: this.#failures, hosts: address.hosts, problem: failure.message }
    observer.unanswered?.(call)
    if (this.#failures % ALARM === 0) {
      observer.alarm?.(this.#failures)
      log.error(facts, 'EventStoreDB has not answered for a long time')
    } else {
      log.warn(facts, 'EventStoreDB did not answer')
    }
    if (ranOutOfTime(error) && this.#heardAt < began) this.#renew(client)
    return failure
  }

  #renew(dead: EventStoreClient): void {
    if (dead !== this.#client || this.#closed) return
    this.#generation++
    this.#client = this.#newClient()
    this.#parts.observer.reconnected?.()
    this.#parts.log.warn(
      { hosts: this.#parts.address.hosts },
      'the connection to EventStoreDB is silent; opening another',
    )
    this.#endFollowing('the connection was silent')
    dead.close().catch(() => {})
  }

  #endFollowing(why: string): void {
    for (const inflow of this.#following) inflow.fail(new StoreUnavailable(why))
  }

  /** The client shares a connection among all with equal options, so that a dead one would be found again. */
  #newClient(): EventStoreClient {
    const { address, times, lane } = this.#parts
    const interval = address.settings.keepAliveInterval ?? times.keepAliveInterval
    const settings = {
      keepAliveTimeout: times.keepAliveTimeout,
      ...address.settings,
      keepAliveInterval: interval + lane + 2 * this.#generation,
    }
    return new EventStoreClient({ ...address, settings })
  }
}
