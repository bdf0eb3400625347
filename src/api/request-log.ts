import { setImmediate } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { Instant } from '#values/time.ts'

/** One request that changed something, tried to, or was denied (R-F8). The school may purge old ones; the log stays. */
export interface LoggedRequest {
  /** The id of the request: `meta.corr` of the events that it made. */
  readonly request: string
  readonly at: Instant
  readonly school: string | null
  readonly account: string | null
  readonly role: string | null
  readonly method: string
  readonly path: string
  /** The command or the query by name. */
  readonly operation: string
  readonly command: string | null
  readonly address: string
  readonly agent: string | null
  readonly status: number
  /** The reason of a refusal; null where there was none. */
  readonly problem: string | null
}

const COLUMNS: Record<keyof LoggedRequest, string> = {
  request: 'text',
  at: 'text',
  school: 'text',
  account: 'uuid',
  role: 'text',
  method: 'text',
  path: 'text',
  operation: 'text',
  command: 'uuid',
  address: 'text',
  agent: 'text',
  status: 'integer',
  problem: 'text',
}

const NAMES = Object.keys(COLUMNS).join(', ')

export interface RequestFilter {
  readonly account?: string | undefined
  readonly operation?: string | undefined
  readonly problem?: string | undefined
  readonly request?: string | undefined
  readonly since?: Instant | undefined
  readonly before?: Instant | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

/**
 * Who asked for what, from where, and with what result. A request is in the table before its answer leaves; those of
 * the same moment are written together.
 */
export class RequestLog {
  readonly #database: Kysely<unknown>
  #waiting: Array<{ entry: LoggedRequest; resolve: () => void; reject: (error: unknown) => void }> = []
  #writing = false

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  add(entry: LoggedRequest): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ entry, resolve, reject })
    if (!this.#writing) void this.#writeAll()
    return promise
  }

  /** The requests of a school that pass a filter, the newest first; `next` continues where the page ends. */
  async find(
    school: string,
    filter: RequestFilter,
  ): Promise<{ requests: LoggedRequest[]; next: string | null }> {
    const { account, operation, problem, request, since, before, cursor, limit } = filter
    const values = [account, operation, problem, request, since, before, cursor].map((value) => value ?? null)
    const found = await query<LoggedRequest & { number?: string }>(
      this.#database,
      `select number::text, ${NAMES} from access.request where school = $1
         and ($2::uuid is null or account = $2) and ($3::text is null or operation = $3)
         and ($4::text is null or problem = $4) and ($5::text is null or request = $5)
         and ($6::text is null or at >= $6) and ($7::text is null or at < $7)
         and ($8::bigint is null or number < $8)
       order by access.request.number desc limit $9`,
      [school, ...values, limit],
    )
    const next = found.length === limit ? found.at(-1)!.number! : null
    for (const entry of found) delete entry.number
    return { requests: found, next }
  }

  async #writeAll(): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      await setImmediate()
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#insert(group.map(({ entry }) => entry))
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#writing = false
  }

  async #insert(entries: readonly LoggedRequest[]): Promise<void> {
    const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`)
    await query(
      this.#database,
      `insert into access.request (${NAMES})
       select ${NAMES} from json_to_recordset($1::json) as r(${columns.join(', ')})`,
      [JSON.stringify(entries)],
    )
  }
}
