import type { StreamName } from '../stream-name.ts'
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
  StoreUnavailable,
  type Subscribe,
  type Unmoved,
} from './event-store.ts'
import { parseEventStoreAddress } from './eventstore-address.ts'
import {
  EVERYTHING,
  filterOf,
  lastPlace,
  OURS,
  positioned,
  recordOfAnswer,
  SETTINGS,
} from './eventstore-answers.ts'
import { type EventToWrite, type LogFilter, positionOf, type WrittenEvent } from './eventstore-client.ts'
import { Connection } from './eventstore-connection.ts'
import { StreamSettingForbidden } from './eventstore-failure.ts'
import {
  type EventStoreJournal,
  type EventStoreObserver,
  type EventStoreTimes,
  TIMES,
} from './eventstore-options.ts'
import { eventToWrite, isOurs } from './eventstore-record.ts'
import { StreamSettings } from './eventstore-settings.ts'
import { comparePositions, type Position } from './position.ts'

/** Events of a stream that are read at once: bounds what stands in memory. */
const PAGE = 500

/** How many of its latest appends a log remembers, to know an answer that it has had before. */
const REMEMBERED = 1_000

export interface EventStoreOptions {
  readonly log: EventStoreJournal
  readonly observer?: EventStoreObserver
  readonly times?: Partial<EventStoreTimes>
  /** Up to where an earlier {@link EventStoreLog.checkStreams} has looked; null looks from the beginning. */
  readonly checkedTo?: Position | null
}

/**
 * The log in EventStoreDB 24.2 or newer (KurrentDB by the same protocol).
 *
 * Every append is a call of its own at an exact revision, so it may be sent again until it is answered, and one that
 * fails fails alone. What follows the log has a connection of its own: a read model that catches up does not stand in
 * the way of an append. docs/decisions/0017 gives the reasons, docs/spec/store.md the form of what is kept.
 */
export class EventStoreLog implements EventStore {
  readonly #calls: Connection
  readonly #follows: Connection
  readonly #times: EventStoreTimes
  readonly #log: EventStoreJournal
  readonly #observer: EventStoreObserver
  /** The last position that was ever met here. What is recorded now stands after it. */
  #met: Position | null = null
  /** The positions of the latest appends that were acknowledged, in order. */
  readonly #acknowledged = new Set<bigint>()
  readonly #appending = new Set<Promise<Appended>>()
  #checkedTo: Position | null
  #closed = false

