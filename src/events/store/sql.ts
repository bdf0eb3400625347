import { setImmediate } from 'node:timers/promises'
import { CompiledQuery, type Kysely } from 'kysely'
import { type Copied, copiedArrays, copiedRows } from './copied-columns.ts'
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
  readonly pieces: Iterable<Buffer>

  constructor(pieces: Iterable<Buffer>) {
    this.pieces = pieces
  }
}

/** What `copy … to stdout` is asked for, in the binary form of COPY, by whoever reads very many rows: its one parameter. */
export class CopyOut {
  readonly columns: readonly string[]
  readonly from: string
  readonly most: number

  /**
   * @param columns expressions; without parameters, which COPY does not take, and none of them null
   * @param from what follows them in a query, up to its order and limit
   * @param most so many rows are there at most
   */
  constructor(columns: readonly string[], from: string, most: number) {
    this.columns = columns
    this.from = from
    this.most = most
  }

  /** Row by row, as the server made them: it needs no memory for all of them, and taking that anew each time is dear. */
  get byRow(): string {
    return `copy (select ${this.columns.join(', ')} ${this.from}) to stdout with (format binary)`
  }

  /** One row of arrays, for an engine that pays for each row which it hands out. */
  arraysTo(file: string): string {
    const named = this.columns.map((column, i) => `${column} as c${i}`).join(', ')
    const arrays = this.columns.map((_, i) => `array_agg(c${i})`).join(', ')
    return `copy (select ${arrays} from (select ${named} ${this.from}) as page) to '${file}' with (format binary)`
  }
}

/** The answer of a {@link CopyOut}. */
export interface CopiedBytes {
  readonly bytes: Buffer
  /** It is one row of arrays. */
  readonly arrays: boolean
}

/**
 * The rows of a query in the bytes in which they come: neither side writes out or looks at each value by itself.
 *
 * @throws {StoreUnavailable} as {@link query}
 * @throws {RangeError} a value is null
 */
export async function copyOut(database: Kysely<unknown>, asked: CopyOut): Promise<Copied> {
  const [copied] = await query<CopiedBytes>(database, asked.byRow, [asked])
  const { bytes, arrays } = copied!
  const { length } = asked.columns
  return arrays ? copiedArrays(bytes, length) : copiedRows(bytes, length, asked.most)
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
