import type { Kysely } from 'kysely'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { comparePositions, expectedUntil, type Position } from '#events/store/position.ts'
import type { SchoolSlug } from '#values/school.ts'
import { type FoldedAnew, foldingsAnew, putAnew, type Readable } from './anew.ts'
import { createBareTables, decodedFor } from './apply.ts'
import { advance, type Begun } from './rebuild-record.ts'
import { type ReadModel, tablesOf } from './read-model.ts'
import { TouchedRows } from './touched-rows.ts'
import type { WrittenKeys } from './written-keys.ts'

/** Events that are read and folded at a time. */
const BATCH = 1_000

/** What is kept in memory of a model before it is written: rows, and the events from which they came. */
const ROWS_IN_MEMORY = 25_000
const EVENTS_IN_MEMORY = 10_000

/**
 * A model that is made from the log in a schema of its own. Its rows are folded in memory and written in large portions,
 * each together with how far it has come: whoever goes on after a kill begins with the last portion. While one is written
 * the next is folded.
 */
export class Build implements Taker {
  readonly model: ReadModel
  readonly schema: string
  readonly id: string
  readonly #database: Kysely<unknown>
  readonly #store: Readable
  readonly #rows: readonly TouchedRows[]
  readonly #began = performance.now()
  readonly #foldedBefore: number
  /** Up to where it is to come, that event included. */
  until: Position | null = null
  #position: Position | null
  #events: number
  #unwritten = 0
  /** The portion that is being written. */
  #writing: Promise<void> = Promise.resolve()

  /** @param written shared by all builds of a pass; a build that another process began knows of no row whether it is there */
  constructor(
    { database, store }: { readonly database: Kysely<unknown>; readonly store: Readable },
    model: ReadModel,
    schema: string,
    { id, position, events }: Begun,
    written: WrittenKeys,
  ) {
    this.model = model
    this.schema = schema
    this.id = id
    this.#database = database
    this.#store = store
    this.#rows = tablesOf(model).map(
      (table) => new TouchedRows(table, schema, position === null ? written : null, position === null),
    )
    this.#position = position
    this.#events = events
    this.#foldedBefore = events
  }

  get position(): Position | null {
    return this.#position
  }

  get events(): number {
    return this.#events
  }

  /** Of how many, as far as can be told. */
  get total(): number {
    return expectedUntil(this.#events, this.#position, this.until)
  }

  async open(): Promise<void> {
    await createBareTables(this.#database, this.model, this.schema)
  }

  async take(events: readonly PositionedEvent[]): Promise<void> {
    const wanted = events.filter(
      ({ position }) =>
        comparePositions(position, this.#position) > 0 && comparePositions(position, this.until) <= 0,
    )
    const last = wanted.at(-1)
    if (last === undefined) return
    const anew = await foldingsAnew(this.model, this.#store, wanted)
    for (let from = 0; from < wanted.length; ) {
      const at = wanted.findIndex(({ id }, i) => i >= from && anew.has(id))
      const until = at < 0 ? wanted.length : at + 1
      await this.#fold(wanted.slice(from, until))
      if (at >= 0) await this.#beginToWrite(anew.get(wanted[at]!.id))
      from = until
    }
    const rows = this.#rows.reduce((sum, { size }) => sum + size, 0)
    if (rows >= ROWS_IN_MEMORY || this.#unwritten >= EVENTS_IN_MEMORY) await this.#beginToWrite()
  }

  async #fold(events: readonly PositionedEvent[]): Promise<void> {
    const decoded = decodedFor(this.model, events)
    for (const rows of this.#rows) await rows.fold(this.#database, decoded, this.#writing)
    this.#position = events.at(-1)!.position
    this.#events += events.length
    this.#unwritten += events.length
  }

  /** Writes what is in memory, and how far it goes. */
  async write(): Promise<void> {
    await this.#beginToWrite()
    await this.#writing
  }

  /**
   * One portion is written while the next is folded.
   *
   * @param anew streams that were folded anew, so that whoever goes on after a kill finds both or neither
   */
  async #beginToWrite(anew?: FoldedAnew): Promise<void> {
    await this.#writing
    const position = this.#position
    if (position === null || this.#unwritten === 0) return
    const portions = this.#rows.map((rows) => rows.take(anew?.streams))
    const seconds = (performance.now() - this.#began) / 1_000
    const rate = (this.#events - this.#foldedBefore) / seconds
    const reached = { position, events: this.#events, total: this.total, rate }
    this.#unwritten = 0
    this.#writing = this.#database.transaction().execute(async (transaction) => {
      for (const [i, rows] of this.#rows.entries()) await rows.write(transaction, portions[i])
      if (anew !== undefined) await putAnew(transaction, this.model, this.schema, anew)
      await advance(transaction, this.id, reached)
    })
    // Whoever takes the next step is told.
    this.#writing.catch(() => {})
  }
}

/** What takes events from a common reading of the log, each from its own place to its own end. */
export interface Taker {
  readonly position: Position | null
  readonly until: Position | null
  take(events: readonly PositionedEvent[]): Promise<void>
  /** No more will come. */
  write(): Promise<void>
}

/** Reads the log once for all who take from it. */
export async function readTogether(
  takers: readonly Taker[],
  store: EventStore,
  school: SchoolSlug | null,
  told: () => void = () => {},
): Promise<void> {
  const behind = takers.filter(({ position, until }) => comparePositions(position, until) < 0)
  const after = behind.map(({ position }) => position).toSorted(comparePositions)[0]
  if (after === undefined) return
  const events = store.readAll({ after, asText: true, ...(school === null ? {} : { school }) })
  for await (const batch of oneAhead(batches(events))) {
    await Promise.all(takers.map((taker) => taker.take(batch)))
    told()
    const { position } = batch.at(-1)!
    if (takers.every(({ until }) => comparePositions(position, until) >= 0)) break
  }
  await Promise.all(takers.map((taker) => taker.write()))
}

async function* batches(events: AsyncIterable<PositionedEvent>): AsyncIterable<PositionedEvent[]> {
  let batch: PositionedEvent[] = []
  for await (const event of events) {
    batch.push(event)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** The next item is on its way while the one before is worked on. */
async function* oneAhead<Item>(items: AsyncIterable<Item>): AsyncIterable<Item> {
  const iterator = items[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const { done, value } = await next
      if (done === true) return
      next = iterator.next()
      yield value
    }
  } finally {
    next.catch(() => {})
    await iterator.return?.()
  }
}