  private constructor(url: string, { log, observer = {}, times = {}, checkedTo = null }: EventStoreOptions) {
    const address = parseEventStoreAddress(url)
    this.#times = { ...TIMES, ...times }
    this.#log = log
    this.#observer = observer
    this.#checkedTo = checkedTo
    const parts = { address, times: this.#times, log, observer }
    this.#calls = new Connection({ ...parts, lane: 0 })
    this.#follows = new Connection({ ...parts, lane: 1 })
  }

  /**
   * @throws {BadEventStoreAddress}
   * @throws {EventStoreRefused} wrong credentials, or no right to read `$all`
   * @throws {StreamSettingForbidden} a stream of ours is set to lose events
   * @throws {StoreUnavailable} no server, no leader, or no answer
   */
  static async open(url: string, options: EventStoreOptions): Promise<EventStoreLog> {
    const log = new EventStoreLog(url, options)
    try {
      log.#meets(await log.head())
      await log.checkStreams()
      return log
    } catch (error) {
      await log.close()
      throw error
    }
  }

  async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    unmoved: readonly Unmoved[] = [],
  ): Promise<Appended> {
    if (events.length === 0) throw new RangeError('an append holds at least one event')
    if (this.#closed) throw new StoreUnavailable('the log is closed')
    const appending = this.#append(stream, expected, events, unmoved)
    this.#appending.add(appending)
    try {
      return await appending
    } finally {
      this.#appending.delete(appending)
    }
  }

  async #append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    unmoved: readonly Unmoved[],
  ): Promise<Appended> {
    const first = expected === 'no-stream' ? 0n : expected + 1n
    const writes = cut(stream, first, events) ?? (await this.#refuseMisplaced(stream, expected))
    const outcome = (await this.#hasMoved(unmoved))
      ? { actual: await this.#lastOf(stream) }
      : await this.#write(stream, expected, writes)
    if ('position' in outcome) return outcome

    // Somebody was faster. If that was another attempt of the same command, its records answer for ours.
    const { actual } = outcome
    if (actual !== null && actual >= first + BigInt(events.length - 1)) {
      const stand: RecordedEvent[] = []
      for await (const event of this.readStream(stream, { from: first, limit: events.length }))
        stand.push(event)
      if (stand.every(({ id }, i) => id === events[i]!.id)) {
        // The same records once more: the server tells where they stand.
        const earlier = await this.#write(stream, expected, cut(stream, first, stand)!)
        if ('position' in earlier) return { ...earlier, fresh: false }
      }
    }
    throw new StaleRevision(stream, expected, actual)
  }

  /** The server appends to one stream at a time, so the ground is looked at just before (docs/decisions/0057). */
  async #hasMoved(unmoved: readonly Unmoved[]): Promise<boolean> {
    const last = await Promise.all(unmoved.map(({ stream }) => this.#lastOf(stream)))
    return unmoved.some(({ revision }, i) => (last[i] ?? -1n) !== revision)
  }

  async #lastOf(stream: StreamName): Promise<bigint | null> {
    for await (const { revision } of this.readStream(stream, { direction: 'backwards', limit: 1 }))
      return revision
    return null
  }

  async *readStream(stream: StreamName, options: ReadStream = {}): AsyncIterable<RecordedEvent> {
    const { direction = 'forwards' } = options
    const step = direction === 'forwards' ? 1n : -1n
    let from: bigint | 'end' = options.from ?? (direction === 'forwards' ? 0n : 'end')
    // Backwards one may begin beyond the end.
    let next = direction === 'forwards' ? from : null
    let left = options.limit ?? Number.POSITIVE_INFINITY
    while (left > 0 && (from === 'end' || from >= 0n)) {
      const asked = Math.min(left, PAGE)
      const page = await this.#page(stream, from, direction, asked)
      for (const event of page) {
        // A server that leaves some out has dropped them: no fold may take the rest for the whole.
        if (next !== null && event.revision !== next) {
          throw new Error(`events of ${stream} are missing: ${next} was expected, ${event.revision} came`)
        }
        next = event.revision + step
        from = next
        yield event
      }
      if (page.length < asked) return
      left -= page.length
    }
  }

  async *readAll(options: ReadAll = {}): AsyncIterable<PositionedEvent> {
    let after = options.after ?? null
    let left = options.limit ?? Number.POSITIVE_INFINITY
    if (left <= 0) return
    const filter = filterOf(options.school)
    for await (const answers of this.#follows.standing(filter, () => after)) {
      for (const event of positioned(answers)) {
        after = event.position
        this.#meets(after)
        yield event
        if (--left === 0) return
      }
    }
  }

  async *subscribe({ after, school, signal }: Subscribe): AsyncIterable<readonly PositionedEvent[]> {
    if (signal.aborted) return
    const filter = filterOf(school)
    // The last place that the subscription has told of: an event, or a sign of life of the server behind it.
    let known = after
    let overdue = false
    try {
      for await (const answers of this.#follows.follow(after, filter, this.#times.quiet, signal)) {
        if (answers === 'silent') {
          const missed = await this.#standsAfter(known, filter)
          if (missed && overdue)
            throw new StoreUnavailable('a subscription to EventStoreDB gives nothing any more')
          overdue = missed
          continue
        }
        overdue = false
        const events = positioned(answers)
        known = lastPlace(answers) ?? known
        this.#meets(events.at(-1)?.position ?? null)
        if (events.length > 0) yield events
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof StoreUnavailable) {
        this.#observer.dropped?.()
        this.#log.warn({ school, problem: error.message }, 'a subscription to EventStoreDB was lost')
      }
      throw error
    }
  }

  async head(): Promise<Position | null> {
    let event = await this.#before('end', OURS)
    while (event !== undefined && !isOurs(event)) event = await this.#before(positionOf(event), OURS)
    return event === undefined ? null : positionOf(event)
  }

  /** The last place of the whole log, whoever wrote there. */
  async #end(): Promise<Position | null> {
    const event = await this.#before('end', EVERYTHING)
    return event === undefined ? null : positionOf(event)
  }

  async #before(from: Position | 'end', filter: LogFilter): Promise<WrittenEvent | undefined> {
    const [answer] = await this.#calls.retried('head', (client) =>
      this.#calls.drain(client.readLog({ from, direction: 'backwards', count: 1, filter })),
    )
    return answer?.getEvent()?.getEvent()
  }

