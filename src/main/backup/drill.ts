import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompiledQuery } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { RestoreDrill } from '#api/backups.ts'
import type { BackupKey } from '#integrity/backup/backup-key.ts'
import type { KeyEncryption } from '#integrity/privacy/key-encryption.ts'
import type { Clock, Instant } from '#values/time.ts'
import { type Database, openEmbedded, openPostgres } from '../database.ts'
import { describe, Obstacle } from '../explain.ts'
import { catchUp, install, type ServiceLog } from '../installation.ts'
import { recordDrill } from './drills.ts'
import { restoreCopy, type RestoreStage } from './restore-copy.ts'
import { openCopy } from './verify-copy.ts'

export interface DrillOf {
  readonly folder: string
  /** Null: the newest. */
  readonly copy: number | null
  readonly key: BackupKey | null
  /** The URL of an empty database; null: an embedded one in the temporary folder of the machine. */
  readonly into: string | null
  /** The keys that wrap those of people, as in the installation that was copied. */
  readonly encryption: () => Promise<KeyEncryption>
  readonly clock: Clock
  readonly log: ServiceLog
  readonly tick?: (stage: RestoreStage, done: number, total: number) => void
}

/**
 * Rehearses a restore: into a scratch place, as if the school had lost everything, up to read models that show it; then
 * the place is removed. How it went is recorded beside the copies, whatever it was.
 */
export async function rehearse(drill: DrillOf): Promise<RestoreDrill> {
  const at = drill.clock()
  const began = performance.now()
  let [copy, copyAt]: [number | null, Instant | null] = [drill.copy, null]
  let events = 0
  let problem: string | null = null
  try {
    const readable = openCopy(drill.folder, drill.copy, drill.key)
    copy = readable.manifest.copy
    copyAt = readable.manifest.at
    events = await inScratch(drill, async (database) => {
      const installation = await install(database, drill.clock, drill.log, drill.encryption)
      try {
        const { store } = installation.execution
        const { keys, persons } = installation
        const target = { store, database: database.kysely, keys, persons, lists: [] }
        const restored = await restoreCopy(readable, target, drill.tick)
        await catchUp(installation)
        const stopped = installation.projectors.find(({ failure }) => failure !== null)
        if (stopped !== undefined) {
          throw new Obstacle(`Представление ${stopped.model.name} не строится: ${stopped.failure!.problem}`)
        }
        return restored.events
      } finally {
        await installation.close()
      }
    })
  } catch (error) {
    problem = describe(error)
  }
  const seconds = Math.round((performance.now() - began) / 10) / 100
  const engine = drill.into === null ? 'pglite' : 'postgres'
  const done = { at, copy, copyAt, ok: problem === null, events, seconds, engine, problem }
  recordDrill(drill.folder, done)
  return done
}

/** Gives an empty database to work in, and removes what came into it. */
async function inScratch<Result>(
  { into }: DrillOf,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  if (into !== null) return inServer(into, work)
  const folder = mkdtempSync(join(tmpdir(), 'letopis-drill-'))
  try {
    return await work(await openEmbedded(folder))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function inServer<Result>(url: string, work: (database: Database) => Promise<Result>): Promise<Result> {
  const before = await schemasOf(url)
  if (before.length > 0) {
    throw new Obstacle(`База для проверки не пуста (схемы: ${before.join(', ')}): укажите пустую.`)
  }
  try {
    return await work(openPostgres(url))
  } finally {
    const database = openPostgres(url)
    for (const schema of await schemasOf(url)) {
      await database.kysely.executeQuery(CompiledQuery.raw(`drop schema "${schema}" cascade`))
    }
    await database.close()
  }
}

/** The schemas of a database that are nobody's but Letopis's: a new database has `public` alone. */
async function schemasOf(url: string): Promise<string[]> {
  const database = openPostgres(url)
  try {
    const rows = await query<{ name: string }>(
      database.kysely,
      `select nspname as name from pg_namespace
       where nspname !~ '^pg_' and nspname not in ('public', 'information_schema') order by 1`,
    )
    return rows.map(({ name }) => name)
  } finally {
    await database.close()
  }
}
