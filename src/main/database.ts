import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import { copyingPGlite, copyingPool } from './copying.ts'
import { openDurablePGlite } from './durable-pglite.ts'
import { makeFolder } from './folder.ts'
import { lockFolder } from './folder-lock.ts'

/** PostgreSQL in one of its two forms, behind the same SQL. */
export interface Database {
  readonly kysely: Kysely<unknown>
  readonly engine: 'pglite' | 'postgres'
  close(): Promise<void>
}

/** PGlite in `folder`/pglite, for this process alone. @throws {FolderInUse} */
export async function openEmbedded(folder: string): Promise<Database> {
  makeFolder(folder)
  const unlock = lockFolder(folder)
  try {
    return pgliteDatabase(await openCluster(folder), unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

/**
 * Making a cluster takes a second and some 900 files: killed in the middle, or on a disk that is full, it would leave
 * one that never opens again. So it is made aside, and gets its name when it is whole and on the disk.
 */
async function openCluster(folder: string): Promise<PGlite> {
  const cluster = join(folder, 'pglite')
  if (!existsSync(cluster)) {
    const aside = join(folder, 'pglite.new')
    rmSync(aside, { recursive: true, force: true })
    try {
      await (await openDurablePGlite(aside)).close()
    } catch (error) {
      rmSync(aside, { recursive: true, force: true })
      throw error
    }
    renameSync(aside, cluster)
    const names = openSync(folder, 'r')
    fsyncSync(names)
    closeSync(names)
  }
  return openDurablePGlite(cluster)
}

/**
 * PGlite in memory, gone with the process.
 *
 * @param cluster the files to start from (a dump of a PGlite); without it a new cluster is made, which takes seconds
 */
export async function openInMemory(cluster?: Blob): Promise<Database> {
  const pglite = await PGlite.create(cluster === undefined ? {} : { loadDataDir: cluster })
  return pgliteDatabase(pglite, () => {})
}

/** A PostgreSQL server, 15 or newer. */
export function openPostgres(url: string, poolSize = 10): Database {
  const pool = new pg.Pool({ connectionString: url, max: poolSize, connectionTimeoutMillis: 10_000 })
  // A connection that breaks is replaced by the pool; without listeners Node would end the process. The pool listens
  // to idle connections alone: one that breaks between two statements of a transaction tells the client only.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: copyingPool(pool) }) })
  return { kysely, engine: 'postgres', close: () => kysely.destroy() }
}

function pgliteDatabase(pglite: PGlite, release: () => void): Database {
  const kysely = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite: copyingPGlite(pglite) }) })
  return {
    kysely,
    engine: 'pglite',
    close: async () => {
      await kysely.destroy()
      if (!pglite.closed) await pglite.close()
      release()
    },
  }
}