  /**
   * Looks at what was set on streams, and at those that were deleted, since it looked last: one pass of the server over
   * the log, which gives nothing but these. Whoever starts often keeps {@link checkedTo} and gives it to `open`. A log
   * that ends before that place is not the one that was looked at, such as one from an older copy: it is looked at whole.
   *
   * @throws {StreamSettingForbidden}
   */
  async checkStreams(): Promise<void> {
    let after = comparePositions(this.#checkedTo, await this.#end()) <= 0 ? this.#checkedTo : null
    const settings = new StreamSettings()
    for await (const answers of this.#follows.standing(SETTINGS, () => after)) {
      after = lastPlace(answers) ?? after
      for (const answer of answers) {
        const event = answer.getEvent()?.getEvent()
        if (event !== undefined) settings.note(event)
      }
    }
    const [forbidden] = settings.forbidden
    if (forbidden !== undefined) throw new StreamSettingForbidden(...forbidden)
    this.#checkedTo = after
  }

  /** Up to where {@link checkStreams} has looked. Keep both numbers: one alone is no place in the log. */
  get checkedTo(): Position | null {
    return this.#checkedTo
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#appending)
    await this.#calls.close()
    await this.#follows.close()
  }

  /**
   * What was made for another place cannot be recorded, because a record holds its place. The caller is to hear where
   * the stream stands all the same: that is why most of them are wrong.
   */
  async #refuseMisplaced(stream: StreamName, expected: ExpectedRevision): Promise<never> {
    let actual: bigint | null = null
    for await (const { revision } of this.readStream(stream, { direction: 'backwards', limit: 1 })) {
      actual = revision
    }
    if (actual !== (expected === 'no-stream' ? null : expected))
      throw new StaleRevision(stream, expected, actual)
    throw new Error(`an append to ${stream} after ${expected} has records that were made for another place`)
  }

  /** Sends the same until there is an answer. */
  async #write(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToWrite[],
  ): Promise<Appended | { readonly actual: bigint | null }> {
    const met = this.#met
    const began = performance.now()
    let tries = 0
    const answer = await this.#calls.retried('append', async (client, attempt) => {
      tries = attempt
      const answer = await client.append(stream, expected, events, this.#times.deadline)
      // Of a repetition whose first time is not replicated yet the server knows no place.
      if (answer.written && answer.position === null)
        throw new StoreUnavailable('EventStoreDB has not done it yet')
      return answer
    })
    if (!answer.written) return { actual: answer.actual }
    const revision = (expected === 'no-stream' ? -1n : expected) + BigInt(events.length)
    const position = answer.position!
    if (answer.revision !== revision) {
      // After a stream was deleted the server goes on with its old numbers.
      throw new Error(`${stream}: an append that belongs at ${revision} was recorded at ${answer.revision}`)
    }
    // Met before it was sent, or acknowledged to another call: then it stood there. After a lost answer nobody knows.
    const fresh =
      tries === 1 && comparePositions(met, position) < 0 && !this.#acknowledged.has(position.commit)
    this.#acknowledges(position)
    this.#observer.appended?.(events.length, performance.now() - began, tries)
    return { revision, position, fresh }
  }

  async #page(
    stream: StreamName,
    from: bigint | 'end',
    direction: 'forwards' | 'backwards',
    count: number,
  ): Promise<RecordedEvent[]> {
    const read = async (at: bigint | 'end'): Promise<RecordedEvent[]> => {
      const answers = await this.#calls.retried('readStream', (client) =>
        this.#calls.drain(client.readEvents(stream, at, direction, count)),
      )
      return answers.flatMap((answer) => recordOfAnswer(answer) ?? [])
    }
    const page = await read(from)
    if (page.length > 0 || direction === 'forwards' || from === 'end') return page
    // Backwards from far beyond the end the server gives nothing; what is asked for is its end then.
    return (await read('end')).filter(({ revision }) => revision <= from)
  }

  /** Whether the log holds something after a place that a subscription should have given. */
  async #standsAfter(place: Position | null, filter: LogFilter): Promise<boolean> {
    const answers = await this.#calls.once('probe', (client) =>
      // The event at the place itself is read once more.
      this.#calls.drain(client.readLog({ from: place ?? 'start', direction: 'forwards', count: 2, filter })),
    )
    return positioned(answers).some(({ position }) => comparePositions(place, position) < 0)
  }

  #meets(position: Position | null): void {
    if (comparePositions(this.#met, position) < 0) this.#met = position
  }

  #acknowledges(position: Position): void {
    this.#meets(position)
    this.#acknowledged.add(position.commit)
    if (this.#acknowledged.size > REMEMBERED) {
      const [oldest] = this.#acknowledged
      this.#acknowledged.delete(oldest!)
    }
  }
}

/** Null when one of the events was made for another place. */
function cut(stream: StreamName, first: bigint, events: readonly NewEvent[]): EventToWrite[] | null {
  const writes: EventToWrite[] = []
  for (const [i, event] of events.entries()) {
    const write = eventToWrite(stream, first + BigInt(i), event)
    if (write === null) return null
    writes.push(write)
  }
  return writes
}
