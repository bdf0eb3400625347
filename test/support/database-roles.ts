import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { query } from '#events/store/sql.ts'
import { type Database, openPostgres, type PostgresOptions } from '#main/database.ts'
import { grantRoles } from '#main/grants.ts'
import { migrate } from '#main/migrations.ts'
import { postgresAbsence, type TestDatabase, testEngine } from './databases.ts'

const SCRIPT = join(import.meta.dirname, '../../scripts/postgres-roles.sql')

/** Why the script of the roles cannot be run; null where it can. */
export const rolesAbsence: string | null =
  postgresAbsence ??
  (() => {
    try {
      execFileSync('psql', ['--version'])
      return null
    } catch {
      if (process.env['REQUIRE_POSTGRES'] === '1') return null
      console.warn('skipped: no psql to run scripts/postgres-roles.sql')
      return 'no psql'
    }
  })()

export type DatabaseRole = 'owner' | 'application' | 'auditor'

/** A database with roles of its own, as an operator makes them. */
export interface RoledDatabase {
  /** The names of the roles on the server. */
  readonly names: Readonly<Record<DatabaseRole, string>>
  readonly superuser: TestDatabase
  readonly url: (role: DatabaseRole) => string
  /** A connection as a role, closed when the tests have ended. */
  readonly as: (role: DatabaseRole, options?: PostgresOptions) => Database
}

/** Databases with roles, for the tests of the `describe` in which this is called; both go when they end. */
export function databaseRoles() {
  const engine = testEngine('postgres')
  const open: Database[] = []
  const made: RoledDatabase[] = []
  afterAll(async () => {
    for (const one of open) await one.close()
    for (const { superuser, names } of made) {
      for (const role of Object.values(names)) {
        await query(superuser.kysely, `drop owned by ${role} cascade`)
        await query(superuser.kysely, `drop role ${role}`)
      }
    }
  })

  /** The script was run, and nothing else. */
  async function scripted(): Promise<RoledDatabase> {
    const superuser = await engine.openBare()
    const own = randomUUID().slice(0, 8)
    const names = { owner: `owner_${own}`, application: `app_${own}`, auditor: `auditor_${own}` }
    const variables = { owner: names.owner, app: names.application, auditor: names.auditor }
    const given = Object.entries(variables).flatMap(([name, role]) => ['-v', `${name}=${role}`])
    const run = (): void => {
      execFileSync('psql', ['-q', superuser.at!, ...given, '-f', SCRIPT], { stdio: 'pipe' })
    }
    run()
    // It is safe to repeat.
    run()
    for (const role of Object.values(names)) {
      await query(superuser.kysely, `alter role ${role} password '${own}'`)
    }
    const url = (role: DatabaseRole): string => {
      const at = new URL(superuser.at!)
      at.username = names[role]
      at.password = own
      return at.href
    }
    const as = (role: DatabaseRole, options?: PostgresOptions): Database => {
      const opened = openPostgres(url(role), options)
      open.push(opened)
      return opened
    }
    const roled = { names, superuser, url, as }
    made.push(roled)
    return roled
  }

  return {
    scripted,
    /** The tables of this release were made, and rights granted. */
    async granted(): Promise<RoledDatabase> {
      const roled = await scripted()
      const owner = roled.as('owner')
      await migrate(owner.unhurried)
      await grantRoles(owner.unhurried, roled.names)
      return roled
    },
  }
}
