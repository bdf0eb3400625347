import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PersonKeys } from '#integrity/privacy/person-keys.ts'
import { PersonNames } from '#integrity/person-store.ts'
import { type Database, openInMemory } from '#main/database.ts'
import { migrate } from '#main/migrations.ts'
import { expectKeys, PersonKeyFolder } from '#main/person-key-folder.ts'
import { query } from '#events/store/sql.ts'
import { ANNA, id } from '#support/class-7a.ts'
import { folders } from '#support/copies.ts'
import { SCHOOL } from '#support/spec.ts'
import { Instant } from '#values/time.ts'

const place = folders()
const at = Instant.parse('2026-09-01T03:00:00.000Z')
const NAME = { family: 'Звягинцева', given: 'Аглая', patronymic: null }
const keysIn = (data: string) => readdirSync(join(data, 'keys', 'persons')).filter((name) => /^\d/.test(name))

describe('the keys by which the keys of people are wrapped', () => {
  let database: Database
  let data: string
  beforeAll(async () => {
    database = await openInMemory()
    await migrate(database.kysely)
    data = place.folder()
    const names = new PersonNames(database.kysely, new PersonKeys(database.kysely, new PersonKeyFolder(data)))
    await names.keep(SCHOOL, ANNA, NAME, id('account'), at)
  })
  afterAll(() => database.close())

  const nameIn = async (folder: string) => {
    const names = new PersonNames(
      database.kysely,
      new PersonKeys(database.kysely, new PersonKeyFolder(folder)),
    )
    return (await names.names(SCHOOL, [ANNA])).get(ANNA)
  }

  it('stand in a folder, the same for every process, and never in the database', async () => {
    expect(keysIn(data)).toHaveLength(1)
    expect(await nameIn(data)).toEqual(NAME)
    const [all] = await query<{ text: string }>(
      database.kysely,
      `select (select string_agg(to_jsonb(n)::text, '') from person.name n) ||
         (select string_agg(to_jsonb(k)::text, '') from privacy.dek k) as text`,
    )
    expect(all!.text).not.toContain('Звягинцева')
  })

  it('are rotated: everything is wrapped anew, also what another process wraps meanwhile', async () => {
    const running = new PersonKeyFolder(data)
    const folder = new PersonKeyFolder(data)
    const { id: next } = folder.add()
    expect(await new PersonKeys(database.kysely, folder).rewrapAll()).toBe(1)
    expect(folder.retire()).toEqual([])
    expect(running.current.id).toBe(next)
    expect(await nameIn(data)).toEqual(NAME)
    const rows = await query<{ kek: string }>(database.kysely, 'select kek from privacy.dek')
    expect(rows.map(({ kek }) => kek)).toEqual([next])
    folder.add()
    await new PersonKeys(database.kysely, folder).rewrapAll()
    expect(folder.retire()).toHaveLength(1)
    expect(keysIn(data)).toHaveLength(2)
    expect(await nameIn(data)).toEqual(NAME)
  })

  it('R-D8: whose folder was lost is told at the start what is missing, and no new key hides it', async () => {
    await expectKeys(database.kysely, new PersonKeyFolder(data), data)
    const other = place.folder()
    const started = expectKeys(database.kysely, new PersonKeyFolder(other), other)
    await expect(started).rejects.toThrow(/Нет ключа [0-9a-f]{16}.*из сейфа/)
  })

  it('say of a file that is no key which it is', () => {
    const broken = place.folder()
    expect(new PersonKeyFolder(broken).current.id).toHaveLength(16)
    const [name] = keysIn(broken)
    const file = join(broken, 'keys', 'persons', name!)
    rmSync(file)
    writeFileSync(file, `${'0'.repeat(64)}\n`)
    expect(() => new PersonKeyFolder(broken)).toThrow(name)
  })

  it('seal names that an earlier release kept in clear', async () => {
    const keys = new PersonKeys(database.kysely, new PersonKeyFolder(data))
    const names = new PersonNames(database.kysely, keys)
    await query(
      database.kysely,
      `insert into person.name (school, person, family, given, kept_by, kept_at) values ($1, $2, 'Лозовая', 'Ия', $2, $3)`,
      [SCHOOL, id('person/plain'), at],
    )
    expect(await names.sealPlain()).toBe(1)
    expect(await names.sealPlain()).toBe(0)
    const [row] = await query<{ text: string }>(
      database.kysely,
      'select to_jsonb(n)::text as text from person.name n where person = $1',
      [id('person/plain')],
    )
    expect(row!.text).not.toMatch(/Лозовая|Ия/)
    expect((await names.names(SCHOOL, [id('person/plain')])).get(id('person/plain'))).toMatchObject({
      family: 'Лозовая',
      given: 'Ия',
    })
  })
})
