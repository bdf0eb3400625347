import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { pino } from 'pino'
import { afterAll, describe, inject } from 'vitest'
import { type Database, openEmbedded, openInMemory, openPostgres, pgliteDatabase } from '#main/database.ts'
import { catchUp, install } from '#main/installation.ts'
import { migrate } from '#main/migrations.ts'
import { systemClock } from '#values/time.ts'
import { testKeys } from './person-keys.ts'
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
}

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

/** An engine for the tests of the `describe` in which this is called. */
export function testEngine(name: EngineName): TestEngine {
  const removals: Array<() => Promise<void>> = []
  afterAll(async () => {
    for (const remove of removals.toReversed()) await remove()
  })
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
    open: () => openFrom('migrated'),
    openStarted: () => openFrom('started'),
    openBare: () => openFrom('bare'),
  }
}

/** What stands in a database when a test gets it. */
type Template = 'bare' | 'migrated' | 'started'

/** What makes a template of a bare database. */
const PREPARATIONS: Readonly<Record<Exclude<Template, 'bare'>, (database: Database) => Promise<void>>> = {
  migrated: async ({ kysely }) => {
    await migrate(kysely)
  },
  started: async (database) => {
    // A database that stays open behind an installation that is closed, for it is still to be copied.
    const kept = { ...database, close: async () => {} }
    const log = pino({ level: 'silent' })
    const installation = await install(kept, systemClock, log, testKeys)
    await catchUp(installation)
    await installation.close()
  },
}

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
  // Its tests are about what reaches the disk: it starts from nothing.
  'pglite on disk': async (template) => {
    const folder = temporaryFolder()
    if (template !== 'bare') {
      const database = await openEmbedded(folder.path)
      await PREPARATIONS[template](database)
      await database.close()
    }
    return {
      at: folder.path,
      open: () => openEmbedded(folder.path),
      remove: async () => folder.remove(),
    }
  },
  postgres: async (template) => {
    const url = await newPostgres(template === 'bare' ? null : await postgresTemplate(template))
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

/** Templates of this process, each made by the first test that needs it. */
const clusters = new Map<Template, Promise<Blob>>()
const postgresTemplates = new Map<Template, Promise<URL>>()

function clusterFiles(template: Template): Promise<Blob> {
  return kept(clusters, template, async () => {
    if (template === 'bare') return newCluster()
    const pglite = await PGlite.create({ loadDataDir: await clusterFiles('bare') })
    const database = pgliteDatabase(pglite, () => {})
    await PREPARATIONS[template](database)
    await pglite.exec('checkpoint')
    const files = await pglite.dumpDataDir('none')
    await database.close()
    return files
  })
}

/** It goes with the run (`test/support/run.ts`). */
function postgresTemplate(template: Exclude<Template, 'bare'>): Promise<URL> {
  return kept(postgresTemplates, template, async () => {
    const url = await newPostgres(null, `letopis_template_${inject('run')}`)
    const database = openPostgres(url.href)
    await PREPARATIONS[template](database)
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

/**
 * The files of a PGlite as `initdb` leaves them, kept between runs: with them a database in memory opens in
 * half a second instead of three to five.
 */
async function newCluster(): Promise<Blob> {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const file = join(import.meta.dirname, '../../node_modules/.cache/letopis', `pglite-${version}.tar`)
  if (!existsSync(file)) {
    const pglite = await PGlite.create()
    const dump = await pglite.dumpDataDir('none')
    await pglite.close()
    mkdirSync(dirname(file), { recursive: true })
    // Test files run at once: each that finds none makes its own, and the name changes hands whole.
    const mine = `${file}.${process.pid}`
    writeFileSync(mine, new Uint8Array(await dump.arrayBuffer()))
    renameSync(mine, file)
  }
  // The bytes, and not the file: a blob of a file that another worker puts its own in the place of is unreadable for ever.
  return new Blob([readFileSync(file)])
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
