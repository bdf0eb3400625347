import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import { connection, query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import { copyingPGlite, copyingPool } from './copying.ts'
import { openDurablePGlite } from './durable-pglite.ts'
import { makeFolder } from './folder.ts'
import { lockFolder } from './folder-lock.ts'
import { type ClusterFiles, newCluster, openCluster } from './memory-cluster.ts'
import type { PoolCounts } from './metric-sources.ts'

/** PostgreSQL in one of its two forms, behind the same SQL. */
export interface Database {
  /** Of all schools, in short statements. */
  readonly kysely: Kysely<unknown>
  /** The same for statements that may take as long as they need: rebuilds and comparisons. */
  readonly unhurried: Kysely<unknown>
  readonly engine: 'pglite' | 'postgres'
  /** Its connections, counted, by what they are for; PGlite has none. */
  readonly pools?: Readonly<Record<'common' | 'unhurried' | 'schools', PoolCounts>>
  /**
   * Does what one school asks for, in a session that sees rows of read models of this school alone. Such sessions are
   * apart from the others, so that whoever is in one can wait for the log without waiting for himself.
   */
  readonly withinSchool: <Result>(
    school: SchoolSlug,
    work: (database: Kysely<unknown>) => Promise<Result>,
  ) => Promise<Result>
  close(): Promise<void>
}

/** PGlite in `folder`/pglite, for this process alone. @throws {FolderInUse} */
export async function openEmbedded(folder: string): Promise<Database> {
  makeFolder(folder)
  const unlock = lockFolder(folder)
  try {
    return pgliteDatabase(await openFolder(folder), unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

/**
 * Making a cluster takes a second and some 900 files: killed in the middle, or on a disk that is full, it would leave
 * one that never opens again. So it is made aside, and gets its name when it is whole and on the disk.
 */
async function openFolder(folder: string): Promise<PGlite> {
  const cluster = join(folder, 'pglite')
  if (!existsSync(cluster)) {
    const aside = join(folder, 'pglite.new')
    rmSync(aside, { recursive: true, force: true })
    try {
      await (await openDurablePGlite(aside)).close()
    } catch (error) {
      rmSync(aside, { recursive: true, force: true })
      throw error
    }
    renameSync(aside, cluster)
    const names = openSync(folder, 'r')
    fsyncSync(names)
    closeSync(names)
  }
  return openDurablePGlite(cluster)
}

let emptyCluster: Promise<ClusterFiles> | null = null

/**
 * PGlite in memory, gone with the process. The first one of a process takes seconds, those after it a fraction of one.
 *
 * @param files what it begins with; without them a new cluster
 */
export async function openInMemory(files?: ClusterFiles): Promise<Database> {
  return pgliteDatabase(await openCluster(files ?? (await newClusterOnce())), () => {})
}

function newClusterOnce(): Promise<ClusterFiles> {
  emptyCluster ??= newCluster().catch((error: unknown) => {
    emptyCluster = null
    throw error
  })
  return emptyCluster
}

/** How a server is used. Times are in seconds. */
export interface PostgresOptions {
  /** Connections, at most. */
  readonly pool?: number
  /** How long a statement may take; an unhurried one may take longer. */
  readonly statementSeconds?: number
}

/** For the connections that work for all schools; the others name one before each use (docs/decisions/0021). */
const ALL_SCHOOLS = '-c letopis.school=*'

/** A client whose machine is gone is noticed by the server within some thirty seconds, and holds no lock any longer. */
const KEEPALIVE =
  '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000'

/** Compiling a statement takes longer than most of ours take, and begins when the planner guesses that one is dear. */
const NOT_COMPILED = '-c jit=off'

/** Unhurried connections: a rebuild works on one, and those who look at a second are rare. */
const UNHURRIED = 3

/** How long after the last moment for an answer a server is taken for gone, in milliseconds. */
const GRACE = 2_000

/**
 * A PostgreSQL server, 15 or newer. Half of the connections are for reads of one school: a view that has one of them
 * asks the log through the other half, and nobody there waits for the first.
 */
export function openPostgres(
  url: string,
  { pool = 10, statementSeconds = 30 }: PostgresOptions = {},
): Database {
  const half = Math.max(1, Math.floor(pool / 2))
  const pools = {
    common: postgresPool(url, Math.max(1, pool - half), statementSeconds, ALL_SCHOOLS),
    unhurried: postgresPool(url, UNHURRIED, null, ALL_SCHOOLS),
    schools: postgresPool(url, half, statementSeconds, ''),
  }
  const [kysely, unhurried, reads] = [over(pools.common), over(pools.unhurried), over(pools.schools)]
  return {
    kysely,
    unhurried,
    engine: 'postgres',
    pools,
    // The only door to these connections, and nobody passes without saying whose rows are wanted: what the one before
    // has said is never in force for the next.
    withinSchool: (school, work) =>
      connection(reads, async (session) => {
        await query(session, `select set_config('letopis.school', $1, false)`, [school])
        return work(session)
      }),
    close: async () => {
      // kysely would leave a pool open that nobody has used yet.
      await Promise.all(Object.values(pools).map(async (one) => one.ending || one.end()))
    },
  }
}

const over = (pool: pg.Pool): Kysely<unknown> =>
  new Kysely({ dialect: new PostgresDialect({ pool: copyingPool(pool) }) })

/** @param seconds for a statement; null is as many as it needs */
function postgresPool(url: string, max: number, seconds: number | null, options: string): pg.Pool {
  const at = new URL(url)
  // Those of the URL would take the place of ours.
  const theirs = at.searchParams.get('options') ?? ''
  at.searchParams.delete('options')
  const pool = new pg.Pool({
    connectionString: at.href,
    max,
    application_name: 'letopis',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    options: `${seconds === null ? '' : NOT_COMPILED} ${theirs} ${KEEPALIVE} ${options}`.trim(),
    ...(seconds === null ? {} : { statement_timeout: seconds * 1_000 }),
  })
  // A connection that breaks is replaced by the pool; without listeners Node would end the process. The pool listens
  // to idle connections alone: one that breaks between two statements of a transaction tells the client only.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
    if (seconds !== null) endSilence(client, seconds * 1_000 + GRACE)
  })
  return pool
}

/**
 * A server that is there ends a statement in time and says so. One that is gone says nothing, and the system would send
 * again what it was sent for a quarter of an hour. The connection ends as well: with a time-out of the query alone
 * (`query_timeout`) it would go back into the pool, and the next would wait on it as long.
 */
function endSilence(client: pg.PoolClient, milliseconds: number): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  stream.setTimeout(milliseconds, () => stream.destroy(new Error('the server is silent')))
}

/** @param release what is let go when it is closed */
export function pgliteDatabase(pglite: PGlite, release: () => void): Database {
  const kysely = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: copyingPGlite(pglite) }) })
  return {
    kysely,
    unhurried: kysely,
    engine: 'pglite',
    // One session, of the superuser of its own database, which no rule about rows would bind.
    withinSchool: (_school, work) => work(kysely),
    close: async () => {
      await kysely.destroy()
      if (!pglite.closed) await pglite.close()
      release()
    },
  }
}
