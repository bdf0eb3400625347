import type { Kysely } from 'kysely'
import type { Json } from '#integrity/tlog/canonical-json.ts'
import type { Decoded } from '#events/registry.ts'
import { CopyText, letOthers, query } from '#events/store/sql.ts'
import { CopyLines, copyLines } from './copy-lines.ts'
import { partedRows, partedTable } from './parted-rows.ts'
import { type AnyRow, type AnyTable, type ColumnType, keyOf, PLACE } from './read-model.ts'
import { type KeyPrefix, keyPrefix, type WrittenKeys } from './written-keys.ts'

/** What is known of keys that were met before. */
export type KnownKeys = Pick<WrittenKeys, 'meets'>

type Step = (row: AnyRow | undefined) => AnyRow | undefined
type Changes = ReturnType<NonNullable<AnyTable['on'][string]>>

/** A row, and where it belongs. */
interface Placed {
  readonly school: string
  readonly stream: string
  readonly key: Partial<AnyRow>
  now: AnyRow | undefined
}

/** A row that events touch: where it has come, and how it stands in the table. */
interface Touched extends Placed {
  /** `unread`: its first change makes it whatever it was, so nobody looked. */
  stands: 'there' | 'absent' | 'unread'
  /** What waits until it is read. */
  waiting: Step[] | null
}

/** The rows of one stream, by what tells them apart. */
interface OfStream {
  readonly prefix: KeyPrefix
  readonly rows: Map<string, Touched>
}

/** Rows that have been folded and wait to be written. */
export interface Portion {
  /** Surely not in the table, and to be sent by COPY. */
  readonly fresh: readonly Placed[]
  /** The same, as lines already. */
  readonly lines: readonly Buffer[]
  readonly kept: readonly Placed[]
  readonly gone: readonly Placed[]
}

/** How many events are folded between two looks whether others have waited long enough. */
const SLICE = 100

/** The rows of one table that events touch: each is read when it is first met, folded in memory, and written once. */
export class TouchedRows {
  readonly #table: AnyTable
  readonly #into: string
  readonly #columns: ReadonlyArray<readonly [string, ColumnType]>
  readonly #key: readonly string[]
  readonly #keyColumns: ReadonlyArray<readonly [string, ColumnType]>
  readonly #written: KnownKeys | null
  readonly #bare: boolean
  #streams = new Map<string, OfStream>()
  /** Those of the portion that was taken last: as they are written, or will be before the next one is. */
  #before: ReadonlyMap<string, OfStream> = new Map()
  #own: Placed[] = []
  /** In a bare table, the own rows as they are sent: as objects they would be what the collector of garbage looks through. */
  readonly #lines: CopyLines | null
  #size = 0

  /**
   * @param written what was met since the table was empty: what is not there need not be read
   * @param bare nothing hides rows of the table from anybody yet: then those that are surely new are sent by COPY, which
   *   PostgreSQL refuses otherwise
   */
  constructor(table: AnyTable, schema: string, written: KnownKeys | null, bare = false) {
    this.#table = table
    this.#into = `${schema}.${table.name}`
    this.#columns = Object.entries({ ...PLACE, ...table.columns })
    this.#key = keyOf(table)
    this.#keyColumns = this.#columns.filter(([name]) => name === 'school' || this.#key.includes(name))
    this.#written = written
    this.#bare = bare
    this.#lines = bare && table.own === true ? new CopyLines(this.#columns) : null
  }

  get size(): number {
    return this.#size
  }

