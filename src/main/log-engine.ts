import type { Kysely } from 'kysely'
import type { Position } from '#events/store/position.ts'
import { query } from '#events/store/sql.ts'
import { Obstacle } from './explain.ts'

/** Where the log stands: in the database itself, or in EventStoreDB beside it. */
export type LogEngine = 'database' | 'eventstore'

const TITLES: Readonly<Record<LogEngine, string>> = {
  database: 'в этой базе данных',
  eventstore: 'в EventStoreDB',
}

/**
 * Holds the configured engine against the one that this database remembers, which is the first that it met. A service
 * that was started without its EVENTSTORE_URL would otherwise begin a second log, and nobody would notice for days.
 *
 * @throws {Obstacle} they differ
 */
export async function expectLogEngine(database: Kysely<unknown>, configured: LogEngine): Promise<void> {
  const [row] = await query<{ engine: LogEngine }>(
    database,
    `insert into projection.log_engine as kept (engine) values ($1)
     on conflict (single) do update set engine = kept.engine returning engine`,
    [configured],
  )
  const { engine } = row!
  if (engine === configured) return
  const put = configured === 'database' ? 'верните EVENTSTORE_URL' : 'уберите EVENTSTORE_URL'
  throw new Obstacle(
    `Журнал событий этой установки хранится ${TITLES[engine]}, а настройки указывают: ${TITLES[configured]}. Если журнал не переносили, ${put}; если переносят — letopis log copy … --adopt.`,
  )
}

/** Up to where the settings of the streams of this log were looked at; null where nobody has looked. */
export async function lookedUpTo(database: Kysely<unknown>): Promise<Position | null> {
  const [row] = await query<{ commit: string | null; prepare: string | null }>(
    database,
    'select looked_commit::text as commit, looked_prepare::text as prepare from projection.log_engine',
  )
  if (row === undefined || row.commit === null || row.prepare === null) return null
  return { commit: BigInt(row.commit), prepare: BigInt(row.prepare) }
}

/** Remembers it for the next start. */
export async function rememberLook(database: Kysely<unknown>, upTo: Position | null): Promise<void> {
  await query(database, 'update projection.log_engine set looked_commit = $1, looked_prepare = $2', [
    upTo?.commit.toString() ?? null,
    upTo?.prepare.toString() ?? null,
  ])
}
