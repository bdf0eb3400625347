import { createHash } from 'node:crypto'
import { CompiledQuery, type Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { sqlState } from '#events/store/sql.ts'
import { Obstacle } from './explain.ts'
import { foundation } from './migrations/0001-foundation.ts'
import { leastPrivilege } from './migrations/0002-least-privilege.ts'
import { enginesAndRelay } from './migrations/0003-engines-and-relay.ts'
import { outageLedger } from './migrations/0004-outage-ledger.ts'
import { appendByLists } from './migrations/0005-append-by-lists.ts'
import { versionsOfReadModels } from './migrations/0006-versions-of-read-models.ts'

/**
 * How the tables came to be what they are, in order; forwards only. A migration that was released is never edited: a
 * test holds the hash of each. Tables of read models are not among them: projectors make those, and may throw them away.
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  '0001-foundation': foundation,
  '0002-least-privilege': leastPrivilege,
  '0003-engines-and-relay': enginesAndRelay,
  '0004-outage-ledger': outageLedger,
  '0005-append-by-lists': appendByLists,
  '0006-versions-of-read-models': versionsOfReadModels,
}

/** The migrations by name, with the SHA-256 of each, in hex. */
export const MIGRATIONS: ReadonlyArray<{ readonly name: string; readonly digest: string }> = Object.entries(
  SCRIPTS,
).map(([name, script]) => ({ name, digest: createHash('sha256').update(script).digest('hex') }))

/** Where it is kept which of them were carried out. */
const SCHEMA = 'letopis'
const TABLE = 'migration'

const INSUFFICIENT_PRIVILEGE = '42501'
const UNDEFINED_TABLE = '42P01'

/** The migrations that were carried out here, in order; null where there are no tables yet. */
async function carriedOut(database: Kysely<unknown>): Promise<string[]> {
  try {
    const { rows } = await database.executeQuery<{ name: string }>(
      CompiledQuery.raw(`select name from ${SCHEMA}.${TABLE} order by name`),
    )
    return rows.map(({ name }) => name)
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) return []
    throw error
  }
}

/**
 * The migrations that are still to be carried out.
 *
 * @throws {Obstacle} the tables are of a newer release, with which this one cannot work
 */
export async function pendingMigrations(database: Kysely<unknown>): Promise<string[]> {
  const done = await carriedOut(database)
  const unknown = done.filter((name) => !(name in SCRIPTS))
  if (unknown.length > 0) {
    throw new Obstacle(
      `База данных обновлена более новым выпуском (${unknown.join(', ')}): запустите его или восстановите копию базы.`,
    )
  }
  return Object.keys(SCRIPTS).filter((name) => !done.includes(name))
}

/**
 * Carries out what is still to be carried out, one process after another.
 *
 * @returns the names of the migrations that this call carried out
 * @throws {Obstacle} the role may not change tables
 */
export async function migrate(database: Kysely<unknown>): Promise<string[]> {
  if ((await pendingMigrations(database)).length === 0) return []
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(steps()) },
    migrationTableSchema: SCHEMA,
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error
    throw new Obstacle(
      'Таблицы пора обновить, а роль базы этого не может: выполните letopis migrate с DATABASE_OWNER_URL.',
      { cause: error },
    )
  }
  return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
}

function steps(): Record<string, Migration> {
  return Object.fromEntries(Object.entries(SCRIPTS).map(([name, script]) => [name, { up: running(script) }]))
}

function running(script: string): Migration['up'] {
  return async (transaction: Kysely<unknown>) => {
    for (const statement of statements(script)) await transaction.executeQuery(CompiledQuery.raw(statement))
  }
}

/** A prepared statement holds one command: splits at the semicolons that end a line outside a function's body. */
export function statements(script: string): string[] {
  const parts: string[] = []
  let open = ''
  for (const line of script.split('\n')) {
    open += `${line}\n`
    const inBody = (open.match(/\$\$/g)?.length ?? 0) % 2 === 1
    if (line.trimEnd().endsWith(';') && !inBody) {
      parts.push(open)
      open = ''
    }
  }
  return open.trim() === '' ? parts : [...parts, open]
}
