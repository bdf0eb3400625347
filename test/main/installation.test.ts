import { testKeys } from '#support/person-keys.ts'
import { pino } from 'pino'
import { EventStoreDBClient } from '@eventstore/db-client'
import { describe, expect, it, vi } from 'vitest'
import { StoreUnavailable } from '#events/store/event-store.ts'
import { EventStoreLog } from '#events/store/eventstore-log.ts'
import { query } from '#events/store/sql.ts'
import { comparePositions } from '#events/store/position.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { DEMO_SCHOOL, schoolOfDemo } from '#main/demo.ts'
import { catchUp, install } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { LocalDate, systemClock } from '#values/time.ts'
import { eachEngine } from '#support/databases.ts'
import { EventStoreServer } from '#support/eventstore-server/server.ts'

const silent = pino({ level: 'silent' })
const { setUp } = schoolOfDemo({
  seed: 'letopis',
  year: 2025,
  until: LocalDate.parse('2025-08-31'),
  done: false,
})

eachEngine((engine) => {
  describe('an installation', () => {
    it('has a projector for every read model, and brings each to the end of the log', async () => {
      const open = await install(await engine.open(), systemClock, silent, testKeys)
      await seed(open.execution, DEMO_SCHOOL, setUp.slice(0, 40), () => {})
      const head = await open.execution.store.head()
      const done: number[] = []
      await catchUp(open, (models) => done.push(models))
      expect(open.projectors.map(({ model }) => model)).toEqual(READ_MODELS)
      for (const { position, failure } of open.projectors) {
        expect(comparePositions(position, head)).toBe(0)
        expect(failure).toBeNull()
      }
      expect(done.at(-1)).toBe(READ_MODELS.length)
      await open.close()
    })

    it('is ready at once when the log is empty', async () => {
      const open = await install(await engine.open(), systemClock, silent, testKeys)
      await catchUp(open)
      expect(open.projectors.map(({ position }) => position)).toEqual(READ_MODELS.map(() => null))
      await open.close()
    })

    it('takes nothing more when it is closed', async () => {
      const database = await engine.open()
      const open = await install(database, systemClock, silent, testKeys)
      await catchUp(open)
      const seeding = seed(open.execution, DEMO_SCHOOL, setUp, (done) => {
        if (done === 20) void open.close()
      })
      await expect(seeding).rejects.toThrow(StoreUnavailable)
    })

    it('lets go of a database in which something else stands in its place', async () => {
      const database = await engine.openBare()
      let closed = 0
      await query(database.kysely, 'create schema log')
      await query(database.kysely, 'create view log.event as select 1 as position')
      const occupied = { ...database, close: async () => void closed++ }
      await expect(install(occupied, systemClock, silent, testKeys)).rejects.toThrow('"event"')
      expect(closed).toBe(1)
    })
  })
})

eachEngine(
  (engine) => {
    describe('an installation with its log in EventStoreDB', () => {
      it('remembers up to where it has looked at the streams of its EventStoreDB, and goes on from there', async () => {
        const server = await EventStoreServer.start()
        const client = EventStoreDBClient.connectionString(server.url)
        await client.setStreamMetadata('order-1', { maxCount: 1 })
        const database = await engine.open()
        const open = await install(database, systemClock, silent, testKeys, server.url)
        const looked = await query(
          database.kysely,
          'select looked_commit::text as at from projection.log_engine',
        )
        expect(looked).toEqual([{ at: expect.any(String) }])
        await open.close()
        const opened = vi.spyOn(EventStoreLog, 'open')
        const again = await install(await database.reopen(), systemClock, silent, testKeys, server.url)
        const { checkedTo } = opened.mock.calls[0]![1]
        opened.mockRestore()
        expect(looked).toEqual([{ at: checkedTo!.commit.toString() }])
        await again.close()
        await client.dispose()
        await server.stop()
      })
    })
  },
  ['pglite on disk', 'postgres'],
)
