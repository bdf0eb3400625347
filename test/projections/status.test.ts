import { beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { resume } from '#projections/checkpoint.ts'
import { Projector } from '#projections/projector.ts'
import { rebuild } from '#projections/rebuild.ts'
import { statusOf } from '#projections/status.ts'
import { positionAt } from '#support/chronicle.ts'
import { ANNA, BORIS } from '#support/class-7a.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'
import { record } from '#support/random-history.ts'
import { catchUp, FOR_EVER } from './catch-up.ts'
import { clock, many, placed, placements } from './placements.ts'

const log = { info: () => {}, error: () => {} }

describe('the status of a read model', () => {
  eachEngine((engine) => {
    let database: TestDatabase
    let store: EventStore

    beforeEach(async () => {
      database = await engine.open()
      store = await PostgresLog.open(database.kysely)
    })

    const status = async (model = placements()) => (await statusOf(database.kysely, [model], store))[0]!

    it('says how far it is behind: exactly while that is little, not at all when it is much', async () => {
      const history = placed(...many(1_100))
      await record(store, history.slice(0, 6))
      await catchUp([placements()], { store, database: database.kysely, clock })
      const common = { name: 'placements', version: 1, position: positionAt(5), failure: null, rebuild: null }
      expect(await status()).toEqual({ ...common, head: positionAt(5), lag: 0, complete: true })
      await record(store, history.slice(6, 10))
      expect(await status()).toEqual({ ...common, head: positionAt(9), lag: 4, complete: true })
      await record(store, history.slice(10))
      expect(await status()).toMatchObject({ lag: null })
    })

    it('says that a version was not begun yet', async () => {
      await record(store, placed(ANNA))
      await catchUp([placements()], { store, database: database.kysely, clock })
      expect(await status(placements({ version: 2 }))).toMatchObject({
        version: 2,
        position: null,
        lag: 5,
        complete: false,
      })
    })

    it('names the event at which it stopped, until it is told to go on', async () => {
      await record(store, placed(ANNA, BORIS))
      const model = placements({ cannotCount: [BORIS] })
      const projector = new Projector(model, { store, database: database.kysely, clock, log })
      await projector.start()
      await projector.reaches(positionAt(5), FOR_EVER)
      await projector.stop()
      expect(await status()).toMatchObject({
        position: positionAt(4),
        lag: 1,
        failure: {
          stream: 'tomsk35.roster-main',
          revision: 5,
          type: 'PupilPlacedInClass',
          problem: 'this pupil cannot be counted',
        },
      })
      expect(await resume(database.kysely, model)).toBe(true)
      expect(await status()).toMatchObject({ failure: null })
    })

    it('shows the rebuild that runs: how far it is, how fast, and how long it will take', async () => {
      await record(store, placed(...many(1_100)))
      await catchUp([placements()], { store, database: database.kysely, clock })
      const seen: Array<Promise<unknown>> = []
      await rebuild(placements(), null, {
        store,
        database: database.kysely,
        clock,
        began: () => seen.push(status().then(({ rebuild }) => rebuild)),
      })
      expect(await Promise.all(seen)).toMatchObject([{ running: true, finished: null, events: 0 }])
      expect(await status()).toMatchObject({ rebuild: null })
    })
  })
})
