import { testKeys } from '#support/person-keys.ts'
import { pino } from 'pino'
import { beforeAll, describe, expect, it } from 'vitest'
import { query, sqlState } from '#events/store/sql.ts'
import { type Database, openPostgres } from '#main/database.ts'
import { DEMO_SCHOOL, schoolOfDemo } from '#main/demo.ts'
import { Obstacle } from '#main/explain.ts'
import { grantRoles, RIGHTS } from '#main/grants.ts'
import { catchUp, install, type Installation } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { schemaOf, tablesOf } from '#projections/read-model.ts'
import { rebuild } from '#projections/rebuild.ts'
import { SchoolSlug } from '#values/school.ts'
import { LocalDate, systemClock } from '#values/time.ts'
import {
  type DatabaseRole,
  databaseRoles,
  type RoledDatabase,
  rolesAbsence,
} from '#support/database-roles.ts'
import { records, someStream } from '#support/random-records.ts'
import { classJournal } from '#projections/class-journal/projection.ts'

const JOURNAL = schemaOf(classJournal)

const OTHER = SchoolSlug.parse('tomsk35')
const INSUFFICIENT_PRIVILEGE = '42501'
const READ_ONLY = '25006'

describe.skipIf(rolesAbsence !== null)('the roles of a database', () => {
  const roles = databaseRoles()
  let roled: RoledDatabase
  let superuser: Database
  let application: Database
  let auditor: Database

  beforeAll(async () => {
    roled = await roles.granted()
    superuser = roled.superuser
    application = roled.as('application')
    auditor = roled.as('auditor')

    // A whole installation lives as the application.
    const open = await install(
      openPostgres(roled.url('application')),
      systemClock,
      pino({ level: 'silent' }),
      testKeys,
    )
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
    'alter table log.event disable trigger all',
    'drop schema log cascade',
    'set session_replication_role = $$replica$$',
    'delete from letopis.migration',
    'create table log.mine (a int)',
    'update access.request set account = null',
    'delete from access.request',
    'delete from projection.rebuild',
    'create role somebody',
    'alter table person.name add column b text',
  ])('the application may not %s', async (statement) => {
    expect(sqlState(await refusalOf(application, statement))).toBe(INSUFFICIENT_PRIVILEGE)
  })

  it.each([
    'update log.event set canonical = $$$$',
    'delete from person.name',
    `delete from ${JOURNAL}.page`,
    'alter table audit_trail_v2.line disable row level security',
    'drop schema audit_trail_v2 cascade',
    'delete from access.request',
    'create schema mine',
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

  it('an auditor may not read a password hash, and knows who can log in', async () => {
    await count(auditor, '(select school, login, account, kept_at from access.credential) kept')
    expect(sqlState(await refusalOf(auditor, 'select hash from access.credential'))).toBe(
      INSUFFICIENT_PRIVILEGE,
    )
  })

  it('an auditor reads the log, and the read models of all schools that the application has made', async () => {
    expect(await count(auditor, 'log.event')).toBeGreaterThan(100)
    expect(await count(auditor, 'audit_trail_v2.line')).toBeGreaterThan(100)
    for (const model of READ_MODELS)
      for (const { name } of tablesOf(model)) await count(auditor, `${schemaOf(model)}.${name}`)
  })

  it('R-F20, R-A3.3a: a session of one school sees no row of another, also where a query forgets to ask for its own', async () => {
    const forgetful = 'select count(*)::int as n from audit_trail_v2.line'
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
        'insert into audit_trail_v2.lesson (school, stream, lesson) values ($1, $2, gen_random_uuid())',
        [DEMO_SCHOOL, 'demo.x'],
      ),
    )
    await expect(writes).rejects.toMatchObject({ code: INSUFFICIENT_PRIVILEGE })
  })

  it('R-A3.3a: a session that names no school sees no row', async () => {
    const [row] = await application.kysely.transaction().execute(async (transaction) => {
      await query(transaction, "select set_config('letopis.school', '', true)")
      return query<{ n: number }>(transaction, 'select count(*)::int as n from audit_trail_v2.line')
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

  it('every table of the owner says what the others may do with it', async () => {
    const tables = await query<{ name: string }>(
      superuser.kysely,
      `select schemaname || '.' || tablename as name from pg_tables where tableowner = $1`,
      [roled.names.owner],
    )
    expect(tables.map(({ name }) => name).toSorted()).toEqual(Object.keys(RIGHTS).toSorted())
  })

  it('the application cannot make log.append do something else by what stands first on its search path', async () => {
    const stream = someStream()
    const [record] = records(stream, -1n)
    await application.kysely.transaction().execute(async (transaction) => {
      await query(transaction, 'create schema mine')
      await query(
        transaction,
        `create function mine.split_part(text, text, integer) returns text language sql as $$ select 'other' $$`,
      )
      await query(transaction, 'set local search_path = mine, pg_catalog')
      const { id, canonical } = record!
      const asked = [{ n: 0, i: 0, stream, expected: '-1', id, canonical }]
      await query(transaction, 'select * from log.append($1::json)', [JSON.stringify(asked)])
      await query(transaction, 'drop schema mine cascade')
    })
    const text = 'select split_part(stream, $2, 1) = school as right from log.event where stream = $1'
    expect(await query(application.kysely, text, [stream, '.'])).toEqual([{ right: true }])
  })
})

describe.skipIf(rolesAbsence !== null)('granting', () => {
  const roles = databaseRoles()

  it('takes what a role had besides, and may be repeated', async () => {
    const { as, names } = await roles.granted()
    const owner = as('owner').unhurried
    await query(owner, `grant all on log.event to ${names.application}, ${names.auditor}`)
    await query(owner, `grant select on access.credential to ${names.auditor}`)
    const granted = [names.application, names.auditor]
    expect(await grantRoles(owner, names)).toEqual(granted)
    expect(await grantRoles(owner, names)).toEqual(granted)
    for (const [role, statement] of [
      ['application', 'truncate log.event'],
      ['auditor', 'select hash from access.credential'],
    ] as const) {
      expect(sqlState(await refusalOf(as(role), statement))).toBe(INSUFFICIENT_PRIVILEGE)
    }
  })

  it('hands the read models that the owner had made to the application, which goes on with them', async () => {
    const { as, url, names } = await roles.scripted()
    const open = async (role: DatabaseRole): Promise<Installation> => {
      const installation = await install(
        openPostgres(url(role)),
        systemClock,
        pino({ level: 'silent' }),
        testKeys,
      )
      await catchUp(installation)
      return installation
    }
    await (await open('owner')).close()
    await grantRoles(as('owner').unhurried, names)
    const after = await open('application')
    const parts = { store: after.execution.store, database: after.database.unhurried, clock: systemClock }
    for (const model of READ_MODELS) await rebuild(model, null, parts)
    await after.close()
    for (const model of READ_MODELS)
      await count(as('auditor'), `${schemaOf(model)}.${tablesOf(model)[0]!.name}`)
  })

  it('passes over roles that the server has not, and refuses those that cannot be restricted', async () => {
    const { as, names } = await roles.granted()
    const owner = as('owner').unhurried
    expect(
      await grantRoles(owner, { application: 'letopis_nobody', auditor: 'letopis_nobody_else' }),
    ).toEqual([])
    expect(await grantRoles(owner, { ...names, application: names.owner })).toEqual([names.auditor])
    const refused: ReadonlyArray<[Parameters<typeof grantRoles>[1], RegExp]> = [
      [{ ...names, auditor: names.application }, /разные роли/],
      [{ application: names.auditor, auditor: names.application }, /grant auditor_\w+ to owner_/],
    ]
    for (const [named, why] of refused) {
      await expect(grantRoles(owner, named)).rejects.toThrow(why)
      await expect(grantRoles(owner, named)).rejects.toBeInstanceOf(Obstacle)
    }
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
