import { testKeys } from '#support/person-keys.ts'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { query } from '#events/store/sql.ts'
import { openPostgres } from '#main/database.ts'
import { DEMO_SCHOOL, schoolOfDemo } from '#main/demo.ts'
import { catchUp, install, type Installation } from '#main/installation.ts'
import { adoptLog } from '#main/log-copy/adopt-log.ts'
import { moveLog } from '#main/log-copy/move-log.ts'
import { seed } from '#main/seed.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { LocalDate, systemClock } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { postgresAbsence, testEngine } from '#support/databases.ts'
import { eachEventStore } from '#support/eventstore.ts'

const silent = pino({ level: 'silent' })
const { setUp, life } = schoolOfDemo({
  seed: 'letopis',
  year: 2025,
  until: LocalDate.parse('2025-09-02'),
  done: false,
})
const all = [...setUp, ...life]

const openedAt = (url: string): Promise<Installation> =>
  install(openPostgres(url), systemClock, silent, testKeys)
/** The names that are there, as they are read. */
const people = async ({ persons, database }: Installation) => {
  const rows = await query<{ person: Uuid }>(
    database.kysely,
    'select person from person.name order by person',
  )
  return persons.names(
    DEMO_SCHOOL,
    rows.map(({ person }) => person),
  )
}

describe.skipIf(postgresAbsence !== null)('an installation whose log moves', () => {
  const engine = testEngine('postgres')

  eachEventStore((eventStore) => {
    it('to EventStoreDB and back goes on where it was, and is held to the engine that it has', async () => {
      const url = (await engine.open()).at!
      const opened = (eventStoreUrl?: string): Promise<Installation> =>
        install(openPostgres(url), systemClock, silent, testKeys, eventStoreUrl)
      const lived = async (eventStoreUrl: string | undefined, until: number): Promise<void> => {
        const open = await opened(eventStoreUrl)
        await seed(open.execution, DEMO_SCHOOL, all.slice(0, until), () => {})
        await catchUp(open)
        await open.close()
      }
      await lived(undefined, 300)
      const there = await moveLog({ from: url, to: eventStore.url, people: false, adoptIn: url })
      expect(there.json).toMatchObject({ behind: false, adopted: { anew: [] } })
      expect((there.json as { adopted: { kept: string[] } }).adopted.kept.toSorted()).toEqual(
        READ_MODELS.map(({ name }) => name).toSorted(),
      )
      await expect(opened()).rejects.toThrow('хранится в EventStoreDB')

      await lived(eventStore.url, 400)
      await expectWhole(await opened(eventStore.url))
      // The old log stands still in the database: it gets what came since, and is the log again.
      const back = await moveLog({ from: eventStore.url, to: url, people: false, adoptIn: url })
      expect(back.json).toMatchObject({ behind: false, adopted: { anew: [] } })
      await expect(opened(eventStore.url)).rejects.toThrow('хранится в этой базе данных')
      await lived(undefined, 450)
      await expectWhole(await opened())
    })
  })

  it('takes names along with the keys that open them, and the words that are sealed', async () => {
    const [from, to] = [(await engine.open()).at!, (await engine.open()).at!]
    const before = await openedAt(from)
    await seed(before.execution, DEMO_SCHOOL, all.slice(0, 300), () => {})
    const known = await people(before)
    expect(known.size).toBeGreaterThan(20)
    await before.close()
    const moved = await moveLog({ from, to, people: true })
    const { keys } = (moved.json as { people: { keys: number } }).people
    const there = await openedAt(to)
    expect(await people(there)).toEqual(known)
    // Once more over what is there: the same, and nothing twice.
    await there.close()
    expect((await moveLog({ from, to, people: true })).json).toMatchObject({ people: { keys } })
    const again = await openedAt(to)
    expect(await people(again)).toEqual(known)
    await again.close()
  })

  it('is not let go before NATS was told everything, and builds anew what was behind', async () => {
    const { kysely } = await engine.open()
    const ends = { from: { commit: 9n, prepare: 9n }, to: { commit: 900n, prepare: 890n } }
    await query(kysely, "insert into projection.log_engine (engine) values ('database')")
    await query(kysely, "insert into relay.checkpoint (bus, commit, prepare) values ('LETOPIS', 8, 8)")
    await query(
      kysely,
      `insert into projection.checkpoint (read_model, version, commit, prepare)
       values ('up-to-date', 1, 9, 9), ('behind', 1, 8, 8), ('new', 1, null, null)`,
    )
    await expect(adoptLog(kysely, 'eventstore', ends)).rejects.toThrow('переданы ещё не все события')
    expect(await query(kysely, 'select engine from projection.log_engine')).toEqual([{ engine: 'database' }])

    await query(kysely, 'update relay.checkpoint set commit = 9, prepare = 9')
    const adopted = await adoptLog(kysely, 'eventstore', ends)
    expect(adopted.kept).toEqual(['up-to-date'])
    expect(adopted.anew.toSorted()).toEqual(['behind', 'new'])
    expect(await query(kysely, 'select bus, commit, prepare from relay.checkpoint')).toEqual([
      { bus: 'LETOPIS', commit: '900', prepare: '890' },
    ])
    expect(await query(kysely, 'select engine from projection.log_engine')).toEqual([
      { engine: 'eventstore' },
    ])
  })
})

/** Every event of the log has its line in the audit, and no line stands without one. */
async function expectWhole(open: Installation): Promise<void> {
  await catchUp(open)
  const ids: string[] = []
  for await (const { id } of open.execution.store.readAll()) ids.push(id)
  const lines = await query<{ event: string }>(
    open.database.kysely,
    'select distinct on (stream, revision) event from audit_trail_v2.line',
  )
  expect(lines.map(({ event }) => event).toSorted()).toEqual(ids.toSorted())
  await open.close()
}
