import type { Execution } from '#commands/execute.ts'
import { NOTHING_VOID } from '#commands/fold.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { Credentials } from '#api/credentials.ts'
import { LogInAttempts } from '#api/log-in-attempts.ts'
import { ReadLog } from '#api/read-log.ts'
import { RequestLog } from '#api/request-log.ts'
import { ServiceTokens } from '#api/service-tokens.ts'
import { Sessions } from '#api/sessions.ts'
import type { EventStore } from '#events/store/event-store.ts'
import { EventStoreLog, type EventStoreOptions } from '#events/store/eventstore-log.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { ContactCodes } from '#integrity/contact-codes.ts'
import { PersonNames } from '#integrity/person-store.ts'
import type { KeyEncryption } from '#integrity/privacy/key-encryption.ts'
import { PersonKeys } from '#integrity/privacy/person-keys.ts'
import { PersonalTexts } from '#integrity/privacy/personal-texts.ts'
import { accountsWith } from '#projections/school-directory/queries.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { CommonCommits } from '#projections/common-commits.ts'
import { followTogether } from '#projections/follow-together.ts'
import type { ModelProgress } from '#projections/progress.ts'
import { Projector, type ProjectorLog } from '#projections/projector.ts'
import type { Clock } from '#values/time.ts'
import type { Config } from './config.ts'
import { expectLogEngine, lookedUpTo, rememberLook } from './log-engine.ts'
import { migrate } from './migrations.ts'
import { type Database, openEmbedded, openPostgres } from './database.ts'
import { followedBy, observedStore } from './observed-store.ts'
import { expectKeys, PersonKeyFolder } from './person-key-folder.ts'
import type { ServiceWatch } from './service-watch.ts'

/** Everything that a process of Letopis works with, opened once. */
export interface Installation {
  readonly database: Database
  readonly execution: Execution
  readonly persons: PersonNames
  readonly keys: PersonKeys
  readonly contactCodes: ContactCodes
  readonly texts: PersonalTexts
  readonly credentials: Credentials
  readonly sessions: Sessions
  readonly attempts: LogInAttempts
  readonly requests: RequestLog
  readonly reads: ReadLog
  readonly serviceTokens: ServiceTokens
  readonly projectors: readonly Projector[]
  /** Projectors of all read models once more: each can be started and stopped once. */
  newProjectors(): readonly Projector[]
  /** Closes in the order in which nothing is lost: read models, appends, database. */
  close(): Promise<void>
}

/** What the API needs of an installation, as it takes it. */
export function servedBy({ database, ...installation }: Installation) {
  const { execution, persons, texts, credentials, sessions, attempts, requests, reads, serviceTokens } =
    installation
  return {
    database: database.kysely,
    unhurried: database.unhurried,
    withinSchool: database.withinSchool,
    execution,
    persons,
    texts,
    credentials,
    sessions,
    attempts,
    requests,
    reads,
    serviceTokens,
  }
}

/** Opens what the configuration names. @throws {FolderInUse} in the embedded setting, when another process has it */
export async function openInstallation(
  config: Config,
  clock: Clock,
  log: ServiceLog,
  watch?: ServiceWatch,
): Promise<Installation> {
  const database =
    config.databaseUrl === undefined
      ? await openEmbedded(config.data)
      : openPostgres(config.databaseUrl, {
          pool: config.databasePool,
          statementSeconds: config.statementSeconds,
        })
  const opened = async (): Promise<KeyEncryption> => {
    const folder = new PersonKeyFolder(config.data)
    await expectKeys(database.kysely, folder, config.data)
    return folder
  }
  return install(database, clock, log, opened, config.eventStoreUrl, watch)
}

/** What the operator is told. Never person data. */
export interface ServiceLog extends ProjectorLog {
  warn(facts: object, message: string): void
}

/**
 * Puts an installation together on an open database, which then belongs to it.
 *
 * @param encryption the keys that wrap those of people, opened when the tables stand
 * @param eventStoreUrl where the log is; without it, in the database
 * @param watch looks on at appends, and at what read models take from the log
 */
export async function install(
  database: Database,
  clock: Clock,
  log: ServiceLog,
  encryption: () => Promise<KeyEncryption>,
  eventStoreUrl?: string,
  watch?: ServiceWatch,
): Promise<Installation> {
  try {
    const { kysely } = database
    await migrate(database.unhurried)
    await expectLogEngine(kysely, eventStoreUrl === undefined ? 'database' : 'eventstore')
    const engine: EventStore =
      eventStoreUrl === undefined
        ? await PostgresLog.open(kysely, { soleWriter: database.engine === 'pglite' })
        : await openEventStore(kysely, eventStoreUrl, { log, observer: watch?.eventStore ?? {} })
    const store = watch === undefined ? engine : observedStore(engine, watch)
    const keys = new PersonKeys(kysely, await encryption())
    const texts = new PersonalTexts(keys)
    const contactCodes = new ContactCodes(kysely, keys.encryption)
    const persons = new PersonNames(kysely, keys)
    const sealed = await persons.sealPlain()
    if (sealed > 0) log.info({ sealed }, 'names that an earlier release kept in clear were sealed')
    const credentials = new Credentials(kysely)
    const sessions = new Sessions(kysely)
    const attempts = new LogInAttempts(kysely)
    const requests = new RequestLog(kysely)
    const serviceTokens = new ServiceTokens(kysely)
    const streams = new FoldedStreams(store, NOTHING_VOID)
    const reads = new ReadLog(kysely, streams, log)
    const execution: Execution = {
      store,
      streams,
      places: { persons, credentials, keys, contactCodes },
      texts,
      clock,
      accountsWith: (school, role) => accountsWith(kysely, school, role),
    }
    const newProjectors = () => {
      const together = followTogether(store)
      const commits = new CommonCommits(kysely)
      return READ_MODELS.map((model) => {
        const followed = watch === undefined ? together : followedBy(model.name, together, watch)
        return new Projector(model, { store: followed, database: kysely, clock, log, commits })
      })
    }
    const projectors = newProjectors()
    const close = async (): Promise<void> => {
      for (const projector of projectors) await projector.stop()
      await reads.close()
      await store.close()
      await database.close()
    }
    return {
      database,
      execution,
      persons,
      keys,
      contactCodes,
      texts,
      credentials,
      sessions,
      attempts,
      requests,
      reads,
      serviceTokens,
      projectors,
      newProjectors,
      close,
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Opens the log in EventStoreDB; of what was set on its streams only what is new since the last start is looked at. */
async function openEventStore(
  kysely: Database['kysely'],
  url: string,
  options: EventStoreOptions,
): Promise<EventStoreLog> {
  const store = await EventStoreLog.open(url, { ...options, checkedTo: await lookedUpTo(kysely) })
  await rememberLook(kysely, store.checkedTo)
  return store
}

/** Starts the projectors, and waits until each shows everything that the log holds now, or has stopped. */
export async function catchUp(
  { execution, projectors }: Installation,
  tick?: (done: number) => void,
): Promise<void> {
  await Projector.startAll(projectors)
  await caughtUp(execution.store, projectors, tick)
}

/** Waits until each read model shows everything that the log holds now, or has stopped. */
export async function caughtUp(
  store: EventStore,
  models: readonly ModelProgress[],
  tick?: (done: number) => void,
): Promise<void> {
  const head = await store.head()
  if (head === null) return
  for (const [done, model] of models.entries()) {
    while (model.failure === null && !(await model.reaches(head, 1_000))) tick?.(done)
    tick?.(done + 1)
  }
}
