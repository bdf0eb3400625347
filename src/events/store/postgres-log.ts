import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { RecordPage, Repeated, TextRecord } from './record-text.ts'
import type { StreamName } from '../stream-name.ts'
import {
  type Appended,
  EventIdTaken,
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
import type { Position } from './position.ts'
import { CopyOut, copyOut, QUERY_CANCELED, query, sqlState } from './sql.ts'
import { Bell } from './bell.ts'
import type { Column } from './copied-columns.ts'
import { inPages } from './in-pages.ts'
import { type EventRow, GroupedReads, READ_IN_GROUP } from './grouped-reads.ts'
import { Tail } from './tail.ts'

const PAGE = 1_000

/** What one statement takes at most: appends, and characters of their records, so that memory stays bounded. */
const MAX_GROUP = 128
const MAX_GROUP_TEXT = 8_000_000

/**
 * Pauses, in milliseconds, before a statement that got no answer is sent again: the pool needs a moment to notice
 * which of its connections are dead.
 */
const PAUSES = [20, 100, 500]

/** How long a subscriber waits, in milliseconds, before it looks for events that another process appended. */
const POLL = 100

interface Waiting {
  readonly stream: StreamName
  readonly expected: ExpectedRevision
  readonly events: readonly NewEvent[]
  readonly unmoved: readonly Unmoved[]
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: unknown) => void
}

/**
 * The log in a PostgreSQL table: PGlite in the embedded setting, a server when `DATABASE_URL` is set.
 *
 * Appends are committed in groups: while one statement runs, the appends that arrive wait together and go into
 * the next. One writer, one statement and one flush to disk serve them all, and each still succeeds or fails by
 * itself (docs/decisions/0004).
 */
export class PostgresLog implements EventStore {
  /** They become one statement. */
  readonly orderedAppends = MAX_GROUP
  readonly #database: Kysely<unknown>
  readonly #reads: GroupedReads
  readonly #appended = new Bell()
  /** Where the streams stand that a sole writer has met: it need not ask for what nobody else can have written. */
  readonly #heads: Map<StreamName, bigint> | null
  readonly #tail: Tail | null
  #waiting: Waiting[] = []
  #writing: Promise<void> | null = null
  #closed = false

  private constructor(database: Kysely<unknown>, soleWriterAt: bigint | null) {
    this.#database = database
    this.#reads = new GroupedReads(database)
    this.#heads = soleWriterAt === null ? null : new Map()
    this.#tail = soleWriterAt === null ? null : new Tail(soleWriterAt)
  }

  /** @param soleWriter no other process can write to this database, as when its folder is locked (embedded) */
  static async open(database: Kysely<unknown>, { soleWriter = false } = {}): Promise<PostgresLog> {
    return new PostgresLog(database, soleWriter ? ((await headOf(database))?.commit ?? 0n) : null)
  }

