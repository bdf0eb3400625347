import { describe, it } from 'vitest'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { eachEngine, postgresAbsence, testEngine } from '#support/databases.ts'
import { openPostgres } from '#main/database.ts'
import { conformance, writersAndReader } from './event-store.conformance.ts'

eachEngine(
  (engine) => {
    // A folder on disk has one writer, because it is locked.
    for (const soleWriter of engine.name === 'pglite on disk' ? [true] : [false, true]) {
      conformance(soleWriter ? `${engine.name}, sole writer` : engine.name, async () => {
        let database = await engine.open()
        let store = await PostgresLog.open(database.kysely, { soleWriter })
        return {
          store,
          async reopen() {
            await store.close()
            database = await database.reopen()
            store = await PostgresLog.open(database.kysely, { soleWriter })
            return store
          },
          close: () => store.close(),
        }
      })
    }
  },
  ['pglite', 'pglite on disk', 'postgres'],
)

describe.skipIf(postgresAbsence !== null)('two processes on one PostgreSQL', () => {
  const engine = testEngine('postgres')

  it.each([
    { streams: 32, writers: 32, appends: 8 },
    { streams: 4, writers: 32, appends: 4 },
  ])(
    'order their groups by one lock: one winner a revision, nothing missed ($streams streams)',
    async (stress) => {
      const database = await engine.open()
      const other = openPostgres(database.at!)
      const stores = [await PostgresLog.open(database.kysely), await PostgresLog.open(other.kysely)]
      await writersAndReader(stores, stress)
      for (const store of stores) await store.close()
      await other.close()
    },
  )

  it('create the log at once without harm', async () => {
    const database = await engine.open()
    const pools = Array.from({ length: 6 }, () => openPostgres(database.at!, 1))
    const stores = await Promise.all(pools.map(({ kysely }) => PostgresLog.open(kysely)))
    await writersAndReader(stores, { streams: 6, writers: 6, appends: 2 })
    for (const pool of pools) await pool.close()
  })
})
