import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { StreamName } from '../stream-name.ts'
import type { Position } from './position.ts'

/**
 * The log, as the rest of Letopis sees it. An adapter is one engine; `event-store.conformance.ts` is the
 * contract that each of them passes, and nothing outside this folder knows which one runs.
 *
 * Revisions count the events of one stream from 0 without gaps. Positions order all events of the log:
 * they only grow, and an event never appears behind a position that a reader has already passed.
 */
export interface EventStore {
  /**
   * Appends all of `events` or none, at an exact place: after revision `expected`, or first in a new stream.
   *
   * Safe to repeat: when exactly these ids already stand at this place, the answer is that of the first time,
   * even if the stream has moved on. That is how a caller recovers from {@link StoreUnavailable}.
   *
   * @param unmoved what the decision rests on: nothing is appended when one of these streams has moved meanwhile. An
   *   engine that can append to one stream at a time looks just before it appends.
   * @throws {StaleRevision} the stream, or one that must not move, is not where the caller believed
   * @throws {EventIdTaken} an id stands somewhere else in the log
   * @throws {StoreUnavailable} nothing is known of the outcome; repeat with the same ids
   */
  append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    unmoved?: readonly Unmoved[],
  ): Promise<Appended>

  /**
   * How many appends to different streams, called in one turn without waiting for one another, are surely recorded in
   * the order of the calls; absent where the engine promises no such order.
   */
  readonly orderedAppends?: number

  /** The events of one stream, forwards from `from` (included; default 0) or backwards from it (default: the last). */
  readStream(stream: StreamName, options?: ReadStream): AsyncIterable<RecordedEvent>

  /** The events of the whole log, or of one school, after a position, as far as they stand now. */
  readAll(options?: ReadAll): AsyncIterable<PositionedEvent>

  /**
   * The same, without end: first what stands, then what comes. Batches are never empty, and are as large as
   * what is waiting. Ends when `signal` aborts; throws {@link StoreUnavailable} when the engine is lost, after
   * which the caller subscribes again after the last event that it kept.
   */
  subscribe(options: Subscribe): AsyncIterable<readonly PositionedEvent[]>

  /**
   * A place of the log behind which everything recorded at `at` or later stands, found without reading the log from its
   * beginning; null where that is the beginning. Absent where the engine cannot tell. Events stand in the order of their
   * instants but for the time between a decision and its recording, which the caller allows for.
   */
  before?(at: Instant): Promise<Position | null>

  /** The position of the last event; null while the log is empty. */
  head(): Promise<Position | null>

  /** Finishes the appends that were accepted and lets go of the engine. */
  close(): Promise<void>
}

/** A stream that must still stand where it was seen; −1 is no stream. */
export interface Unmoved {
  readonly stream: StreamName
  readonly revision: bigint
}

export type ExpectedRevision = bigint | 'no-stream'

/** An event on its way in. `canonical` is the text that is hashed and kept (see `record.ts`). */
export interface NewEvent {
  readonly id: Uuid
  readonly type: string
  readonly data: JsonObject
  readonly meta: JsonObject
  readonly canonical: string
}

export interface RecordedEvent extends NewEvent {
  readonly stream: StreamName
  readonly revision: bigint
}

export interface PositionedEvent extends RecordedEvent {
  readonly position: Position
}

export interface Appended {
  /** The revision and the position of the last event of the append. */
  readonly revision: bigint
  readonly position: Position
  /**
   * True when this call surely wrote these very records. False when the same ids stood there before, perhaps in
   * records made at another time: who needs the records themselves reads them back.
   */
  readonly fresh: boolean
}

export interface ReadStream {
  readonly from?: bigint
  readonly direction?: 'forwards' | 'backwards'
  readonly limit?: number
}

export interface ReadAll extends HowRead {
  readonly after?: Position | null
  readonly school?: SchoolSlug
  readonly limit?: number
}

export interface Subscribe extends HowRead {
  readonly after: Position | null
  readonly school?: SchoolSlug
  readonly signal: AbortSignal
}

export interface HowRead {
  /**
   * For who reads very many: who holds records against their text and needs nothing else of most of them, or has pages wait
   * for him. Where the engine keeps the text, they are of the class `TextRecord`, whose parts are made when they are asked for.
   */
  readonly asText?: boolean
}

/** The stream stands elsewhere than the append expected. `actual` is null when there is no stream. */
export class StaleRevision extends Error {
  override readonly name = 'StaleRevision'
  readonly stream: StreamName
  readonly expected: ExpectedRevision
  readonly actual: bigint | null

  constructor(stream: StreamName, expected: ExpectedRevision, actual: bigint | null) {
    super(`${stream} is at ${actual ?? 'no-stream'}, not at ${expected}`)
    this.stream = stream
    this.expected = expected
    this.actual = actual
  }
}

/** The id of an event already stands elsewhere in the log: two different records must never share one. */
export class EventIdTaken extends Error {
  override readonly name = 'EventIdTaken'

  constructor(stream: StreamName, cause?: unknown) {
    super(`an event id of the append to ${stream} is already in the log`, { cause })
  }
}

/** The engine did not answer. An append may or may not have been recorded: repeat it with the same ids. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'

  constructor(problem: string, cause?: unknown) {
    super(problem, { cause })
  }
}