  append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    unmoved: readonly Unmoved[] = [],
  ): Promise<Appended> {
    if (events.length === 0) throw new RangeError('an append holds at least one event')
    if (this.#closed) return Promise.reject(new StoreUnavailable('the log is closed'))
    const { promise, resolve, reject } = Promise.withResolvers<Appended>()
    this.#waiting.push({ stream, expected, events, unmoved, resolve, reject })
    this.#writing ??= this.#writeAll()
    return promise
  }

  async *readStream(stream: StreamName, options: ReadStream = {}): AsyncIterable<RecordedEvent> {
    if (options.direction === 'backwards' || options.limit !== undefined) {
      yield* this.#pages(stream, options)
      return
    }
    const from = options.from ?? 0n
    const head = this.#heads?.get(stream)
    if (head !== undefined && from > head) return
    const events = (await this.#reads.read(stream, from)).map(parse)
    yield* events
    const reached = events.at(-1)?.revision ?? from - 1n
    if (events.length < READ_IN_GROUP) this.#reached(stream, reached)
    else yield* this.#pages(stream, { from: reached + 1n })
  }

  async *#pages(stream: StreamName, options: ReadStream): AsyncIterable<RecordedEvent> {
    const backwards = options.direction === 'backwards'
    const [order, beyond] = backwards ? ['desc', '<='] : ['asc', '>=']
    const text = `select position, canonical from log.event
      where stream = $1 and revision ${beyond} $2 order by revision ${order} limit $3`
    let from = options.from ?? (backwards ? MAX_BIGINT : 0n)
    let left = options.limit ?? Number.POSITIVE_INFINITY
    while (left > 0 && from >= 0n) {
      const rows = await query<EventRow>(this.#database, text, [stream, String(from), Math.min(left, PAGE)])
      const events = rows.map(parse)
      yield* events
      if (events.length < Math.min(left, PAGE)) {
        if (!backwards) this.#reached(stream, events.at(-1)?.revision ?? from - 1n)
        return
      }
      left -= events.length
      from = events.at(-1)!.revision + (backwards ? -1n : 1n)
    }
  }

  readAll(options: ReadAll = {}): AsyncIterable<PositionedEvent> {
    return inPages(this.#pagesOfAll(options))
  }

  async *#pagesOfAll(options: ReadAll): AsyncIterable<readonly PositionedEvent[]> {
    let left = options.limit ?? Number.POSITIVE_INFINITY
    let asked = Math.min(left, PAGE)
    let reading = asked > 0 ? this.#after(options.after ?? null, asked, options) : null
    while (reading !== null) {
      const events: readonly PositionedEvent[] = await reading
      left -= events.length
      const isLast = events.length < asked || left <= 0
      asked = Math.min(left, PAGE)
      // The server reads the next page while somebody works on this one.
      reading = isLast ? null : this.#after(events.at(-1)!.position, asked, options)
      // Whoever wants no more of it leaves before it comes.
      reading?.catch(() => {})
      // A pool hands out its connection in a turn of its own, for which who works through a page would let it wait.
      await setImmediate()
      yield events
    }
  }

  async *subscribe(options: Subscribe): AsyncIterable<readonly PositionedEvent[]> {
    let after = options.after
    while (!options.signal.aborted) {
      // Listening starts before looking: an append between the two is heard.
      const rung = this.#appended.rung
      const known = this.#tail?.after(after?.commit ?? 0n, options.school, PAGE) ?? null
      const events = await (known ?? this.#after(after, PAGE, options))
      if (options.signal.aborted) return
      if (events.length > 0) {
        after = events.at(-1)!.position
        yield events
      } else {
        await rung.orAfter(POLL, options.signal)
      }
    }
  }

  /** By halving: positions are dense, and records nearly in the order of their instants. */
  async before(at: Instant): Promise<Position | null> {
    let [low, high] = [0n, (await headOf(this.#database))?.commit ?? 0n]
    while (low < high) {
      const middle = (low + high) / 2n
      const [next] = await this.#after(positionOf(middle), 1)
      if (next === undefined || (next.meta['at'] as string) >= at) high = middle
      else low = next.position.commit
    }
    return low === 0n ? null : positionOf(low)
  }

  async head(): Promise<Position | null> {
    const known = this.#tail?.head ?? null
    if (known === null) return headOf(this.#database)
    return known === 0n ? null : positionOf(known)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    this.#appended.ring()
  }

  async #after(
    after: Position | null,
    limit: number,
    { school, asText = false }: Pick<ReadAll, 'school' | 'asText'> = {},
  ): Promise<readonly PositionedEvent[]> {
    if (asText) return this.#textsAfter(after, limit, school)
    const text = `select position, canonical, stream, revision, id from log.event
      where position > $1 ${school === undefined ? '' : 'and school = $3'} order by position limit $2`
    const values = [String(after?.commit ?? 0n), limit, ...(school === undefined ? [] : [school])]
    return (await query<PlacedRow>(this.#database, text, values)).map(placedRecord)
  }

  /** The same of records by their text, in the bytes in which they come. */
  async #textsAfter(after: Position | null, limit: number, school?: SchoolSlug): Promise<TextRecord[]> {
    const { bytes, columns } = await copyOut(
      this.#database,
      new CopyOut(
        ['position', 'revision', 'id::text', 'canonical', 'stream'],
        `from log.event where position > ${after?.commit ?? 0n} ${school === undefined ? '' : `and school = '${school}'`}
         order by position limit ${limit}`,
        limit,
      ),
    )
    const [position, revision, id, text, stream] = columns as [Column, Column, Column, Column, Column]
    const page = new RecordPage(bytes)
    const streams = new Repeated(bytes)
    const records: TextRecord[] = []
    for (let i = 0; i < text.from.length; i++) {
      const place = {
        position: positionOf(bytes.readBigInt64BE(position.from[i])),
        revision: bytes.readBigInt64BE(revision.from[i]),
        id: bytes.toString('latin1', id.from[i], id.to[i]) as Uuid,
        stream: streams.text(stream.from[i]!, stream.to[i]!) as StreamName,
      }
      records.push(new TextRecord(page, text.from[i]!, text.to[i]!, place))
    }
    return records
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // The requests whose bytes have come are read first, so that their appends cost one flush together: PGlite works
      // in this thread, and while it did nobody could hear them.
      await setImmediate()
      await this.#write(this.#takeGroup())
      this.#appended.ring()
    }
    // In the same turn as the last look at what waits: an append that comes now must find nobody writing.
    this.#writing = null
  }

  /** The longest waiting appends, one a stream: the second of a stream must see what became of the first. */
  #takeGroup(): Waiting[] {
    const group: Waiting[] = []
    const rest: Waiting[] = []
    const streams = new Set<StreamName>()
    let text = 0
    for (const waiting of this.#waiting) {
      const fits = group.length < MAX_GROUP && text < MAX_GROUP_TEXT
      if (fits && !streams.has(waiting.stream)) {
        group.push(waiting)
        for (const { canonical } of waiting.events) text += canonical.length
      } else {
        rest.push(waiting)
      }
      streams.add(waiting.stream)
    }
    this.#waiting = rest
    return group
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const events = group.flatMap(({ events }) => events)
    const lists = [
      group.map(({ stream }) => stream),
      group.map(({ expected }) => (expected === 'no-stream' ? -1n : expected)),
      group.map(({ events }) => events.length),
      events.map(({ id }) => id),
      events.map(({ canonical }) => canonical),
      group.map(({ unmoved }) => unmoved.map(({ stream }) => stream).join(' ') || '-'),
      group.map(({ unmoved }) => unmoved.map(({ revision }) => revision).join(' ') || '-1'),
    ]
    try {
      const lines = lists.map((list) => list.join('\n'))
      const rows = await this.#retried<OutcomeRow>(
        'select * from log.append($1, $2, $3, $4, $5, $6, $7)',
        lines,
      )
      await Promise.all(group.map((waiting, n) => this.#settle(waiting, rows[n]!)))
    } catch (error) {
      for (const { stream } of group) this.#heads?.delete(stream)
      this.#tail?.lose()
      if (group.length === 1 || error instanceof StoreUnavailable) {
        for (const { stream, reject } of group) reject(failureOf(stream, error))
        return
      }
      // The engine refuses the statement of the whole group, perhaps for the sake of one append: try each alone.
      for (const waiting of group) await this.#write([waiting])
    }
  }

  async #settle(waiting: Waiting, row: OutcomeRow): Promise<void> {
    const { stream, expected, events, unmoved, resolve, reject } = waiting
    if (row.position !== null) {
      const revision = (expected === 'no-stream' ? -1n : expected) + BigInt(events.length)
      this.#reached(stream, revision)
      const position = positionOf(row.position)
      this.#tail?.add(placed(waiting, revision, position))
      resolve({ revision, position, fresh: true })
      return
    }
    const actual = BigInt(row.actual)
    this.#reached(stream, actual)
    try {
      const earlier = await this.#recordedEarlier(waiting)
      if (earlier === null) {
        // Where the stream itself stands as expected, the ground has moved.
        const ground = actual === (expected === 'no-stream' ? -1n : expected) ? unmoved[0] : undefined
        reject(
          ground === undefined
            ? new StaleRevision(stream, expected, actual < 0n ? null : actual)
            : new StaleRevision(ground.stream, ground.revision, null),
        )
      } else {
        // Perhaps by the try before this one, of which no answer came.
        this.#tail?.lose()
        resolve(earlier)
      }
    } catch (error) {
      reject(failureOf(stream, error))
    }
  }

  /** The outcome of the same append, if it was recorded before: all its ids, in its order, at its place. */
  async #recordedEarlier({ stream, expected, events }: Waiting): Promise<Appended | null> {
    const first = expected === 'no-stream' ? 0n : expected + 1n
    const rows = await query<{ id: Uuid; position: string }>(
      this.#database,
      'select id, position from log.event where stream = $1 and revision >= $2 order by revision limit $3',
      [stream, String(first), events.length],
    )
    const same = rows.length === events.length && rows.every((row, i) => row.id === events[i]!.id)
    if (!same) return null
    return {
      revision: first + BigInt(events.length - 1),
      position: positionOf(rows.at(-1)!.position),
      fresh: false,
    }
  }

  #reached(stream: StreamName, revision: bigint): void {
    if (revision > (this.#heads?.get(stream) ?? -2n)) this.#heads?.set(stream, revision)
  }

  /**
   * Repeats after a lost connection: the ids make a repeated append harmless. One that was given up after its time has
   * waited long enough: more of it would only add to the load.
   */
  async #retried<Row>(text: string, values: readonly unknown[]): Promise<Row[]> {
    for (const pause of PAUSES) {
      try {
        return await query<Row>(this.#database, text, values)
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || sqlState(error.cause) === QUERY_CANCELED) throw error
        await setTimeout(pause)
      }
    }
    return await query<Row>(this.#database, text, values)
  }
}

interface OutcomeRow {
  readonly actual: string
  readonly position: string | null
}

const MAX_BIGINT = 2n ** 63n - 1n
const UNIQUE_VIOLATION = '23505'

async function headOf(database: Kysely<unknown>): Promise<Position | null> {
  const text = 'select position from log.event order by position desc limit 1'
  const [row] = await query<{ position: string }>(database, text)
  return row === undefined ? null : positionOf(row.position)
}

/** The events of an append as a reader of the log meets them, from the place of the last of them. */
function placed({ stream, events }: Waiting, revision: bigint, { commit }: Position): PositionedEvent[] {
  return events.map((event, i) => {
    const back = BigInt(events.length - 1 - i)
    return { ...event, stream, revision: revision - back, position: positionOf(commit - back) }
  })
}

function positionOf(value: string | bigint): Position {
  const position = BigInt(value)
  return { commit: position, prepare: position }
}

function parse(row: EventRow): PositionedEvent {
  const { stream, rev, id, type, data, meta } = JSON.parse(row.canonical)
  return {
    stream,
    revision: BigInt(rev),
    id,
    type,
    data,
    meta,
    canonical: row.canonical,
    position: positionOf(row.position),
  }
}

/** An event with the columns by which streams and ids are found: with them a reader of the log sees what a table says. */
interface PlacedRow extends EventRow {
  readonly stream: StreamName
  readonly revision: string
  readonly id: Uuid
}

/** Stream, revision and id as the columns say: they may be others than the text has, and then whoever checks sees it. */
const placedRecord = (row: PlacedRow): PositionedEvent => ({
  ...parse(row),
  stream: row.stream,
  revision: BigInt(row.revision),
  id: row.id,
})

function failureOf(stream: StreamName, error: unknown): unknown {
  return sqlState(error) === UNIQUE_VIOLATION ? new EventIdTaken(stream, error) : error
}
