import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { CheckpointWatch } from '#projections/checkpoint-watch.ts'
import { writeFailure } from '#projections/checkpoint.ts'
import { Projector } from '#projections/projector.ts'
import { positionAt } from '#support/chronicle.ts'
import { ANNA, BORIS } from '#support/class-7a.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'
import { record } from '#support/random-history.ts'
import { FOR_EVER } from './catch-up.ts'
import { clock, NOW, placed, placements } from './placements.ts'

describe('a watch of the checkpoints', () => {
  eachEngine((engine) => {
    const model = placements()
    const history = placed(ANNA, BORIS)
    const end = positionAt(history.length - 1)
    let database: TestDatabase
    let store: PostgresLog
    let projector: Projector
    let watch: CheckpointWatch
    const told = vi.fn<(facts: object, message: string) => void>()
    beforeEach(async () => {
      database = await engine.open()
      store = await PostgresLog.open(database.kysely)
      const log = { info: () => {}, error: told }
      told.mockClear()
      projector = new Projector(model, { store, database: database.kysely, clock, log })
      await projector.start()
      watch = new CheckpointWatch([model], database.kysely, log)
      await watch.start()
    })
    afterEach(async () => {
      await watch.stop()
      await projector.stop()
    })

    it('tells how far a projector elsewhere has come, and waits for it', async () => {
      const [watched] = watch.models
      expect(watched).toMatchObject({ model, position: null, failure: null })
      const reaching = watched!.reaches(end, FOR_EVER)
      await record(store, history)
      expect(await reaching).toBe(true)
      expect(watched!.position).toEqual(end)
      // What was reached is answered without another look.
      expect(await watched!.reaches(positionAt(1), 0)).toBe(true)
    })

    it('gives up after the time that it was given', async () => {
      expect(await watch.models[0]!.reaches(positionAt(1), 20)).toBe(false)
    })

    it('keeps nobody waiting for a model that has stopped, and knows why it has', async () => {
      const failure = { at: NOW, stream: 's', revision: 3, type: 'T', problem: 'no' }
      const reaching = watch.models[0]!.reaches(positionAt(1), FOR_EVER)
      await writeFailure(database.kysely, model, failure)
      expect(await reaching).toBe(false)
      expect(watch.models[0]!.failure).toEqual(failure)
    })

    it('does not take the rows of another version for its own', async () => {
      await record(store, history)
      expect(await projector.reaches(end, FOR_EVER)).toBe(true)
      await query(database.kysely, 'update projection.checkpoint set version = 99')
      expect(await watch.models[0]!.reaches(positionAt(1), 100)).toBe(false)
    })

    it('says once that the database is away, and goes on when it is there again', async () => {
      await query(database.kysely, 'alter table projection.checkpoint rename to gone')
      const reaching = watch.models[0]!.reaches(end, FOR_EVER)
      await vi.waitFor(() => expect(told).toHaveBeenCalledOnce(), { timeout: 20_000, interval: 5 })
      await query(database.kysely, 'alter table projection.gone rename to checkpoint')
      await record(store, history)
      expect(await reaching).toBe(true)
    })

    it('lets go of everybody when it stops', async () => {
      const reaching = watch.models[0]!.reaches(positionAt(1), FOR_EVER)
      await watch.stop()
      expect(await reaching).toBe(false)
    })
  })
})
