import { randomUUID } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openAsBlob,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterAll, describe } from 'vitest'
import { migrate } from '#main/migrations.ts'
import { type Database, openEmbedded, openInMemory, openPostgres } from '#main/database.ts'

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
  /** A new database without any table. */
  openBare(): Promise<TestDatabase>
}

export type EngineName = 'pglite' | 'pglite on disk' | 'postgres'

export const SERVER = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'

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
  return {
    name,
    async open() {
      const database = await this.openBare()
      await migrate(database.kysely)
      return database
    },
    async openBare() {
      const { at, open, remove } = await OPENERS[name]()
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
    },
  }
}

interface Opener {
  readonly at: string | null
  readonly open: () => Promise<Database>
  readonly remove: () => Promise<void>
}

const OPENERS: Readonly<Record<EngineName, () => Promise<Opener>>> = {
  pglite: async () => {
    const template = await newCluster()
    return { at: null, open: () => openInMemory(template), remove: async () => {} }
  },
  'pglite on disk': async () => {
    const folder = temporaryFolder()
    return {
      at: folder.path,
      open: () => openEmbedded(folder.path),
      remove: async () => folder.remove(),
    }
  },
  postgres: async () => {
    const name = `letopis_test_${randomUUID().replaceAll('-', '')}`
    await onServer(`create database ${name}`)
    const url = new URL(SERVER)
    url.pathname = `/${name}`
    return {
      at: url.href,
      open: async () => openPostgres(url.href),
      remove: () => onServer(`drop database if exists ${name} with (force)`),
    }
  },
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
  return openAsBlob(file)
}

/** Ends all connections of a test database, as a restart of the server would, and waits until they are gone. */
export async function terminateConnections(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await onServer(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`)
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
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
