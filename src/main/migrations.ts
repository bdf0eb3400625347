import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { query, sqlState } from '#events/store/sql.ts'
import { Obstacle } from './explain.ts'
import { foundation } from './migrations/0001-foundation.ts'
import { leastPrivilege } from './migrations/0002-least-privilege.ts'
import { enginesAndRelay } from './migrations/0003-engines-and-relay.ts'
import { outageLedger } from './migrations/0004-outage-ledger.ts'
import { appendByLists } from './migrations/0005-append-by-lists.ts'
import { versionsOfReadModels } from './migrations/0006-versions-of-read-models.ts'
import { sessionsAndCodes } from './migrations/0007-sessions-and-codes.ts'
import { lookedAtStreams } from './migrations/0008-looked-at-streams.ts'
import { externalAccess } from './migrations/0009-external-access.ts'
import { sealedLog } from './migrations/0010-sealed-log.ts'
import { imports } from './migrations/0011-imports.ts'
import { keysOfPeople } from './migrations/0012-keys-of-people.ts'
import { archiveJobs } from './migrations/0013-archive-jobs.ts'
import { appendWhileUnmoved } from './migrations/0014-append-while-unmoved.ts'
import { cosignatures } from './migrations/0016-cosignatures.ts'
import { formerNames } from './migrations/0017-former-names.ts'
import { appendWhileAllUnmoved } from './migrations/0018-append-while-all-unmoved.ts'
import { registerOfReads } from './migrations/0019-register-of-reads.ts'
import { deliveries } from './migrations/0020-deliveries.ts'

/**
 * How the tables came to be what they are, in order; forwards only. A migration that was released is never edited: a
 * test holds the hash of each. Tables of read models are not among them: projectors make those, and may throw them away.
 */
export const SCRIPTS: Readonly<Record<string, string>> = {
  '0001-foundation': foundation,
  '0002-least-privilege': leastPrivilege,
  '0003-engines-and-relay': enginesAndRelay,
  '0004-outage-ledger': outageLedger,
  '0005-append-by-lists': appendByLists,
  '0006-versions-of-read-models': versionsOfReadModels,
  '0007-sessions-and-codes': sessionsAndCodes,
  '0008-looked-at-streams': lookedAtStreams,
  '0009-external-access': externalAccess,
  '0010-sealed-log': sealedLog,
  '0011-imports': imports,
  '0012-keys-of-people': keysOfPeople,
  '0013-archive-jobs': archiveJobs,
  '0014-append-while-unmoved': appendWhileUnmoved,
  '0016-cosignatures': cosignatures,
  '0017-former-names': formerNames,
  '0018-append-while-all-unmoved': appendWhileAllUnmoved,
  '0019-register-of-reads': registerOfReads,
  '0020-deliveries': deliveries,
}

/** The schemas of the owner of the tables. */
const OWNED = [
  'letopis',
  'log',
  'person',
  'access',
  'projection',
  'relay',
  'operations',
  'integrity',
  'privacy',
]

/** How long a migration waits for those who are in a table: everybody else waits behind it. */
const LOCK_TIMEOUT = '10s'

/** The migrations by name, with the SHA-256 of each, in hex. */
export const MIGRATIONS: ReadonlyArray<{ readonly name: string; readonly digest: string }> = Object.entries(
  SCRIPTS,
).map(([name, script]) => ({ name, digest: createHash('sha256').update(script).digest('hex') }))

/** Where it is kept which of them were carried out. */
const SCHEMA = 'letopis'
const TABLE = 'migration'

const INSUFFICIENT_PRIVILEGE = '42501'
const UNDEFINED_TABLE = '42P01'

/**
 * The migrations that were carried out here, in order; none where there are no tables yet.
 *
 * @throws {Obstacle} they are nothing to this role yet
 */
async function carriedOut(database: Kysely<unknown>): Promise<string[]> {
  try {
    const rows = await query<{ name: string }>(database, `select name from ${SCHEMA}.${TABLE} order by name`)
    return rows.map(({ name }) => name)
  } catch (error) {
    switch (sqlState(error)) {
      case UNDEFINED_TABLE:
        return []
      case INSUFFICIENT_PRIVILEGE:
        throw mustBeOwner(error)
      default:
        throw error
    }
  }
}

function mustBeOwner(cause?: unknown): Obstacle {
  return new Obstacle(
    'Таблицы пора обновить, а роль базы этого не может: выполните letopis migrate с DATABASE_OWNER_URL.',
    { cause },
  )
}

/**
 * The migrations that are still to be carried out.
 *
 * @throws {Obstacle} the tables are of a newer release, with which this one cannot work
 */
export async function pendingMigrations(database: Kysely<unknown>, scripts = SCRIPTS): Promise<string[]> {
  const done = await carriedOut(database)
  const unknown = done.filter((name) => !(name in scripts))
  if (unknown.length > 0) {
    throw new Obstacle(
      `База данных обновлена более новым выпуском (${unknown.join(', ')}): запустите его или восстановите копию базы.`,
    )
  }
  return Object.keys(scripts).filter((name) => !done.includes(name))
}

/**
 * Carries out what is still to be carried out, together or not at all, one process after another.
 *
 * @param scripts other migrations than those of this release, for tests
 * @returns the names of the migrations that this call carried out
 * @throws {Obstacle} the role may not change tables
 */
export async function migrate(database: Kysely<unknown>, scripts = SCRIPTS): Promise<string[]> {
  if ((await pendingMigrations(database, scripts)).length === 0) return []
  if (!(await owns(database))) throw mustBeOwner()
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve(steps(scripts)) },
    migrationTableSchema: SCHEMA,
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error !== undefined) throw sqlState(error) === INSUFFICIENT_PRIVILEGE ? mustBeOwner(error) : error
  return results.filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName)
}

/**
 * Whether the role owns the schemas, or there is none yet. Asked before anything is tried: the application may make
 * schemas, those of read models, and must not become the owner of the log by being the first to come.
 */
async function owns(database: Kysely<unknown>): Promise<boolean> {
  const [row] = await query<{ owns: boolean }>(
    database,
    `select coalesce(bool_and(pg_has_role(nspowner, 'usage')), true) as owns from pg_namespace
     where nspname in (select json_array_elements_text($1::json))`,
    [JSON.stringify(OWNED)],
  )
  return row!.owns
}

function steps(scripts: Readonly<Record<string, string>>): Record<string, Migration> {
  return Object.fromEntries(Object.entries(scripts).map(([name, script]) => [name, { up: running(script) }]))
}

function running(script: string): Migration['up'] {
  return async (transaction: Kysely<unknown>) => {
    await query(transaction, `set local lock_timeout = '${LOCK_TIMEOUT}'`)
    for (const statement of statements(script)) await query(transaction, statement)
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
