import { setImmediate } from 'node:timers/promises'
import { CompiledQuery, type Kysely } from 'kysely'
import { StoreUnavailable } from './event-store.ts'

/** How long, in milliseconds, statements may follow one another before everybody else has a turn. */
const TURN = 4
let turnBegan = performance.now()

/**
 * PGlite answers in this thread and without input or output, so a loop of statements would let no request in and no
 * timer go off until it ended.
 */
export async function letOthers(): Promise<void> {
  if (performance.now() - turnBegan < TURN) return
  await setImmediate()
  turnBegan = performance.now()
}

/**
 * One statement with constant text: a query builder would compile it each time, and a connection to PostgreSQL keeps
 * it prepared.
 *
 * @throws {StoreUnavailable} the engine did not answer; every other error is its answer
 */
export async function query<Row>(
  database: Kysely<unknown>,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  await letOthers()
  try {
    return (await database.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows
  } catch (error) {
    throw isAway(error) ? new StoreUnavailable('the database did not answer', error) : error
  }
}

/** What `copy … from stdin` reads, in the text form of COPY, piece by piece: its one parameter. */
export class CopyText {
  readonly pieces: Iterable<string> | AsyncIterable<string>

  constructor(pieces: Iterable<string> | AsyncIterable<string>) {
    this.pieces = pieces
  }
}

/** Marks `copy … to stdout` as what it is, which is answered otherwise than a query: its one parameter. */
export const COPY_OUT = Symbol('copy to stdout')

/**
 * The rows of a query in the binary form of COPY, whole. For who reads very many: neither side writes out or looks at each
 * value by itself.
 *
 * @param select without parameters, which COPY does not take
 * @throws {StoreUnavailable} as {@link query}
 */
export async function copyOut(database: Kysely<unknown>, select: string): Promise<Buffer> {
  const text = `copy (${select}) to stdout with (format binary)`
  const [row] = await query<{ readonly bytes: Buffer }>(database, text, [COPY_OUT])
  return row!.bytes
}

/**
 * A transaction around `work`, whose errors come through as they are.
 *
 * @throws {StoreUnavailable} the engine did not answer at its beginning or its end
 */
export function transaction<Result>(
  database: Kysely<unknown>,
  work: (transaction: Kysely<unknown>) => Promise<Result>,
): Promise<Result> {
  return aroundWork(work, (inside) => database.transaction().execute(inside))
}

/**
 * A connection that `work` has to itself.
 *
 * @throws {StoreUnavailable} there was none
 */
export function connection<Result>(
  database: Kysely<unknown>,
  work: (connection: Kysely<unknown>) => Promise<Result>,
): Promise<Result> {
  return aroundWork(work, (inside) => database.connection().execute(inside))
}

async function aroundWork<Result>(
  work: (database: Kysely<unknown>) => Promise<Result>,
  around: (inside: (database: Kysely<unknown>) => Promise<Result>) => Promise<Result>,
): Promise<Result> {
  let working = false
  try {
    return await around(async (database) => {
      working = true
      const result = await work(database)
      working = false
      return result
    })
  } catch (error) {
    throw !working && isAway(error) ? new StoreUnavailable('the database did not answer', error) : error
  }
}

/** A statement took longer than it may, or somebody cancelled it: it was rolled back. */
export const QUERY_CANCELED = '57014'

/**
 * The SQLSTATE of an answer of PostgreSQL or PGlite; null for an error that is no answer, as of a broken connection.
 * A code of Node may look like one (EPIPE), but comes without a severity.
 */
export function sqlState(error: unknown): string | null {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown }
  return typeof code === 'string' && typeof severity === 'string' ? code : null
}

/**
 * Classes 08 (connection), 40 (rolled back), 53 (out of resources), 57 (shut down, or out of time) and 58 (a failing
 * disk) pass, with help or by themselves; so do a lock that somebody holds too long (55P03) and no answer at all.
 */
function isAway(error: unknown): boolean {
  const state = sqlState(error)
  return state === null || /^(08|40|53|57|58|55P03)/.test(state)
}
