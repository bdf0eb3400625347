import type { Kysely } from 'kysely'
import type { Execution } from '#commands/execute.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { incidentFold } from '#commands/incident/state.ts'
import { incidentsOf } from '#commands/references.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import { PastStore } from '#events/store/past-store.ts'
import { query } from '#events/store/sql.ts'
import type { StreamName } from '#events/stream-name.ts'
import type { PersonNames } from '#integrity/person-store.ts'
import { apply, createTables } from '#projections/apply.ts'
import { streamsBesidePages } from '#projections/audit-trail/queries.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { schemaOf, tablesOf } from '#projections/read-model.ts'
import { WrittenKeys } from '#projections/written-keys.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'

/** An empty database for a while. */
export interface Scratch {
  readonly kysely: Kysely<unknown>
  close(): Promise<void>
}

/** The parts of the service that are others in the past. */
export interface PartsOfTime {
  readonly execution: Execution
  readonly persons: PersonNames
  /** For the views: rows of read models of the school that asks, where {@link withinSchool} leads to it. */
  readonly database: Kysely<unknown>
  /** For statements that may take as long as they need, of all schools. */
  readonly unhurried: Kysely<unknown>
  /** Answers one school in a session that sees no row of another. */
  readonly withinSchool: <Result>(
    school: SchoolSlug,
    work: (database: Kysely<unknown>) => Promise<Result>,
  ) => Promise<Result>
}

/** How many pasts are kept at once: each is a database in memory. */
const KEPT = 2
/**
 * A past younger than this, in ms, is not kept: a command that took its instant just before may be appended still, and by a
 * process whose clock is behind later than that.
 */
const SETTLED = 60_000
/** Streams that are read at once. */
const AT_ONCE = 16

/**
 * The read models as they were at instants of record time (R-D1). A past is folded anew from the log, by the very steps by
 * which the live rows are: all streams of the school but its pages, and of those the ones that a query needs. A row belongs
 * to one stream, so streams may be added later. The last few pasts are kept, since who looks once looks again.
 */
export class Pasts {
  readonly #open: () => Promise<Scratch>
  readonly #kept = new Map<string, Past>()
  /** Databases of pasts that nobody looks at any more, with the tables that they had: to make those takes half a second. */
  readonly #spare: Scratch[] = []
  #closed = false

  constructor(open: () => Promise<Scratch>) {
    this.#open = open
  }

