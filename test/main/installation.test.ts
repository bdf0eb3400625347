import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { StoreUnavailable } from '#events/store/event-store.ts'
import { query } from '#events/store/sql.ts'
import { comparePositions } from '#events/store/position.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { DEMO_SCHOOL, schoolOfDemo } from '#main/demo.ts'
import { catchUp, install } from '#main/installation.ts'
import { seed } from '#main/seed.ts'
import { LocalDate, systemClock } from '#values/time.ts'
import { eachEngine } from '#support/databases.ts'

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
      const open = await install(await engine.open(), systemClock, silent)
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
      const open = await install(await engine.open(), systemClock, silent)
      await catchUp(open)
      expect(open.projectors.map(({ position }) => position)).toEqual(READ_MODELS.map(() => null))
      await open.close()
    })

    it('takes nothing more when it is closed', async () => {
      const database = await engine.open()
      const open = await install(database, systemClock, silent)
      await catchUp(open)
      const seeding = seed(open.execution, DEMO_SCHOOL, setUp.slice(0, 40), (done) => {
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
      await expect(install(occupied, systemClock, silent)).rejects.toThrow('"event"')
      expect(closed).toBe(1)
    })
  })
})
