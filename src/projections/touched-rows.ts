import type { Kysely } from 'kysely'
import type { Decoded } from '#events/registry.ts'
import { CopyText, letOthers, query } from '#events/store/sql.ts'
import { copyLines } from './copy-lines.ts'
import { type AnyRow, type AnyTable, type ColumnType, keyOf, PLACE } from './read-model.ts'
import type { WrittenKeys } from './written-keys.ts'

/** A row that events touch: where it has come, and how it stands in the table. */
interface Touched {
  readonly place: AnyRow
  now: AnyRow | undefined
  /** `unread`: its first change makes it whatever it was, so nobody looked. */
  stands: 'there' | 'absent' | 'unread'
}

/** How many events are folded between two looks whether others have waited long enough. */
const SLICE = 100

/** The rows of one table that events touch: each is read when it is first met, folded in memory, and written once. */
export class TouchedRows {
  readonly #table: AnyTable
  readonly #into: string
  readonly #columns: ReadonlyArray<readonly [string, ColumnType]>
  readonly #key: readonly string[]
  readonly #written: WrittenKeys | null
  #rows = new Map<string, Touched>()

  /** @param written what a build has written since its table was empty: what is not there need not be read, and is sent by COPY */
  constructor(table: AnyTable, schema: string, written: WrittenKeys | null) {
    this.#table = table
    this.#into = `${schema}.${table.name}`
    this.#columns = Object.entries({ ...PLACE, ...table.columns })
    this.#key = keyOf(table)
    this.#written = written
  }

  get size(): number {
    return this.#rows.size
  }

  /** Folds events, in their order; only what the rows were before is read from the database. */
  async fold(database: Kysely<unknown>, events: readonly Decoded[]): Promise<void> {
    const steps: Array<[Touched, (row: AnyRow | undefined) => AnyRow | undefined]> = []
    const unknown = new Map<string, Touched>()
    for (const [n, event] of events.entries()) {
      if (n % SLICE === 0) await letOthers()
      for (const { key, anew = false, to } of this.#table.on[event.type]?.(event) ?? []) {
        const place = { school: event.meta.school, stream: event.stream, ...key } as AnyRow
        const id = this.#identity(place)
        let row = this.#rows.get(id)
        if (row === undefined) {
          const met = this.#written?.meets(`${this.#into} ${id}`) ?? true
          row = { place, now: undefined, stands: met && anew ? 'unread' : 'absent' }
          this.#rows.set(id, row)
          if (met && !anew) unknown.set(id, row)
        }
        steps.push([row, to])
      }
    }
    if (unknown.size > 0) await this.#read(database, unknown)
    for (const [n, [row, to]] of steps.entries()) {
      if (n % SLICE === 0) await letOthers()
      row.now = to(row.now)
    }
  }

  /** Writes what has changed, and forgets it. */
  async write(database: Kysely<unknown>): Promise<void> {
    const rows = [...this.#rows.values()]
    this.#rows = new Map()
    const isNew = ({ stands }: Touched): boolean => stands === 'absent' && this.#written !== null
    const full = (kept: readonly Touched[]): AnyRow[] => kept.map(({ now, place }) => ({ ...now, ...place }))
    const kept = rows.filter(({ now }) => now !== undefined)
    await this.#copy(database, full(kept.filter(isNew)))
    await this.#upsert(database, full(kept.filter((row) => !isNew(row))))
    const gone = rows.filter(({ now, stands }) => now === undefined && stands !== 'absent')
    await this.#remove(
      database,
      gone.map(({ place }) => place),
    )
  }

  /**
   * Each key by itself, through the index: joined as a whole, PostgreSQL takes any JSON for a hundred rows and reads a
   * table of some thousand from one end to the other, for a single event too.
   */
  async #read(database: Kysely<unknown>, unknown: ReadonlyMap<string, Touched>): Promise<void> {
    const match = this.#key.map((name) => `t."${name}" = k."${name}"`).join(' and ')
    const names = this.#columns.map(([name]) => `t."${name}"`).join(', ')
    const found = await query<AnyRow>(
      database,
      `select ${names} from ${this.#recordset('k', this.#key)}
       cross join lateral (select * from ${this.#into} t where ${match} limit 1) t`,
      [JSON.stringify(Array.from(unknown.values(), ({ place }) => place))],
    )
    for (const now of found) Object.assign(unknown.get(this.#identity(now))!, { now, stands: 'there' })
  }

  async #copy(database: Kysely<unknown>, rows: readonly AnyRow[]): Promise<void> {
    if (rows.length === 0) return
    const names = this.#columns.map(([name]) => `"${name}"`).join(', ')
    await query(database, `copy ${this.#into} (${names}) from stdin`, [
      new CopyText(copyLines(rows, this.#columns)),
    ])
  }

  async #upsert(database: Kysely<unknown>, rows: readonly AnyRow[]): Promise<void> {
    if (rows.length === 0) return
    const all = this.#columns.map(([name]) => name)
    const names = all.map((name) => `"${name}"`).join(', ')
    const set = all
      .filter((name) => name !== 'school' && !this.#key.includes(name))
      .map((name) => `"${name}" = excluded."${name}"`)
    await query(
      database,
      `insert into ${this.#into} (${names}) select ${names} from ${this.#recordset('r', all)}
       on conflict (${this.#key.map((name) => `"${name}"`).join(', ')}) do update set ${set.join(', ')}`,
      [JSON.stringify(rows)],
    )
  }

  async #remove(database: Kysely<unknown>, places: readonly AnyRow[]): Promise<void> {
    if (places.length === 0) return
    const match = this.#key.map((name) => `t."${name}" = k."${name}"`).join(' and ')
    await query(
      database,
      `delete from ${this.#into} t using ${this.#recordset('k', this.#key)} where ${match}`,
      [JSON.stringify(places)],
    )
  }

  /** One JSON parameter as a table: arrays of columns are slower to bind, and need a text per number of rows. */
  #recordset(alias: string, names: readonly string[]): string {
    const columns = this.#columns.filter(([name]) => names.includes(name))
    return `json_to_recordset($1::json) as ${alias}(${columns.map(([name, type]) => `"${name}" ${type}`).join(', ')})`
  }

  /** Nothing that PostgreSQL stores holds the character between the parts. */
  #identity(row: AnyRow): string {
    let id = ''
    for (const name of this.#key) {
      const value = row[name]
      id += typeof value === 'object' ? `${JSON.stringify(value)}\0` : `${String(value)}\0`
    }
    return id
  }
}
