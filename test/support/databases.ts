import { randomUUID } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { pino } from 'pino'
import { afterAll, describe, inject } from 'vitest'
import { type Database, openEmbedded, openInMemory, openPostgres, pgliteDatabase } from '#main/database.ts'
import { catchUp, install } from '#main/installation.ts'
import { type ClusterFiles, filesOf, newCluster, openCluster } from '#main/memory-cluster.ts'
import { migrate } from '#main/migrations.ts'
import { systemClock } from '#values/time.ts'
import { testKeys } from './person-keys.ts'
import { templateFolder } from './run.ts'
import { onServer, SERVER } from './server.ts'

/** A database of one test file. It is closed and removed when the tests of the file have ended. */
export interface TestDatabase extends Database {
  /** Where its data is: a folder, or the URL of a database; null in memory. */
  readonly at: string | null
  /** Closes it and opens the same data again; in memory there is nothing to close, and it goes on as it is. */
  reopen(): Promise<TestDatabase>
}

export interface TestEngine {
  readonly name: EngineName
  /** A new database with the tables of an installation. */
  open(): Promise<TestDatabase>
  /** The same with those of the read models, which have read an empty log: an installation that was started once. */
  openStarted(): Promise<TestDatabase>
  /** A new database without any table. */
  openBare(): Promise<TestDatabase>
  /** A copy of one that was started and prepared once in this process, under a name that is only this preparation's. */
  openPrepared(name: string, prepare: Prepare): Promise<TestDatabase>
}

/** Brings a database to where tests begin. It leaves it open. */
type Prepare = (database: Database) => Promise<void>

export type EngineName = 'pglite' | 'pglite on disk' | 'postgres'

/** Why there is no PostgreSQL to test on; null when there is. */
export const postgresAbsence: string | null = await whyAbsent()

/**
 * The same tests on each engine. Without PostgreSQL its part is skipped and says so; `REQUIRE_POSTGRES=1`
 * lets it fail instead, as a build machine wants it.
 *
 * @param names `pglite on disk` takes some seconds to start and differs in what reaches the disk alone, so it
 * runs only where it is named
 */
export function eachEngine(
  suite: (engine: TestEngine) => void,
  names: readonly EngineName[] = ['pglite', 'postgres'],
): void {
  for (const name of names) {
    const skipped = name === 'postgres' ? postgresAbsence : null
    describe.skipIf(skipped !== null)(skipped === null ? `on ${name}` : `on ${name}: ${skipped}`, () => {
      suite(testEngine(name))
    })
  }
}

/** Databases that are dropped at once. */
const AT_ONCE = 8

/** How long that may take, in milliseconds, on a machine whose disk others use too: it is not what is tested. */
const CLEANING = 600_000

/** An engine for the tests of the `describe` in which this is called. */
export function testEngine(name: EngineName): TestEngine {
  const removals: Array<() => Promise<void>> = []
  afterAll(async () => {
    // To drop a database the server writes all to the disk that it has not yet: for several at once it does so once.
    while (removals.length > 0) await Promise.all(removals.splice(-AT_ONCE).map((remove) => remove()))
  }, CLEANING)
  async function openFrom(template: Template): Promise<TestDatabase> {
    const { at, open, remove } = await OPENERS[name](template)
    let current: TestDatabase | undefined
    const opened = async (): Promise<TestDatabase> => {
      current = { ...(await open()), at, reopen }
      return current
    }
    const reopen = async (): Promise<TestDatabase> => {
      if (at === null) return current!
      await current?.close()
      return opened()
    }
    removals.push(async () => {
      await current?.close()
      await remove()
    })
    return opened()
  }
  return {
    name,
    open: () => openFrom(MIGRATED),
    openStarted: () => openFrom(STARTED),
    openBare: () => openFrom(BARE),
    openPrepared: (prepared, prepare) => openFrom({ name: prepared, from: STARTED, prepare }),
  }
}

/** What stands in a database when a test gets it. */
interface Template {
  readonly name: string
  readonly from: Template | null
  readonly prepare: Prepare
}

const BARE: Template = { name: 'bare', from: null, prepare: async () => {} }

const MIGRATED: Template = {
  name: 'migrated',
  from: BARE,
  prepare: async ({ kysely }) => {
    await migrate(kysely)
  },
}

const STARTED: Template = {
  name: 'started',
  from: MIGRATED,
  prepare: async (database) => {
    const log = pino({ level: 'silent' })
    const installation = await install(keptOpen(database), systemClock, log, testKeys)
    await catchUp(installation)
    await installation.close()
  },
}

/** A database that stays open behind an installation that is closed, for it is still to be copied. */
export const keptOpen = (database: Database): Database => ({ ...database, close: async () => {} })

