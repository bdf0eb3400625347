import { setImmediate } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { StreamName } from '../stream-name.ts'
import { query } from './sql.ts'

/** An event as the log keeps it. */
export interface EventRow {
  readonly position: string
  readonly canonical: string
}

/** How many events of a stream a group reads: what has come since a stream was read last, or all of a short one. */
export const READ_IN_GROUP = 100

/** How many streams one statement reads, so that what it answers stays bounded. */
const MAX_GROUP = 128

interface Asked {
  readonly stream: StreamName
  readonly from: bigint
  readonly resolve: (rows: readonly EventRow[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * The lists are read by subqueries, so that the planner does not see how long they are: it would plan for each length anew,
 * which takes as long as to find that nothing has come (docs/decisions/0109).
 */
const TEXT = `select k.n::int as n, e.position, e.canonical
  from unnest((select $1::text[]), (select $2::bigint[])) with ordinality as k(stream, since, n)
  cross join lateral (
    select position, revision, canonical from log.event
    where stream = k.stream and revision >= k.since order by revision limit ${READ_IN_GROUP}
  ) e
  order by k.n, e.revision`

/**
 * Streams that are asked for in one turn are read by one statement: a command rests on half a dozen of them, and those
 * of requests that arrive together wait for one answer instead of for connections (docs/decisions/0079).
 */
export class GroupedReads {
  readonly #database: Kysely<unknown>
  #asked: Asked[] = []

  constructor(database: Kysely<unknown>) {
    this.#database = database
  }

  /**
   * The first events of a stream from a revision on; fewer than {@link READ_IN_GROUP} are all that there are. What was
   * recorded before this was asked is among them.
   *
   * @throws {StoreUnavailable}
   */
  read(stream: StreamName, from: bigint): Promise<readonly EventRow[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly EventRow[]>()
    this.#asked.push({ stream, from, resolve, reject })
    if (this.#asked.length === 1) void this.#readNextTurn()
    return promise
  }

  async #readNextTurn(): Promise<void> {
    await setImmediate()
    const asked = this.#asked
    this.#asked = []
    for (let from = 0; from < asked.length; from += MAX_GROUP)
      void this.#readGroup(asked.slice(from, from + MAX_GROUP))
  }

  async #readGroup(group: readonly Asked[]): Promise<void> {
    try {
      const found = await query<EventRow & { readonly n: number }>(this.#database, TEXT, [
        group.map(({ stream }) => stream),
        group.map(({ from }) => String(from)),
      ])
      const rows = Map.groupBy(found, ({ n }) => n)
      for (const [i, { resolve }] of group.entries()) resolve(rows.get(i + 1) ?? [])
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
}
