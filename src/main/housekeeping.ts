import { comparePositions } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import type { ProjectorLog } from '#projections/projector.ts'
import { type Clock, type Instant, plusMinutes } from '#values/time.ts'
import type { Database } from './database.ts'
import type { Installation } from './installation.ts'

/** How often a served database is looked after, in milliseconds. */
const INTERVAL = 30 * 60_000

/**
 * Clears dead rows and renews what the planner knows of each table. A PostgreSQL server does this by itself; PGlite has
 * no process of its own in which to, and without it a query that should take one millisecond takes ten
 * (docs/decisions/0016). One table at a time, so that requests have their turn in between.
 */
export async function tidy({ kysely, engine }: Database): Promise<void> {
  if (engine !== 'pglite') return
  const tables = await query<{ name: string }>(
    kysely,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  )
  for (const { name } of tables) await query(kysely, `vacuum (analyze) ${name}`)
}

/** Forgets tries to log in that have no bearing any more, sessions of long ago, and reads whose term is over. */
export async function forget(
  { attempts, sessions, reads }: Pick<Installation, 'attempts' | 'sessions' | 'reads'>,
  now: Instant,
  readDays: number,
): Promise<void> {
  await attempts.purge(now)
  await sessions.purge(now)
  await reads.purge(plusMinutes(now, -readDays * 24 * 60))
}

/**
 * Tidies now and then, if anything was recorded since.
 *
 * @returns ends it
 */
export async function keepTidy(
  installation: Installation,
  clock: Clock,
  log: ProjectorLog,
  readDays: number,
): Promise<() => void> {
  const { database, execution } = installation
  const { store } = execution
  let tidied = await store.head()
  const look = async (): Promise<void> => {
    await forget(installation, clock(), readDays)
    const head = await store.head()
    if (comparePositions(head, tidied) === 0) return
    await tidy(database)
    tidied = head
  }
  const timer = setInterval(() => {
    look().catch((err: unknown) => log.error({ err }, 'the database could not be tidied'))
  }, INTERVAL)
  return () => clearInterval(timer)
}
