import { describe, expect, it } from 'vitest'
import { query } from '#events/store/sql.ts'
import { openPostgres } from '#main/database.ts'
import { migrate, MIGRATIONS, pendingMigrations } from '#main/migrations.ts'
import { eachEngine, postgresAbsence, testEngine } from '#support/databases.ts'

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

    it('that were made without migrations keep what they hold', async () => {
      const { kysely } = await engine.open()
      await query(
        kysely,
        `insert into log.event (position, stream, revision, id, canonical)
         values (1, 'tomsk35.roster-main', 0, gen_random_uuid(), '{}')`,
      )
      await query(kysely, 'drop schema letopis cascade')
      await query(kysely, 'alter table projection.checkpoint drop column held_until')
      expect(await migrate(kysely)).toEqual(MIGRATIONS.map(({ name }) => name))
      expect(await query(kysely, 'select stream from log.event')).toEqual([{ stream: 'tomsk35.roster-main' }])
      await query(kysely, 'select held_until from projection.checkpoint')
    })
  })
})

describe.skipIf(postgresAbsence !== null)('six processes that start at once', () => {
  const engine = testEngine('postgres')

  it('carry out each migration once', async () => {
    const { at } = await engine.openBare()
    const processes = Array.from({ length: 6 }, () => openPostgres(at!, { pool: 2 }))
    const done = await Promise.all(processes.map(({ kysely }) => migrate(kysely)))
    expect(done.flat()).toEqual(MIGRATIONS.map(({ name }) => name))
    for (const one of processes) await one.close()
  })
})