  /**
   * Folds events, in their order; only what the rows were before is read from the database.
   *
   * @param written when a portion that was taken before stands in the table
   */
  async fold(
    database: Kysely<unknown>,
    events: readonly Decoded[],
    written: Promise<unknown> = Promise.resolve(),
  ): Promise<void> {
    const unread: Touched[] = []
    for (const [n, event] of events.entries()) {
      if (n % SLICE === 0) await letOthers()
      const changes = this.#table.on[event.type]?.(event)
      if (changes === undefined || changes.length === 0) continue
      if (this.#table.own === true) {
        this.#takeOwn(event, changes)
        continue
      }
      const ofStream = this.#ofStream(event.stream)
      for (const { key, anew = false, to } of changes) {
        const id = identity(this.#table, key)
        let row = ofStream.rows.get(id)
        if (row === undefined) {
          row = this.#firstMet(event, key, anew, ofStream.prefix, id)
          ofStream.rows.set(id, row)
          if (row.waiting !== null) unread.push(row)
        }
        if (row.waiting === null) row.now = to(row.now)
        else row.waiting.push(to)
      }
    }
    if (unread.length === 0) return
    await written
    await this.#read(database, unread)
  }

  #takeOwn({ stream, meta: { school } }: Decoded, changes: Changes): void {
    for (const { key, to } of changes) {
      const now = to(undefined)
      if (this.#lines === null) this.#own.push({ school, stream, key, now })
      else this.#lines.add(school, stream, now!)
    }
    this.#size += changes.length
  }

  #ofStream(stream: string): OfStream {
    const known = this.#streams.get(stream)
    if (known !== undefined) return known
    const added = { prefix: keyPrefix(this.#into, stream), rows: new Map() }
    this.#streams.set(stream, added)
    return added
  }

  #firstMet(
    { stream, meta: { school } }: Decoded,
    key: Partial<AnyRow>,
    anew: boolean,
    prefix: KeyPrefix,
    id: string,
  ): Touched {
    this.#size += 1
    const met = this.#written?.meets(prefix, id) ?? true
    if (!met) return { school, stream, key, now: undefined, stands: 'absent', waiting: null }
    if (anew) return { school, stream, key, now: undefined, stands: 'unread', waiting: null }
    const before = this.#before.get(stream)?.rows.get(id)
    if (before === undefined) return { school, stream, key, now: undefined, stands: 'absent', waiting: [] }
    const { now } = before
    return { school, stream, key, now, stands: now === undefined ? 'absent' : 'there', waiting: null }
  }

  /** The rows as they stand behind what was folded, without those that are gone. */
  *standing(): Iterable<AnyRow> {
    for (const { rows } of this.#streams.values()) {
      for (const row of rows.values()) if (row.now !== undefined) yield { ...row.now, ...placeOf(row) }
    }
    for (const row of this.#own) yield { ...row.now, ...placeOf(row) }
  }

  /**
   * What has changed, which is to be written before anything is read again, and before what changes after it.
   *
   * @param replaced streams whose rows others will stand in the place of
   */
  take(replaced: readonly string[] = []): Portion {
    const [fresh, kept, gone]: [Placed[], Placed[], Placed[]] = [[], [], []]
    for (const { rows } of this.#streams.values()) {
      for (const row of rows.values()) {
        if (row.now === undefined) {
          if (row.stands !== 'absent') gone.push(row)
        } else if (row.stands === 'absent' && this.#bare) {
          fresh.push(row)
        } else {
          kept.push(row)
        }
      }
    }
    const own = this.#own
    for (const stream of replaced) this.#streams.delete(stream)
    this.#before = this.#streams
    this.#streams = new Map()
    this.#own = []
    this.#size = 0
    return { fresh, lines: this.#lines?.take() ?? [], kept: kept.concat(own), gone }
  }

  async write(database: Kysely<unknown>, { fresh, lines, kept, gone }: Portion = this.take()): Promise<void> {
    if (fresh.length > 0) await this.#copy(database, this.#linesOf(fresh))
    if (lines.length > 0) await this.#copy(database, lines)
    await this.#upsert(database, kept)
    await this.#remove(database, gone)
  }

  async #read(database: Kysely<unknown>, unread: readonly Touched[]): Promise<void> {
    const names = this.#columns.map(([name]) => `"${name}"`).join(', ')
    const found = await query<AnyRow>(
      database,
      this.#sought(names),
      partedRows(unread.map(keyed), this.#keyColumns),
    )
    for (const now of found) {
      const row = this.#streams.get(now['stream'] as string)!.rows.get(identity(this.#table, now))!
      row.now = now
      row.stands = 'there'
    }
    for (const row of unread) {
      for (const to of row.waiting!) row.now = to(row.now)
      row.waiting = null
    }
  }

  #linesOf(rows: readonly Placed[]): Iterable<Buffer> {
    return copyLines(
      rows.values().map(({ school, stream, now }) => [school, stream, now!] as const),
      this.#columns,
    )
  }

  async #copy(database: Kysely<unknown>, lines: Iterable<Buffer>): Promise<void> {
    const names = this.#columns.map(([name]) => `"${name}"`).join(', ')
    await query(database, `copy ${this.#into} (${names}) from stdin`, [new CopyText(lines)])
  }

  async #upsert(database: Kysely<unknown>, rows: readonly Placed[]): Promise<void> {
    if (rows.length === 0) return
    const all = this.#columns.map(([name]) => name)
    const names = all.map((name) => `"${name}"`).join(', ')
    const set = all
      .filter((name) => name !== 'school' && !this.#key.includes(name))
      .map((name) => `"${name}" = excluded."${name}"`)
    await query(
      database,
      `insert into ${this.#into} (${names}) select ${names} from ${partedTable('r', this.#columns)}
       on conflict (${this.#key.map((name) => `"${name}"`).join(', ')}) do update set ${set.join(', ')}`,
      partedRows(
        rows.map(({ school, stream, now }) => [school, stream, now!]),
        this.#columns,
      ),
    )
  }

  async #remove(database: Kysely<unknown>, rows: readonly Placed[]): Promise<void> {
    if (rows.length === 0) return
    await query(
      database,
      `delete from ${this.#into} where ctid = any (array(${this.#sought('ctid')}))`,
      partedRows(rows.map(keyed), this.#keyColumns),
    )
  }

  /**
   * Each key by itself, through the index: joined as a whole, PostgreSQL takes any list for a thousand rows and reads a
   * table of some thousand from one end to the other, for a single event too.
   */
  #sought(columns: string): string {
    const match = this.#key.map((name) => `t."${name}" = k."${name}"`).join(' and ')
    return `select t.* from ${partedTable('k', this.#keyColumns)}
      cross join lateral (select ${columns} from ${this.#into} t where ${match} limit 1) t`
  }
}

function placeOf({ school, stream, key }: Placed): AnyRow {
  return { school, stream, ...key }
}

const keyed = ({ school, stream, key }: Placed) => [school, stream, key] as const

/** Tells the rows of a stream apart. Nothing that PostgreSQL stores holds the character between the parts. */
function identity({ key }: AnyTable, row: Partial<AnyRow>): string {
  if (key.length === 1) return part(row[key[0]!])
  return key.map((name) => part(row[name])).join('\0')
}

function part(value: Json | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
