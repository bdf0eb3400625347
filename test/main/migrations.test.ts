import { describe, expect, it } from 'vitest'
import { query } from '#events/store/sql.ts'
import { openPostgres } from '#main/database.ts'
import { Obstacle } from '#main/explain.ts'
import { migrate, MIGRATIONS, pendingMigrations, SCRIPTS, statements } from '#main/migrations.ts'
import { foundation } from '#main/migrations/0001-foundation.ts'
import { databaseRoles, rolesAbsence } from '#support/database-roles.ts'
import { eachEngine, postgresAbsence, testEngine } from '#support/databases.ts'
import { processes } from '#support/process.ts'

const ALL = MIGRATIONS.map(({ name }) => name)

describe('a migration that was released', () => {
  it('is never edited', () => {
    expect(MIGRATIONS).toEqual([
      {
        name: '0001-foundation',
        digest: 'b5a25cf6185133392877896c961192f3883341acf749e292f634493a4623c227',
      },
      {
        name: '0002-least-privilege',
        digest: '0f99495b348d37ea0b5e80cfc1f390770a6960d4112c97bf9f7661084502fb69',
      },
      {
        name: '0003-engines-and-relay',
        digest: '8535a8765be4adb3c99ea9745efa497bef7b0f40a62c5dbb0e60c8ba3afc7ead',
      },
      {
        name: '0004-outage-ledger',
        digest: '190ec3dd2c30351becdeaab5f36fc47da37925f0379298b44740e4afd6eecb25',
      },
      {
        name: '0005-append-by-lists',
        digest: 'bf61678bf0d7fcd84ab3f3c4dcba381c91db6cbbf30c48240202ecd29df073b1',
      },
      {
        name: '0006-versions-of-read-models',
        digest: '48ffbf280a562e98dfd4ab3dbf9bbe0b6952b1059659495d153dd09f230f2756',
      },
      {
        name: '0007-sessions-and-codes',
        digest: 'dd2026f59b98935a189705b756983597c073662b98aff2b2ad716da095f1af51',
      },
      {
        name: '0008-looked-at-streams',
        digest: 'fdd3b094c59bbe67e875472dfb93992c8d9094333572071244676bf07105c343',
      },
      {
        name: '0009-external-access',
        digest: 'c53973ef795669c35c28e5fb108230a24ed3635e0cc881ed2f9e403ce36c2b64',
      },
      {
        name: '0010-sealed-log',
        digest: '7d3dc3e9df59b69fa8772307c8d91b6468aed118e8302b2e670c2767a20dbc2b',
      },
      {
        name: '0011-imports',
        digest: '5f954e776395b073c71ca37771853129d1a1ae1b35af78ca4f3cc1c09d89538d',
      },
      {
        name: '0012-keys-of-people',
        digest: 'd3ed422e9ad5b5016497da6176ec86ff9a49976bddf71a5ab3c0372ff3e029b5',
      },
      {
        name: '0013-archive-jobs',
        digest: '9758bd910c45f5c2b97759398dac370b8a4d4416a7230a1e1b9385205a42c26a',
      },
      {
        name: '0014-append-while-unmoved',
        digest: 'e7e8bbc5c85db816cc287ecd885ed1c1649a9478a1b83c2756041087376b7ccc',
      },
      {
        name: '0016-cosignatures',
        digest: 'a11eab355e9e4f835dd1f4a526cdb2725ea711a752cbde10db6857ec959fddc6',
      },
      {
        name: '0017-former-names',
        digest: 'd8a74174ff51a0ff00002731f34e49ebb99fc6209722b1e7bd295c5a32a41169',
      },
      {
        name: '0018-append-while-all-unmoved',
        digest: '8ea82fa708f6441cc2afda911480885f9a425f47f00abc0476c02a347de438e7',
      },
      {
        name: '0019-register-of-reads',
        digest: '51a07bfca8de6ba76b73b1496bff5cc1afebe57711eef9b5b66a726d6fa52e2a',
      },
      {
        name: '0020-deliveries',
        digest: '917ccbad1bc7c09bee75b6dfeeb462838b0a511bb75912249db1247516a1ccaf',
      },
    ])
  })
})