interface Opener {
  readonly at: string | null
  readonly open: () => Promise<Database>
  readonly remove: () => Promise<void>
}

const OPENERS: Readonly<Record<EngineName, (template: Template) => Promise<Opener>>> = {
  pglite: async (template) => {
    const files = await clusterFiles(template)
    return { at: null, open: () => openInMemory(files), remove: async () => {} }
  },
  'pglite on disk': async (template) => {
    const folder = temporaryFolder()
    cpSync(await dataFolder(template), folder.path, { recursive: true })
    return {
      at: folder.path,
      open: () => openEmbedded(folder.path),
      remove: async () => folder.remove(),
    }
  },
  postgres: async (template) => {
    const url = await newPostgres(template.from === null ? null : await postgresTemplate(template))
    return {
      at: url.href,
      open: async () => openPostgres(url.href),
      remove: async () => {
        await onServer(`drop database if exists ${url.pathname.slice(1)} with (force)`)
      },
    }
  },
}

/** A new database on the server. A commit does not wait for the disk: the machine is not what fails in these tests. */
async function newPostgres(template: URL | null, prefix = 'letopis_test'): Promise<URL> {
  const url = new URL(SERVER)
  const name = `${prefix}_${randomUUID().replaceAll('-', '')}`
  url.pathname = `/${name}`
  const from = template === null ? '' : ` template ${template.pathname.slice(1)}`
  await onServer(`create database ${name}${from}`)
  await onServer(`alter database ${name} set synchronous_commit = off`)
  return url
}

/** Templates of this process by name, each made by the first test that needs it, of the one that it comes from. */
const clusters = new Map<string, Promise<ClusterFiles>>()
const dataFolders = new Map<string, Promise<string>>()
const postgresTemplates = new Map<string, Promise<URL>>()

function clusterFiles({ name, from, prepare }: Template): Promise<ClusterFiles> {
  return kept(clusters, name, async () => {
    if (from === null) return keptCluster()
    const pglite = await openCluster(await clusterFiles(from))
    const database = pgliteDatabase(pglite, () => {})
    await prepare(database)
    const files = await filesOf(pglite)
    await database.close()
    return files
  })
}

/** A data folder as the service leaves it. It goes with the run, as the databases do (`test/support/run.ts`). */
function dataFolder({ name, from, prepare }: Template): Promise<string> {
  return kept(dataFolders, name, async () => {
    const folder = join(templateFolder(inject('run')), randomUUID())
    mkdirSync(folder, { recursive: true })
    if (from !== null) cpSync(await dataFolder(from), folder, { recursive: true })
    const database = await openEmbedded(folder)
    await prepare(database)
    await database.close()
    return folder
  })
}

function postgresTemplate({ name, from, prepare }: Template): Promise<URL> {
  return kept(postgresTemplates, name, async () => {
    const below = from === null || from.from === null ? null : await postgresTemplate(from)
    const url = await newPostgres(below, `letopis_template_${inject('run')}`)
    const database = openPostgres(url.href)
    await prepare(database)
    await database.close()
    return url
  })
}

function kept<Key, Value>(
  all: Map<Key, Promise<Value>>,
  key: Key,
  make: () => Promise<Value>,
): Promise<Value> {
  const known = all.get(key)
  if (known !== undefined) return known
  const made = make()
  all.set(key, made)
  // What could not be made is tried again by whoever comes next.
  made.catch(() => all.delete(key))
  return made
}

/** An empty folder for one test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'letopis-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** The files of a new cluster, kept between runs: to make them takes seconds. */
async function keptCluster(): Promise<ClusterFiles> {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const file = join(import.meta.dirname, '../../node_modules/.cache/letopis', `cluster-${version}.v8`)
  if (!existsSync(file)) {
    const files = await newCluster()
    mkdirSync(dirname(file), { recursive: true })
    // Test files run at once: each that finds none makes its own, and the name changes hands whole.
    const mine = `${file}.${process.pid}`
    writeFileSync(mine, serialize(files))
    renameSync(mine, file)
  }
  return deserialize(readFileSync(file)) as ClusterFiles
}

/** Ends all connections of a test database, as a restart of the server would, and waits until they are gone. */
export async function terminateConnections(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await onServer(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`)
}

async function whyAbsent(): Promise<string | null> {
  try {
    await onServer('select 1')
    return null
  } catch (error) {
    if (process.env['REQUIRE_POSTGRES'] === '1') return null
    const reason = `no PostgreSQL at ${new URL(SERVER).host} (${(error as Error).message || String(error)})`
    console.warn(`skipped: ${reason}`)
    return reason
  }
}
