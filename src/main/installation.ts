import type { Execution } from '#commands/execute.ts'
import { NOTHING_VOID } from '#commands/fold.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { Credentials } from '#api/credentials.ts'
import { RequestLog } from '#api/request-log.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { PersonNames } from '#integrity/person-store.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { followTogether } from '#projections/follow-together.ts'
import { Projector, type ProjectorLog } from '#projections/projector.ts'
import type { Clock } from '#values/time.ts'
import type { Config } from './config.ts'
import { type Database, openEmbedded, openPostgres } from './database.ts'

/** Everything that a process of Letopis works with, opened once. */
export interface Installation {
  readonly database: Database
  readonly execution: Execution
  readonly persons: PersonNames
  readonly credentials: Credentials
  readonly requests: RequestLog
  readonly projectors: readonly Projector[]
  /** Closes in the order in which nothing is lost: read models, appends, database. */
  close(): Promise<void>
}

/** Opens what the configuration names. @throws {FolderInUse} in the embedded setting, when another process has it */
export async function openInstallation(
  config: Config,
  clock: Clock,
  log: ProjectorLog,
): Promise<Installation> {
  const database =
    config.databaseUrl === undefined ? await openEmbedded(config.data) : openPostgres(config.databaseUrl)
  return install(database, clock, log)
}

/** Puts an installation together on an open database, which then belongs to it. */
export async function install(database: Database, clock: Clock, log: ProjectorLog): Promise<Installation> {
  try {
    const { kysely } = database
    const store = await PostgresLog.open(kysely, { soleWriter: database.engine === 'pglite' })
    const persons = await PersonNames.open(kysely)
    const credentials = await Credentials.open(kysely)
    const requests = await RequestLog.open(kysely)
    const streams = new FoldedStreams(store, NOTHING_VOID)
    const execution = { store, streams, places: { persons, credentials }, clock }
    const followed = followTogether(store)
    const projectors = READ_MODELS.map(
      (model) => new Projector(model, { store: followed, database: kysely, clock, log }),
    )
    const close = async (): Promise<void> => {
      for (const projector of projectors) await projector.stop()
      await store.close()
      await database.close()
    }
    return { database, execution, persons, credentials, requests, projectors, close }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Starts the projectors, and waits until each shows everything that the log holds now, or has stopped. */
export async function catchUp(
  { execution, projectors }: Installation,
  tick?: (done: number) => void,
): Promise<void> {
  for (const projector of projectors) await projector.start()
  const head = await execution.store.head()
  if (head === null) return
  for (const [done, projector] of projectors.entries()) {
    while (projector.failure === null && !(await projector.reaches(head, 1_000))) tick?.(done)
    tick?.(done + 1)
  }
}