  /** A database with empty tables. */
  async #take(): Promise<Scratch> {
    const spare = this.#spare.pop()
    if (spare !== undefined) {
      const tables = READ_MODELS.flatMap((model) =>
        tablesOf(model).map(({ name }) => `${schemaOf(model)}.${name}`),
      )
      await query(spare.kysely, `truncate ${tables.join(', ')}`)
      return spare
    }
    const fresh = await this.#open()
    for (const model of READ_MODELS) await createTables(fresh.kysely, model, schemaOf(model))
    return fresh
  }

  async #give(scratch: Scratch): Promise<void> {
    if (this.#closed || this.#spare.length > 0) await scratch.close()
    else this.#spare.push(scratch)
  }

  /**
   * Does work on what the parts of the service were at an instant.
   *
   * @param pages the streams of journal pages that the work looks at
   */
  async at<Parts extends PartsOfTime, Result>(
    parts: Parts,
    { school, until, pages }: { school: SchoolSlug; until: Instant; pages: readonly StreamName[] },
    work: (past: Parts) => Promise<Result>,
  ): Promise<Result> {
    const past = this.#past(school, until, parts)
    past.users += 1
    try {
      const database = await past.holding(parts, pages)
      return await work({
        ...parts,
        database,
        unhurried: database,
        persons: parts.persons.asOf(until),
        withinSchool: (_school, inner) => inner(database),
        execution: {
          ...parts.execution,
          store: past.store,
          streams: past.streams,
          clock: () => until,
        },
      })
    } catch (error) {
      // What is half folded would be wrong the next time.
      if (!past.whole) this.#kept.delete(past.key)
      throw error
    } finally {
      past.users -= 1
      const age = Date.parse(parts.execution.clock()) - Date.parse(until)
      if (age < SETTLED && this.#kept.get(past.key) === past) this.#kept.delete(past.key)
      if (this.#kept.get(past.key) !== past) await past.letGo()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const all = [...this.#kept.values()]
    this.#kept.clear()
    await Promise.all([...all.map((past) => past.letGo()), ...this.#spare.map((scratch) => scratch.close())])
  }

  #past(school: SchoolSlug, until: Instant, { execution }: PartsOfTime): Past {
    const key = `${school} ${until}`
    const databases = { take: () => this.#take(), give: (scratch: Scratch) => this.#give(scratch) }
    const past = this.#kept.get(key) ?? new Past(key, school, until, execution.store, databases)
    // A Map iterates in order of insertion: what is used goes to the end, what goes out stands at the front.
    this.#kept.delete(key)
    this.#kept.set(key, past)
    for (const [oldest, one] of this.#kept) {
      if (this.#kept.size <= KEPT) break
      this.#kept.delete(oldest)
      void one.letGo()
    }
    return past
  }
}

interface Databases {
  take(): Promise<Scratch>
  give(scratch: Scratch): Promise<void>
}

class Past {
  readonly key: string
  readonly store: PastStore
  readonly streams: FoldedStreams
  /** Who works on it now. */
  users = 0
  /** Whether everything that was begun was folded. */
  whole = true
  readonly #school: SchoolSlug
  readonly #databases: Databases
  readonly #folded = new Set<StreamName>()
  #scratch: Promise<Scratch> | null = null
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    key: string,
    school: SchoolSlug,
    until: Instant,
    below: ConstructorParameters<typeof PastStore>[0],
    databases: Databases,
  ) {
    this.key = key
    this.#school = school
    this.#databases = databases
    this.store = new PastStore(below, until)
    this.streams = new FoldedStreams(this.store)
  }

  /** The database with the rows of the school and of these pages, as they were. One after another. */
  holding(parts: PartsOfTime, pages: readonly StreamName[]): Promise<Kysely<unknown>> {
    const work = async (): Promise<Kysely<unknown>> => {
      this.#scratch ??= this.#databases.take()
      const { kysely } = await this.#scratch.catch((error: unknown) => {
        this.#scratch = null
        throw error
      })
      const reference = this.#folded.size === 0 ? await streamsBesidePages(parts.database, this.#school) : []
      const missing = [...new Set([...reference, ...pages])].filter((stream) => !this.#folded.has(stream))
      if (missing.length === 0) return kysely
      this.whole = false
      const events = await this.#read(missing)
      // What a breach had taken the effect of by then, and no more: what was made void later had its effect still.
      await this.streams.load(incidentFold, incidentsOf(this.#school))
      const effective = events.filter(({ id }) => this.streams.withoutEffect.of(id) === null)
      // Nothing stands there of streams that are missing.
      const written = new WrittenKeys(events.length)
      for (const model of READ_MODELS) {
        const seen = model.keepsVoid === true ? events : effective
        await apply(kysely, model, schemaOf(model), seen, new Map(), written)
      }
      for (const stream of missing) this.#folded.add(stream)
      this.whole = true
      return kysely
    }
    const done = this.#turn.then(work, work)
    this.#turn = done
    return done
  }

  async #read(streams: readonly StreamName[]): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = []
    for (let from = 0; from < streams.length; from += AT_ONCE) {
      const some = await Promise.all(streams.slice(from, from + AT_ONCE).map((one) => this.#stream(one)))
      found.push(...some.flat())
    }
    return found
  }

  async #stream(stream: StreamName): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = []
    for await (const event of this.store.readStream(stream)) found.push(event)
    return found
  }

  /** Gives the database back, unless somebody works on it still. */
  async letGo(): Promise<void> {
    const scratch = this.#scratch
    if (this.users > 0 || scratch === null) return
    this.#scratch = null
    const given = await scratch.catch(() => null)
    if (given !== null) await this.#databases.give(given)
  }
}
