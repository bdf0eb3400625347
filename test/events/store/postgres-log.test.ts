import { CompiledQuery } from 'kysely'
import { describe, expect, it } from 'vitest'
import { StaleRevision } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { sqlState } from '#events/store/sql.ts'
import { records, someStream } from '#support/random-records.ts'
import { eachEngine, postgresAbsence, testEngine } from '#support/databases.ts'
import { openPostgres } from '#main/database.ts'
import { conformance, streamOf, writersAndReader } from './event-store.conformance.ts'

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

eachEngine((engine) => {
  it.each(["update log.event set canonical = ''", 'delete from log.event', 'truncate log.event'])(
    'is append-only: refuses %s',
    async (statement) => {
      const { kysely } = await engine.open()
      const store = await PostgresLog.open(kysely)
      const stream = someStream()
      await store.append(stream, 'no-stream', records(stream, -1n))
      await expect(kysely.executeQuery(CompiledQuery.raw(statement))).rejects.toThrow(
        'the log is append-only',
      )
      expect(await streamOf(store, stream)).toHaveLength(1)
    },
  )

  it('learns from a refusal where a stream stands, although it took itself for the sole writer', async () => {
    const { kysely } = await engine.open()
    const sole = await PostgresLog.open(kysely, { soleWriter: true })
    const stream = someStream()
    expect(await streamOf(sole, stream)).toEqual([])
    await (await PostgresLog.open(kysely)).append(stream, 'no-stream', records(stream, -1n))
    await expect(sole.append(stream, 'no-stream', records(stream, -1n))).rejects.toBeInstanceOf(StaleRevision)
    expect(await streamOf(sole, stream)).toHaveLength(1)
  })
})

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
    const pools = Array.from({ length: 6 }, () => openPostgres(database.at!, { pool: 2 }))
    const stores = await Promise.all(pools.map(({ kysely }) => PostgresLog.open(kysely)))
    await writersAndReader(stores, { streams: 6, writers: 6, appends: 2 })
    for (const pool of pools) await pool.close()
  })

  it('fails all that wait, at once, when the server is away', async () => {
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely)
    await database.close()
    const streams = Array.from({ length: 40 }, () => someStream())
    const outcomes = await Promise.allSettled(
      streams.map((stream) => store.append(stream, 'no-stream', records(stream, -1n))),
    )
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'StoreUnavailable' } })
    }
  }, 5_000)
})

describe('an error', () => {
  it.each<[object, string | null]>([
    [{ code: '23505', severity: 'ERROR' }, '23505'],
    [{ code: '57P01', severity: 'FATAL' }, '57P01'],
    [Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }), null],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), null],
    [new Error('Connection terminated unexpectedly'), null],
  ])('%j has the SQLSTATE %s: only the server gives one', (error, state) => {
    expect(sqlState(error)).toBe(state)
  })
})
