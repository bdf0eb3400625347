import type { Kysely } from 'kysely'
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
