import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EventStore, StoreUnavailable } from '#events/store/event-store.ts'
import type { Position } from '#events/store/position.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { hold, readCheckpoint, release, resume } from '#projections/checkpoint.ts'
import { CommonCommits } from '#projections/common-commits.ts'
import { followTogether } from '#projections/follow-together.ts'
import { Projector } from '#projections/projector.ts'
import type { ReadModel } from '#projections/read-model.ts'
import type { Uuid } from '#values/uuid.ts'
import { type History, positionAt } from '#support/chronicle.ts'
import { ANNA, BORIS, VERA } from '#support/class-7a.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'
import { record } from '#support/random-history.ts'
import { FOR_EVER } from './catch-up.ts'
import { BEFORE_PLACING, clock, many, NOW, placed, placements } from './placements.ts'

describe('a projector', () => {
  eachEngine((engine) => {
    let database: TestDatabase
    let store: EventStore
    let projectors: Projector[]
    let commits: CommonCommits
    let told: ReturnType<typeof vi.fn<(facts: object, message: string) => void>>

    beforeEach(async () => {
      database = await engine.open()
      store = await PostgresLog.open(database.kysely)
      projectors = []
      commits = new CommonCommits(database.kysely)
      told = vi.fn<(facts: object, message: string) => void>()
    })
    afterEach(() => Promise.all(projectors.map((projector) => projector.stop())))

    async function started(model: ReadModel, on: EventStore = store): Promise<Projector> {
      const log = { info: () => {}, error: told }
      const projector = new Projector(model, { store: on, database: database.kysely, clock, log, commits })
      projectors.push(projector)
      await projector.start()
      return projector
    }

    /** How often each pupil was placed, as the model says. */
    async function counts(schema = 'placements'): Promise<Record<Uuid, number>> {
      const rows = await query<{ pupil: Uuid; times: number }>(
        database.kysely,
        `select pupil, times from ${schema}.pupil`,
      )
      return Object.fromEntries(rows.map(({ pupil, times }) => [pupil, times]))
    }

    const checkpoint = (model = placements()) => readCheckpoint(database.kysely, model)
    const toldOnce = () => vi.waitFor(() => expect(told).toHaveBeenCalled(), { timeout: 20_000, interval: 5 })

    it('applies what stands in the log, and what comes', async () => {
      const history = placed(ANNA, BORIS, ANNA)
      await record(store, history.slice(0, 5))
      const projector = await started(placements())
      await record(store, history.slice(5))
      expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 2, [BORIS]: 1, [VERA]: 0 })
      expect(await checkpoint()).toEqual({
        position: last(history),
        complete: true,
        failure: null,
        held: false,
      })
    })

    it('writes rows and checkpoint together or not at all, and goes on when the database answers again', async () => {
      const history = placed(ANNA, BORIS)
      await record(store, history.slice(0, 5))
      const projector = await started(placements())
      await projector.reaches(positionAt(4), FOR_EVER)
      // The checkpoint is written last: here the rows of the batch are made, and then the database goes away.
      for (const statement of AWAY) await query(database.kysely, statement)
      await record(store, history.slice(5))
      await toldOnce()
      expect(await counts()).toEqual({ [ANNA]: 1, [BORIS]: 0, [VERA]: 0 })
      expect((await checkpoint())?.position).toEqual(positionAt(4))
      expect(projector.position).toEqual(positionAt(4))
      expect(projector.failure).toBeNull()

      await query(database.kysely, 'drop trigger away on projection.checkpoint')
      expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 1, [BORIS]: 1, [VERA]: 0 })
    })

    it('goes on from its checkpoint when it is started again', async () => {
      const history = placed(...many(9))
      await record(store, history.slice(0, 8))
      const first = await started(placements())
      await first.reaches(positionAt(7), FOR_EVER)
      await first.stop()
      await record(store, history.slice(8))

      const subscribe = vi.spyOn(store, 'subscribe')
      const second = await started(placements())
      expect(second.position).toEqual(positionAt(7))
      expect(await second.reaches(last(history), FOR_EVER)).toBe(true)
      expect(subscribe).toHaveBeenCalledWith(expect.objectContaining({ after: positionAt(7) }))
      expect(await counts()).toEqual({ [ANNA]: 3, [BORIS]: 3, [VERA]: 3 })
    })

    it('commits an event with the other models in one transaction, unless one of them cannot', async () => {
      const history = placed(ANNA, BORIS)
      await record(store, history.slice(0, -1))
      const models = [placements(), placements({ name: 'others' }), placements({ name: 'third' })]
      const together = followTogether(store)
      const all = await Promise.all(models.map((model) => started(model, together)))
      for (const projector of all) await projector.reaches(positionAt(history.length - 2), FOR_EVER)

      const begun = vi.spyOn(database.kysely, 'transaction')
      await record(store, history.slice(-1))
      for (const projector of all) expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(begun).toHaveBeenCalledTimes(1)
      for (const { name } of models) expect(await counts(name)).toEqual({ [ANNA]: 1, [BORIS]: 1, [VERA]: 0 })
    })

    it('applies nothing twice where two follow the log for one model', async () => {
      const history = placed(...many(9))
      await record(store, history.slice(0, 5))
      const both = [await started(placements()), await started(placements())]
      await record(store, history.slice(5))
      for (const projector of both) expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 3, [BORIS]: 3, [VERA]: 3 })
    })

    it('stops at an event that cannot be applied, and the other models go on', async () => {
      const history = placed(ANNA, BORIS, VERA)
      await record(store, history)
      const stopped = await started(placements({ cannotCount: [BORIS] }))
      const other = await started(placements({ name: 'others' }))

      expect(await stopped.reaches(last(history), FOR_EVER)).toBe(false)
      expect(await other.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 1, [BORIS]: 0, [VERA]: 0 })
      expect(await counts('others')).toEqual({ [ANNA]: 1, [BORIS]: 1, [VERA]: 1 })

      const failure = {
        at: NOW,
        stream: 'tomsk35.roster-main',
        revision: BEFORE_PLACING + 1,
        type: 'PupilPlacedInClass',
        problem: 'this pupil cannot be counted',
      }
      expect(stopped.failure).toEqual(failure)
      expect(stopped.position).toEqual(positionAt(BEFORE_PLACING))
      expect(await checkpoint()).toMatchObject({ position: positionAt(BEFORE_PLACING), failure })
      expect(told).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ readModel: 'placements', ...failure }),
        'read model stopped at an event',
      )
      // What it holds is read as before: it never goes past the event, whatever comes.
      expect(await stopped.reaches(positionAt(BEFORE_PLACING), 0)).toBe(true)
      expect(await stopped.reaches(last(history), FOR_EVER)).toBe(false)
    })

    it('goes on past the event when it is started again with the fault mended', async () => {
      const history = placed(ANNA, BORIS, VERA)
      await record(store, history)
      const stopped = await started(placements({ cannotCount: [BORIS] }))
      await stopped.reaches(last(history), FOR_EVER)

      const again = await started(placements({ cannotCount: [BORIS] }))
      expect(await again.reaches(last(history), FOR_EVER)).toBe(false)
      expect(await counts()).toEqual({ [ANNA]: 1, [BORIS]: 0, [VERA]: 0 })

      const mended = await started(placements())
      expect(await mended.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 1, [BORIS]: 1, [VERA]: 1 })
      expect((await checkpoint())?.failure).toBeNull()
    })

    it('stops at an event that a newer release wrote', async () => {
      const history = placed(ANNA)
      await record(store, history)
      const written = history.at(-1)!
      const newer = { ...written, meta: { ...written.meta, v: 99 } }
      const later = {
        readAll: (options?: object) => store.readAll(options),
        readStream: (stream: never) => store.readStream(stream),
        append: (...to: Parameters<EventStore['append']>) => store.append(...to),
        head: () => store.head(),
        close: () => store.close(),
        async *subscribe() {
          yield [...history.slice(0, -1), newer]
        },
      }
      const projector = await started(placements(), later)
      expect(await projector.reaches(last(history), FOR_EVER)).toBe(false)
      expect(projector.failure).toMatchObject({ problem: expect.stringContaining('reads up to v1') })
      expect(await counts()).toEqual({ [ANNA]: 0, [BORIS]: 0, [VERA]: 0 })
    })

    it('tells at once that it has come to a position, and after its time that it has not', async () => {
      const history = placed(ANNA)
      await record(store, history)
      const projector = await started(placements())
      expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await projector.reaches(last(history), 0)).toBe(true)
      expect(await projector.reaches(positionAt(history.length), 20)).toBe(false)
    })

    it('wakes those who wait for a position when it has come there, and when it is stopped', async () => {
      const history = placed(ANNA)
      const projector = await started(placements())
      const reached = projector.reaches(last(history), FOR_EVER)
      const never = projector.reaches(positionAt(history.length), FOR_EVER)
      await record(store, history)
      expect(await reached).toBe(true)
      await projector.stop()
      expect(await never).toBe(false)
    })

    it('goes on within a second when it is told to, with no other model touched and nothing started again', async () => {
      const history = placed(ANNA, BORIS, VERA)
      await record(store, history)
      const cannotCount = [BORIS]
      const stopped = await started(placements({ cannotCount }))
      const other = await started(placements({ name: 'others' }))
      await stopped.reaches(last(history), FOR_EVER)
      expect(stopped.failure).not.toBeNull()

      // The fault is still there: it tries, and stops at the same event.
      const { failure } = stopped
      expect(await resume(database.kysely, placements())).toBe(true)
      await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2), { timeout: 20_000, interval: 5 })
      expect(stopped.failure).toEqual(failure)

      cannotCount.pop()
      expect(await resume(database.kysely, placements())).toBe(true)
      await vi.waitFor(() => expect(stopped.failure).toBeNull(), { timeout: 20_000, interval: 5 })
      expect(await stopped.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 1, [BORIS]: 1, [VERA]: 1 })
      expect(await resume(database.kysely, placements())).toBe(false)
      expect(other.position).toEqual(last(history))
    })

    it('counts what it applies', async () => {
      const history = placed(ANNA, BORIS)
      await record(store, history)
      const projector = await started(placements())
      await projector.reaches(last(history), FOR_EVER)
      await vi.waitFor(() => expect(projector.lastBatch).toBeGreaterThan(0), { timeout: 20_000, interval: 5 })
      expect(projector.applied).toBe(history.length)
      expect(projector.batches).toBeGreaterThan(0)
      expect(projector.lastEventAt).toBe(history.at(-1)!.meta['at'])
    })

    it('builds a new version in a schema of its own, while the release before keeps and reads the old one', async () => {
      const history = placed(ANNA, BORIS, VERA)
      await record(store, history.slice(0, 6))
      const old = await started(placements())
      await old.reaches(positionAt(5), FOR_EVER)

      const renewed = await started(placements({ version: 2 }))
      expect(await renewed.reaches(positionAt(5), FOR_EVER)).toBe(true)
      await record(store, history.slice(6))
      for (const projector of [old, renewed]) {
        expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      }
      const all = { [ANNA]: 1, [BORIS]: 1, [VERA]: 1 }
      expect(await counts()).toEqual(all)
      expect(await counts('placements_v2')).toEqual(all)
      for (const version of [1, 2]) {
        expect(await checkpoint(placements({ version }))).toMatchObject({ position: last(history) })
      }
    })

    it('is complete when it has shown all that the log held when its version was begun, and from then on', async () => {
      const history = placed(ANNA, BORIS, VERA)
      const empty = await started(placements({ name: 'others' }))
      expect(empty.complete).toBe(true)

      await record(store, history)
      const stopped = await started(placements({ cannotCount: [VERA] }))
      await stopped.reaches(last(history), FOR_EVER)
      expect(stopped.complete).toBe(false)
      expect(await checkpoint()).toMatchObject({ complete: false })

      const mended = await started(placements())
      expect(await mended.reaches(last(history), FOR_EVER)).toBe(true)
      expect(mended.complete).toBe(true)
      expect(await checkpoint()).toMatchObject({ complete: true })
      expect((await started(placements())).complete).toBe(true)
    })

    it('drops an old version a day after its last projector, and not before the new one is complete', async () => {
      const history = placed(ANNA, BORIS)
      await record(store, history)
      await (await started(placements())).reaches(last(history), FOR_EVER)
      const schemas = async () =>
        (
          await query<{ name: string }>(
            database.kysely,
            "select nspname as name from pg_namespace where nspname like 'placements%' order by 1",
          )
        ).map(({ name }) => name)
      const renewed = await started(placements({ version: 2, cannotCount: [BORIS] }))
      await renewed.reaches(last(history), FOR_EVER)
      await query(
        database.kysely,
        "update projection.checkpoint set followed_at = clock_timestamp() - interval '25 hours' where version = 1",
      )
      await started(placements({ version: 2, cannotCount: [BORIS] }))
      expect(await schemas()).toEqual(['placements', 'placements_v2'])

      const mended = await started(placements({ version: 2 }))
      expect(await mended.reaches(last(history), FOR_EVER)).toBe(true)
      await started(placements({ version: 2 }))
      expect(await schemas()).toEqual(['placements_v2'])
      expect(await checkpoint()).toBeNull()
    })

    it('makes its tables again when somebody dropped them with their checkpoint', async () => {
      const history = placed(ANNA, BORIS)
      await record(store, history.slice(0, 5))
      const projector = await started(placements())
      await projector.reaches(positionAt(4), FOR_EVER)
      await query(database.kysely, 'delete from projection.checkpoint')
      await record(store, history.slice(5))
      expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 1, [BORIS]: 1, [VERA]: 0 })
    })

    it('applies each event once, also beside a second one on the same database', async () => {
      const history = placed(...many(60))
      const both = await Promise.all([started(placements()), started(placements())])
      for (let from = 0; from < history.length; from += 8) await record(store, history.slice(from, from + 8))
      for (const projector of both) expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 20, [BORIS]: 20, [VERA]: 20 })
    })

    it('takes no row for one that is not there, when two of them begin from nothing', async () => {
      const history = placed(...many(2_400))
      await record(store, history)
      const both = await Promise.all([started(placements()), started(placements())])
      for (const projector of both) expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 800, [BORIS]: 800, [VERA]: 800 })
      expect(told).not.toHaveBeenCalled()
    })

    it('follows its checkpoint back when the database was restored from an earlier state', async () => {
      const history = placed(ANNA, BORIS, VERA, ANNA)
      await record(store, history.slice(0, 5))
      const projector = await started(placements())
      await projector.reaches(positionAt(4), FOR_EVER)
      const kept = ['projection.checkpoint', 'placements.pupil']
      for (const of of kept) await query(database.kysely, `create table ${of}_kept as select * from ${of}`)
      await record(store, history.slice(5, 7))
      await projector.reaches(positionAt(6), FOR_EVER)
      await database.kysely.transaction().execute(async (transaction) => {
        for (const of of kept) {
          await query(transaction, `delete from ${of}`)
          await query(transaction, `insert into ${of} select * from ${of}_kept`)
        }
      })
      await record(store, history.slice(7))
      expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 2, [BORIS]: 1, [VERA]: 1 })
    })

    it('waits while the model is held, and no longer than its holder may live', async () => {
      const history = placed(...many(6))
      const projector = await started(placements())
      await hold(database.kysely, placements(), 600)
      await record(store, history.slice(0, 7))
      expect(await projector.reaches(positionAt(0), 100)).toBe(false)
      expect(await counts()).toEqual({})
      await release(database.kysely, placements())
      expect(await projector.reaches(positionAt(6), FOR_EVER)).toBe(true)

      // The holder was killed, and its time is over.
      await hold(database.kysely, placements(), -1)
      await record(store, history.slice(7))
      expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
      expect(await counts()).toEqual({ [ANNA]: 2, [BORIS]: 2, [VERA]: 2 })
    })

    it('can be stopped while the model is held', async () => {
      const projector = await started(placements())
      await hold(database.kysely, placements(), 600)
      await record(store, placed(ANNA))
      await projector.stop()
      expect(await counts()).toEqual({})
    })
  })
})

