import type { Kysely } from 'kysely'
import { copiesSource } from '../backup/copies-source.ts'
import type { Backup, Nats } from '../config.ts'
import { Obstacle } from '../explain.ts'
import type { CopiesSource } from '../metric-sources.ts'
import { pendingMigrations } from '../migrations.ts'

/**
 * Checks that belong to an engine and are told in its own words. Each returns what it found and throws an `Obstacle`
 * that says what to do.
 */
export interface Probes {
  /** Writes and reads a probe stream of EventStoreDB, and leaves the log as it was. */
  readonly eventStore?: (url: string) => Promise<string>
  /** Publishes nothing, and looks at JetStream and its limits. */
  readonly nats?: (nats: Nats) => Promise<string>
  /** Whether every migration of this release has run on the database. */
  readonly migrations?: (database: Kysely<unknown>) => Promise<string>
  /** The copies in the backup folder, and the drills of restoring. */
  readonly copies?: (backup: Backup) => CopiesSource
}

/** Those of this release. */
export const PROBES: Probes = {
  migrations: async (database) => {
    const pending = await pendingMigrations(database)
    if (pending.length === 0) return 'таблицы соответствуют выпуску'
    throw new Obstacle(`Не выполнены: ${pending.join(', ')}. Выполните letopis migrate.`)
  },
  copies: copiesSource,
}