describe('the tables of an installation', () => {
  eachEngine((engine) => {
    it('are made by the migrations, once', async () => {
      const { kysely } = await engine.openBare()
      const all = MIGRATIONS.map(({ name }) => name)
      expect(await pendingMigrations(kysely)).toEqual(all)
      expect(await migrate(kysely)).toEqual(all)
      expect(await pendingMigrations(kysely)).toEqual([])
      expect(await migrate(kysely)).toEqual([])
    })

    it('of a newer release are refused', async () => {
      const { kysely } = await engine.open()
      await query(
        kysely,
        "insert into letopis.migration (name, timestamp) values ('9999-of-tomorrow', 'then')",
      )
      await expect(migrate(kysely)).rejects.toThrow('более новым выпуском (9999-of-tomorrow)')
    })

    it('stay as they are when a migration fails, and are brought on once it is mended', async () => {
      const { unhurried } = await engine.open()
      const good = { ...SCRIPTS, '9000-good': 'create table log.good (a integer);' }
      const broken = {
        ...good,
        '9001-next': 'create table log.next (a integer);\nselect * from log.nowhere;',
      }
      await expect(migrate(unhurried, broken)).rejects.toThrow('log.nowhere')
      const made = `select tablename from pg_tables where tablename in ('good', 'next')`
      expect(await query(unhurried, made)).toEqual([])
      const mended = { ...good, '9001-next': 'create table log.next (a integer);' }
      expect(await migrate(unhurried, mended)).toEqual(['9000-good', '9001-next'])
    })

    it('that were made without migrations keep what they hold', async () => {
      const { kysely } = await engine.openBare()
      // The first release made all of this itself, and kept no list.
      for (const statement of statements(foundation)) await query(kysely, statement)
      await query(
        kysely,
        `insert into log.event (position, stream, revision, id, canonical)
         values (1, 'tomsk35.roster-main', 0, gen_random_uuid(), '{}')`,
      )
      await query(kysely, 'alter table projection.checkpoint drop column held_until')
      await query(
        kysely,
        "insert into projection.checkpoint (read_model, version, commit, prepare) values ('audit-trail', 1, 7, 7)",
      )
      expect(await migrate(kysely)).toEqual(MIGRATIONS.map(({ name }) => name))
      expect(await query(kysely, 'select stream from log.event')).toEqual([{ stream: 'tomsk35.roster-main' }])
      const checkpoint = 'select version, commit::text, prepare::text, held_until from projection.checkpoint'
      expect(await query(kysely, checkpoint)).toEqual([
        { version: 1, commit: '7', prepare: '7', held_until: null },
      ])
    })
  })
})

describe.skipIf(postgresAbsence !== null)('on a server', () => {
  const engine = testEngine('postgres')
  it('six processes that start at once carry out each migration once', async () => {
    const { at } = await engine.openBare()
    const processes = Array.from({ length: 6 }, () => openPostgres(at!, { pool: 2 }))
    const done = await Promise.all(processes.map(({ unhurried }) => migrate(unhurried)))
    expect(done.flat()).toEqual(ALL)
    for (const one of processes) await one.close()
  })

  it('a migration gives way to whoever is in a table, instead of letting everybody wait behind it', async () => {
    const { unhurried, kysely } = await engine.open()
    const scripts = { ...SCRIPTS, '9000-column': 'alter table log.event add column a integer;' }
    await kysely.transaction().execute(async (reader) => {
      await query(reader, 'select count(*) from log.event')
      const refused = expect(migrate(unhurried, scripts)).rejects
      await refused.toMatchObject({ name: 'StoreUnavailable', cause: { code: '55P03' } })
    })
    expect(await migrate(unhurried, scripts)).toEqual(['9000-column'])
  })
})

describe.skipIf(rolesAbsence !== null)('the application', () => {
  const roles = databaseRoles()
  const letopis = processes()

  it('does not become the owner of the tables by coming first, and is told who makes them', async () => {
    const { as } = await roles.scripted()
    const first = migrate(as('application').unhurried)
    await expect(first).rejects.toThrow(/letopis migrate с DATABASE_OWNER_URL/)
    await expect(first).rejects.toBeInstanceOf(Obstacle)
    await migrate(as('owner').unhurried)
    // The tables are there, and it has no right to see so yet.
    await expect(pendingMigrations(as('application').unhurried)).rejects.toBeInstanceOf(Obstacle)
  })

  it('is refused by a release that is newer than the tables', async () => {
    const { as } = await roles.granted()
    const scripts = { ...SCRIPTS, '9000-next': 'create table log.next (a integer);' }
    await expect(migrate(as('application').unhurried, scripts)).rejects.toBeInstanceOf(Obstacle)
    expect(await migrate(as('owner').unhurried, scripts)).toEqual(['9000-next'])
    expect(await migrate(as('application').unhurried, scripts)).toEqual([])
  })

  it('`letopis migrate` looks, carries out, and grants', async () => {
    const { url, names, as } = await roles.scripted()
    const variables = { DATABASE_URL: url('owner'), DATABASE_OWNER_URL: url('owner') }
    const looked = await letopis.run(['migrate', '--check', '--json'], variables)
    expect(looked).toMatchObject({ code: 3, stderr: '' })
    expect(JSON.parse(looked.stdout)).toEqual({ pending: ALL })
    const named = ['--application', names.application, '--auditor', names.auditor]
    const done = await letopis.run(['migrate', ...named], { ...variables, DATABASE_URL: url('application') })
    expect(done).toMatchObject({ code: 0, stderr: '' })
    expect(done.stdout).toContain(`Выполнено: ${ALL.join(', ')}.`)
    expect(done.stdout).toContain(`Права выданы: ${names.application}, ${names.auditor}.`)
    const again = await letopis.run(['migrate', '--check'], { DATABASE_URL: url('application') })
    expect(again).toMatchObject({ code: 0, stdout: 'Таблицы соответствуют выпуску.\n' })
    expect(await migrate(as('application').unhurried)).toEqual([])
  }, 120_000)
})
