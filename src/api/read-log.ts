import type { FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import type { FoldedStreams } from '#commands/folded-streams.ts'
import { referenceStream, REFERENCES } from '#commands/references.ts'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Clock, Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'

/** One answer in which something of a pupil was shown. It holds ids alone. */
export interface Read {
  readonly at: Instant
  readonly school: SchoolSlug
  readonly account: Uuid
  readonly role: string
  /** The view by name. */
  readonly operation: string
  /** The address without its query, in which somebody may have typed a name. */
  readonly path: string
  readonly request: string
}

interface Noted extends Read {
  /** Everything that looks like an id; which of them are pupils is asked when they are written. */
  readonly ids: ReadonlySet<string>
}

/** How long a read may wait to be written with others, in milliseconds. */
const PAUSE = 200
/** So many reads wait at most; whoever comes then waits himself until they are written. */
const MOST = 1_000
/** So many are written with one statement. */
const GROUP = 500

const COLUMNS: Record<keyof Read | 'pupils', string> = {
  at: 'text',
  school: 'text',
  account: 'uuid',
  role: 'text',
  operation: 'text',
  path: 'text',
  request: 'text',
  pupils: 'jsonb',
}
const NAMES = Object.keys(COLUMNS).join(', ')

interface Log {
  error(facts: object, message: string): void
}

export interface ReadFilter {
  readonly since?: Instant | undefined
  readonly before?: Instant | undefined
  /** The number behind which the next, older ones are wanted. */
  readonly cursor?: string | undefined
  readonly limit: number
}

/**
 * Who read what of which pupils. Answers do not wait for it: it is written a moment later, many together, and at the end
 * of the process. The database is asked for nothing while somebody reads.
 */
export class ReadLog {
  readonly #database: Kysely<unknown>
  readonly #streams: FoldedStreams
  readonly #log: Log
  #waiting: Noted[] = []
  #flushing: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(database: Kysely<unknown>, streams: FoldedStreams, log: Log) {
    this.#database = database
    this.#streams = streams
    this.#log = log
  }

  /**
   * Notes that somebody was shown something.
   *
   * @param shown an answer, or the ids in it
   * @throws so many wait that cannot be written that one more would be lost
   */
  async note(read: Read, shown: unknown): Promise<void> {
    const ids = idsIn(shown)
    if (ids.size === 0) return
    if (this.#waiting.length >= MOST) await this.flush()
    this.#waiting.push({ ...read, ids })
    this.#timer ??= setTimeout(() => void this.#later(), PAUSE).unref()
  }

  /** Writes everything that waits. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#flushing !== null) {
      this.#flushing ??= this.#write().finally(() => {
        this.#flushing = null
      })
      await this.#flushing
    }
  }

  /** Writes what waits and ends: nothing that was shown before is missing afterwards. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    try {
      await this.flush()
    } catch (err) {
      this.#log.error({ err, lost: this.#waiting.length }, 'reads could not be registered at the end')
    }
  }

  /** The reads of what concerns a pupil, the newest first; `next` continues where the page ends. */
  async find(
    school: SchoolSlug,
    pupil: Uuid,
    { since, before, cursor, limit }: ReadFilter,
  ): Promise<{ reads: Read[]; next: string | null }> {
    const values = [since, before, cursor].map((value) => value ?? null)
    const found = await query<Read & { number?: string }>(
      this.#database,
      `select number::text, at, school, account, role, operation, path, request from access.read
       where pupils @> $2::jsonb and school = $1
         and ($3::text is null or at >= $3) and ($4::text is null or at < $4)
         and ($5::bigint is null or number < $5)
       order by access.read.number desc limit $6`,
      [school, JSON.stringify([pupil]), ...values, limit],
    )
    const next = found.length === limit ? found.at(-1)!.number! : null
    for (const read of found) delete read.number
    return { reads: found, next }
  }

  /** The pupils whom a view showed to their parents in some weeks, with the last time in each. */
  async findOfFamilies(
    school: SchoolSlug,
    operation: string,
    weeks: ReadonlyArray<{ readonly week: string; readonly since: Instant; readonly before: Instant }>,
  ): Promise<Array<{ readonly week: string; readonly pupil: Uuid; readonly at: Instant }>> {
    return query(
      this.#database,
      `select w.week, p.pupil, max(r.at) as at
       from json_to_recordset($3::json) as w(week text, since text, before text)
       join access.read r on r.school = $1 and r.at >= w.since and r.at < w.before
         and r.operation = $2 and r.role = 'parent'
       cross join lateral jsonb_array_elements_text(r.pupils) as p(pupil)
       group by w.week, p.pupil`,
      [school, operation, JSON.stringify(weeks)],
    )
  }

  /** What the operator read between two instants, the newest first (R-A3.3a). */
  async findOfOperator(
    school: SchoolSlug,
    { since, before, limit }: { readonly since: Instant; readonly before: Instant; readonly limit: number },
  ): Promise<Array<Pick<Read, 'at' | 'operation' | 'path' | 'request'> & { readonly pupils: Uuid[] }>> {
    return query(
      this.#database,
      `select at, operation, path, request, pupils from access.read
       where school = $1 and role = 'operator' and at >= $2 and at < $3
       order by at desc, access.read.number desc limit $4`,
      [school, since, before, limit],
    )
  }

  /** Forgets what was read before an instant. */
  async purge(before: Instant): Promise<void> {
    await query(this.#database, 'delete from access.read where at < $1', [before])
  }

  async #later(): Promise<void> {
    this.#timer = null
    try {
      await this.flush()
    } catch (err) {
      this.#log.error({ err, waiting: this.#waiting.length }, 'reads could not be registered; tried again')
      this.#timer ??= setTimeout(() => void this.#later(), PAUSE * 10).unref()
    }
  }

  async #write(): Promise<void> {
    const group = this.#waiting.slice(0, GROUP)
    const rows = []
    for (const { ids, ...read } of group) {
      const pupils = await this.#pupilsAmong(read.school, ids)
      // Whatever the operator sees of a school is told to it, also where it is of no pupil (R-A3.3a).
      if (pupils.length > 0 || read.role === 'operator') rows.push({ ...read, pupils })
    }
    if (rows.length > 0) await this.#insert(rows)
    // Not before they are written: what failed is tried again.
    this.#waiting = this.#waiting.slice(group.length)
  }

  async #pupilsAmong(school: SchoolSlug, ids: ReadonlySet<string>): Promise<string[]> {
    const roster = await this.#streams.load(REFERENCES.roster.fold, referenceStream(school, 'roster', null))
    return [...ids].filter((id) => roster.state.pupils.has(id as Uuid))
  }

  async #insert(rows: readonly object[]): Promise<void> {
    const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`)
    await query(
      this.#database,
      `insert into access.read (${NAMES})
       select ${NAMES} from json_to_recordset($1::json) as r(${columns.join(', ')})`,
      [JSON.stringify(rows)],
    )
  }
}

/** Notes what a request was answered, by whoever was let to ask it. */
export async function noteRead(
  { reads, execution }: { readonly reads: ReadLog; readonly execution: { readonly clock: Clock } },
  request: FastifyRequest,
  operation: string,
  shown: unknown,
): Promise<void> {
  const { school = null, account = null, role = null } = request.asked ?? {}
  if (school === null || account === null || role === null) return
  const read = {
    at: execution.clock(),
    school: school as SchoolSlug,
    account: account as Uuid,
    role,
    operation,
    path: request.url.split('?')[0]!,
    request: request.id,
  }
  await reads.note(read, shown)
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

const ID_LENGTH = 36

/** Every id in an answer, wherever it stands: as a value, as a key, or in the text of a file. */
export function idsIn(shown: unknown, found = new Set<string>()): Set<string> {
  if (typeof shown === 'string') {
    if (shown.length === ID_LENGTH) {
      if (shown[8] === '-' && shown[23] === '-') found.add(shown)
    } else if (shown.length > ID_LENGTH) for (const [id] of shown.matchAll(ID)) found.add(id)
  } else if (Array.isArray(shown)) {
    for (const one of shown) idsIn(one, found)
  } else if (shown instanceof Map) {
    for (const [key, value] of shown) idsIn(value, idsIn(key, found))
  } else if (shown instanceof Set) {
    for (const one of shown) idsIn(one, found)
  } else if (typeof shown === 'object' && shown !== null && !Buffer.isBuffer(shown)) {
    for (const key in shown) {
      // Most keys are words, and all but a few values are looked into.
      if (key.length >= ID_LENGTH) idsIn(key, found)
      idsIn((shown as Record<string, unknown>)[key], found)
    }
  }
  return found
}
