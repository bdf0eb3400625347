import type { Kysely } from 'kysely'
import { copiesSource } from '../backup/copies-source.ts'
import type { Backup, Nats, Smtp } from '../config.ts'
import type { CopiesSource } from '../metric-sources.ts'
import { pendingMigrations } from '../migrations.ts'
import { bad, good, type Verdict } from './check.ts'
import { eventStoreVerdict, mailVerdict, natsVerdict } from './engine-checks.ts'

/** Checks that belong to an engine, or to what is kept beside it. What one of them throws is told as an operator reads it. */
export interface Probes {
  /** Writes and reads a stream of its own. */
  readonly eventStore?: (url: string) => Promise<Verdict>
  /** Keeps and reads a message in a stream of its own, and looks at the limits. */
  readonly nats?: (nats: Nats) => Promise<Verdict>
  /** Greets the mail server, and logs in there. */
  readonly mail?: (smtp: Smtp) => Promise<Verdict>
  /** Whether every migration of this release has run on the database. */
  readonly migrations?: (database: Kysely<unknown>) => Promise<Verdict>
  /** The copies in the backup folder, and the drills of restoring. */
  readonly copies?: (backup: Backup) => CopiesSource
}

/** Those of this release. */
export const PROBES: Probes = {
  migrations: async (database) => {
    const pending = await pendingMigrations(database)
    return pending.length === 0
      ? good('таблицы соответствуют выпуску')
      : bad(`не выполнены: ${pending.join(', ')}`, 'Выполните letopis migrate с DATABASE_OWNER_URL.')
  },
  copies: copiesSource,
  eventStore: (url) => eventStoreVerdict(url),
  nats: natsVerdict,
  mail: mailVerdict,
}