describe('a projector whose connections are cut', () => {
  eachEngine(
    (engine) => {
      it('goes on by itself, and applies each event once', async () => {
        const database = await engine.open()
        const other = await engine.open()
        const store = await PostgresLog.open(database.kysely)
        const log = { info: () => {}, error: () => {} }
        const projector = new Projector(placements(), { store, database: database.kysely, clock, log })
        await projector.start()
        const history = placed(...many(60))
        const name = new URL(database.at!).pathname.slice(1)
        for (let from = 0; from < history.length; from += 8) {
          await repeated(() => record(store, history.slice(from, from + 8)))
          const text = 'select pg_terminate_backend(pid) as gone from pg_stat_activity where datname = $1'
          const cut = await query(other.kysely, text, [name])
          expect(cut.length).toBeGreaterThan(0)
        }
        expect(await projector.reaches(last(history), FOR_EVER)).toBe(true)
        await projector.stop()
        const counts = await repeated(() =>
          query(database.kysely, 'select times from placements.pupil order by times'),
        )
        expect(counts).toEqual([{ times: 20 }, { times: 20 }, { times: 20 }])
      })
    },
    ['postgres'],
  )
})

/** As every caller of the log does: nothing is known of the outcome, and the ids make it safe to ask again. */
async function repeated<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }
}

function last(history: History): Position {
  return positionAt(history.length - 1)
}

/** From now on, the database goes away whenever a checkpoint is written. */
const AWAY = [
  `create function projection.away() returns trigger language plpgsql as
   $$ begin raise exception 'the server is shutting down' using errcode = '57P01'; end $$`,
  'create trigger away before update on projection.checkpoint for each row execute function projection.away()',
]
