import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { query, sqlState } from '#events/store/sql.ts'
import { type Database, openPostgres } from '#main/database.ts'
import { DEMO_SCHOOL, schoolOfDemo } from '#main/demo.ts'
import { grantRoles } from '#main/grants.ts'
import { catchUp, install } from '#main/installation.ts'
import { migrate } from '#main/migrations.ts'
import { seed } from '#main/seed.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { schemaOf, tablesOf } from '#projections/read-model.ts'
import { rebuild } from '#projections/rebuild.ts'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate, systemClock } from '#values/time.ts'
import { postgresAbsence, testEngine } from '#support/databases.ts'

const SCRIPT = join(import.meta.dirname, '../../scripts/postgres-roles.sql')
const OTHER = SchoolSlug.parse('tomsk35')
const INSUFFICIENT_PRIVILEGE = '42501'
const READ_ONLY = '25006'

/** Why the script of the roles cannot be run; null where it can. */
const absence: string | null =
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

describe.skipIf(absence !== null)('the roles of a database', () => {
  const engine = testEngine('postgres')
  const own = randomUUID().slice(0, 8)
  const roles = { owner: `owner_${own}`, application: `app_${own}`, auditor: `auditor_${own}` }
  let superuser: Database
  let application: Database
  let auditor: Database

  beforeAll(async () => {
    const opened = await engine.openBare()
    superuser = opened
    const as = (role: string): string => {
      const url = new URL(opened.at!)
      url.username = role
      return url.href
    }
    const named = Object.entries({ owner: roles.owner, app: roles.application, auditor: roles.auditor })
    const variables = named.flatMap(([name, role]) => ['-v', `${name}=${role}`])
    // Twice: it is safe to repeat.
    for (let n = 0; n < 2; n++)
      execFileSync('psql', ['-q', opened.at!, ...variables, '-f', SCRIPT], { stdio: 'pipe' })
    const owner = openPostgres(as(roles.owner))
    await migrate(owner.kysely)
    expect((await grantRoles(owner.kysely, roles)).toSorted()).toEqual(
      [roles.application, roles.auditor].toSorted(),
    )
    await owner.close()
    application = openPostgres(as(roles.application))
    auditor = openPostgres(as(roles.auditor))

    // A whole installation lives as the application.
    const open = await install(openPostgres(as(roles.application)), systemClock, pino({ level: 'silent' }))
    const until = LocalDate.parse('2025-09-01')
    const { setUp } = schoolOfDemo({ seed: 'letopis', year: 2025, until, done: false })
    await seed(open.execution, DEMO_SCHOOL, setUp.slice(0, 200), () => {})
    await catchUp(open)
    for (const model of READ_MODELS) {
      for (const school of [null, DEMO_SCHOOL]) {
        const parts = { store: open.execution.store, database: open.database.unhurried, clock: systemClock }
        const { tables } = await rebuild(model, school, parts)
        for (const { table, differing } of tables) expect(differing, `${model.name}.${table}`).toBe(0)
      }
    }
    await open.close()
  })
  afterAll(async () => {
    await application.close()
    await auditor.close()
    for (const role of Object.values(roles)) {
      await query(superuser.kysely, `drop owned by ${role} cascade`)
      await query(superuser.kysely, `drop role ${role}`)
    }
  })

  it.each([
    'insert into log.event (position, stream, revision, id, canonical) values (0, $$a$$, 0, gen_random_uuid(), $$$$)',
    'update log.event set canonical = $$$$',
    'delete from log.event',
    'truncate log.event',
    'drop table log.event',
    'alter table log.event disable trigger append_only',
    'drop trigger append_only on log.event',
    'create or replace function log.refuse_change() returns trigger language plpgsql as $$ begin return null; end $$',
    'drop function log.append(json)',
    'drop function log.append(text, text, text, text, text)',
    'delete from letopis.migration',
    'create table log.mine (a int)',
    'alter table person.name add column b text',
  ])('the application may not %s', async (statement) => {
    expect(sqlState(await refusalOf(application, statement))).toBe(INSUFFICIENT_PRIVILEGE)
  })

  it.each([
    'update log.event set canonical = $$$$',
    'delete from person.name',
    'delete from class_journal.page',
    'create table mine (a int)',
    `select * from log.append('[]')`,
    `select * from log.append('tomsk35.roster-main', '-1', '0', '', '')`,
  ])('an auditor may not %s', async (statement) => {
    expect([INSUFFICIENT_PRIVILEGE, READ_ONLY]).toContain(sqlState(await refusalOf(auditor, statement)))
    // Nor when the session is told to be no reader.
    const bold = auditor.kysely.transaction().execute(async (transaction) => {
      await query(transaction, 'set transaction read write')
      await query(transaction, statement)
    })
    await expect(bold).rejects.toMatchObject({ code: INSUFFICIENT_PRIVILEGE })
  })

  it('an auditor may not read a password hash', async () => {
    expect(sqlState(await refusalOf(auditor, 'select hash from access.credential'))).toBe(
      INSUFFICIENT_PRIVILEGE,
    )
  })

  it('an auditor reads the log, and the read models of all schools that the application has made', async () => {
    expect(await count(auditor, 'log.event')).toBeGreaterThan(100)
    expect(await count(auditor, 'audit_trail.line')).toBeGreaterThan(100)
    for (const model of READ_MODELS)
      for (const { name } of tablesOf(model)) await count(auditor, `${schemaOf(model)}.${name}`)
  })

  it('R-F20: a session of one school sees no row of another, also where a query forgets to ask for its own', async () => {
    const forgetful = 'select count(*)::int as n from audit_trail.line'
    const seen = async (school: SchoolSlug): Promise<number> => {
      const [row] = await application.withinSchool(school, (database) =>
        query<{ n: number }>(database, forgetful),
      )
      return row!.n
    }
    // One connection after the other, with the schools in turn: none inherits what the one before was.
    for (let n = 0; n < 10; n++) {
      expect(await seen(DEMO_SCHOOL)).toBeGreaterThan(100)
      expect(await seen(OTHER)).toBe(0)
    }
    const writes = application.withinSchool(OTHER, (database) =>
      query(
        database,
        'insert into audit_trail.lesson (school, stream, lesson) values ($1, $2, gen_random_uuid())',
        [DEMO_SCHOOL, 'demo.x'],
      ),
    )
    await expect(writes).rejects.toMatchObject({ code: INSUFFICIENT_PRIVILEGE })
  })

  it('a session that names no school sees no row', async () => {
    const [row] = await application.kysely.transaction().execute(async (transaction) => {
      await query(transaction, "select set_config('letopis.school', '', true)")
      return query<{ n: number }>(transaction, 'select count(*)::int as n from audit_trail.line')
    })
    expect(row).toEqual({ n: 0 })
  })

  it('every table of every read model is isolated, for its owner too', async () => {
    const isolated = await query<{ name: string }>(
      superuser.kysely,
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_policy p on p.polrelid = c.oid and p.polname = 'own_school'
       where c.relrowsecurity and c.relforcerowsecurity`,
    )
    const all = READ_MODELS.flatMap((model) =>
      tablesOf(model).map(({ name }) => `${schemaOf(model)}.${name}`),
    )
    expect(isolated.map(({ name }) => name).toSorted()).toEqual(all.toSorted())
  })
})

async function count({ kysely }: Database, table: string): Promise<number> {
  const [row] = await query<{ n: number }>(kysely, `select count(*)::int as n from ${table}`)
  return row!.n
}

async function refusalOf({ kysely }: Database, statement: string): Promise<unknown> {
  try {
    await query(kysely, statement)
  } catch (error) {
    return error
  }
  return expect.fail(`${statement} was carried out`)
}
