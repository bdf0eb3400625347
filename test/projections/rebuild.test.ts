import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { hold, readCheckpoint, release } from '#projections/checkpoint.ts'
import { classJournal } from '#projections/class-journal/projection.ts'
import { Projector } from '#projections/projector.ts'
import type { ReadModel } from '#projections/read-model.ts'
import { schemaOf } from '#projections/read-model.ts'
import { rebuild } from '#projections/rebuild.ts'
import { NothingToRebuild, RebuildRunning } from '#projections/rebuild-record.ts'
import { SchoolSlug } from '#values/school.ts'
import { positionAt } from '#support/chronicle.ts'
import { ANNA, BORIS, VERA } from '#support/class-7a.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'
import { histories, oneLog, record } from '#support/random-history.ts'
import { SCHOOL } from '#support/spec.ts'
import { catchUp, FOR_EVER } from './catch-up.ts'
import { clock, many, NOW, placed, placedIn, placements } from './placements.ts'
import { Folding, rowsOf } from './rows-of.ts'

const JOURNAL = schemaOf(classJournal)

const OTHER_SCHOOL = SchoolSlug.parse('tomsk36')
const log = { info: () => {}, error: () => {} }

describe('a rebuild', () => {
  eachEngine((engine) => {
    let database: TestDatabase
    let store: EventStore

    beforeEach(async () => {
      database = await engine.open()
      store = await PostgresLog.open(database.kysely)
    })

    const rebuilt = (model: ReadModel = placements(), school: SchoolSlug | null = null, from = store) =>
      rebuild(model, school, { store: from, database: database.kysely, clock })
    const caughtUp = (...models: ReadModel[]) => catchUp(models, { store, database: database.kysely, clock })
    const ask = <Row>(text: string) => query<Row>(database.kysely, text)
    const counts = () =>
      ask('select school, pupil, times from placements.pupil order by school, times, pupil')
    const schemasBeside = () =>
      ask<{ name: string }>(
        `select nspname as name from pg_namespace where nspname like 'placements\\_%' order by 1`,
      )
    const started = (model: ReadModel) =>
      new Projector(model, { store, database: database.kysely, clock, log })

    it('lets reads and writes go on: no error, no empty page, no step back', async () => {
      const [history] = fc.sample(histories(SCHOOL, 160), { numRuns: 1, seed: 7 })
      const half = history!.findIndex(({ meta }, i) => i > 80 && meta['cmd'] !== history![i - 1]!.meta['cmd'])
      await record(store, history!.slice(0, half))
      const projector = started(classJournal)
      await projector.start()
      await projector.reaches(positionAt(half - 1), FOR_EVER)

      const rebuilding = new AbortController()
      const reading = Promise.all([readOn(JOINED), readOn(JOINED), readOn(ONE_BY_ONE)])
      const writing = record(store, history!.slice(half))
      try {
        for (let times = 0; times < 5; times++) {
          for (const { differing } of (await rebuilt(classJournal)).tables) expect(differing).toBe(0)
          for (const { differing } of (await rebuilt(classJournal, SCHOOL)).tables) expect(differing).toBe(0)
        }
        await writing
      } finally {
        rebuilding.abort()
      }
      for (const seen of await reading) {
        expect(seen.length).toBeGreaterThan(10)
        expect(seen[0]!.lessons).toBeGreaterThan(0)
        expect(seen.toSorted((a, b) => a.revisions - b.revisions || a.lessons - b.lessons)).toEqual(seen)
      }
      expect(await projector.reaches(positionAt(history!.length - 1), FOR_EVER)).toBe(true)
      await projector.stop()
      const folded = await (await Folding.open(database.kysely, 'once')).fold([history!])
      expect(folded).toMatchObject(await rowsOf(database.kysely, classJournal))

      /** What a reader sees of the journal, again and again, all in one transaction or in one statement. */
      async function readOn(
        texts: readonly string[],
      ): Promise<Array<{ revisions: number; lessons: number }>> {
        const seen: Array<{ revisions: number; lessons: number }> = []
        while (!rebuilding.signal.aborted) {
          // As a reader does who comes over a socket.
          await setImmediate()
          await database.kysely.transaction().execute(async (transaction) => {
            const parts: object[] = []
            for (const text of texts) parts.push(...(await query<object>(transaction, text)))
            seen.push(Object.assign({}, ...parts))
          })
        }
        return seen
      }
    })

    it('reports a row that was changed by hand, one that was added and one that was lost, and sets them right', async () => {
      await record(store, placed(ANNA, ANNA, BORIS))
      await caughtUp(placements())
      const right = await counts()
      await ask(`update placements.pupil set times = 7 where pupil = '${ANNA}'`)
      await ask(`delete from placements.pupil where pupil = '${VERA}'`)
      await ask(`insert into placements.pupil values ('${SCHOOL}', 'tomsk35.roster-other', '${VERA}', 1)`)

      const { tables, events } = await rebuilt()
      expect(events).toBe(7)
      expect(tables).toMatchObject([{ table: 'pupil', rows: { live: 3, rebuilt: 3 }, differing: 4 }])
      const [{ digest, examples }] = tables as [(typeof tables)[0]]
      expect(digest.live).not.toBe(digest.rebuilt)
      const roster = { school: SCHOOL, stream: 'tomsk35.roster-main' }
      expect(new Set(examples)).toEqual(
        new Set([
          { side: 'live', row: { ...roster, pupil: ANNA, times: 7 } },
          { side: 'rebuilt', row: { ...roster, pupil: ANNA, times: 2 } },
          { side: 'rebuilt', row: { ...roster, pupil: VERA, times: 0 } },
          { side: 'live', row: { school: SCHOOL, stream: 'tomsk35.roster-other', pupil: VERA, times: 1 } },
        ]),
      )
      expect(await counts()).toEqual(right)
      expect((await rebuilt()).tables).toMatchObject([{ differing: 0, examples: [] }])
    })

    it('of one school sets that school right and leaves the others as they are', async () => {
      await record(store, oneLog(placed(ANNA, BORIS), placedIn(OTHER_SCHOOL, ANNA, VERA)))
      await caughtUp(placements())
      const right = await counts()
      await ask(`update placements.pupil set times = 7`)
      const { tables } = await rebuilt(placements(), SCHOOL)
      expect(tables).toMatchObject([{ rows: { live: 3, rebuilt: 3 }, differing: 6 }])
      expect((await counts()).slice(0, 3)).toEqual(right.slice(0, 3))
      expect((await counts()).slice(3)).toMatchObject([{ times: 7 }, { times: 7 }, { times: 7 }])
      await rebuilt()
      expect(await counts()).toEqual(right)
    })

    it('of a model that is behind the log does not run ahead of it: nothing is applied twice afterwards', async () => {
      const history = placed(...many(9))
      await record(store, history.slice(0, 7))
      await caughtUp(placements())
      await record(store, history.slice(7))
      const report = await rebuilt()
      expect(report.events).toBe(7)
      expect(report.tables).toMatchObject([{ differing: 0 }])
      await caughtUp(placements())
      expect(await counts()).toMatchObject([{ times: 3 }, { times: 3 }, { times: 3 }])
    })

    it('keeps that a model stands still at an event, until it has gone on', async () => {
      await record(store, placed(ANNA, BORIS))
      const failing = started(placements({ cannotCount: [BORIS] }))
      await failing.start()
      expect(await failing.reaches(positionAt(5), FOR_EVER)).toBe(false)
      await failing.stop()
      expect((await rebuilt(placements({ cannotCount: [BORIS] }))).tables).toMatchObject([{ differing: 0 }])
      expect(await readCheckpoint(database.kysely, placements())).toMatchObject({
        position: positionAt(4),
        failure: { revision: 5 },
      })
    })

    it('is on record with its result', async () => {
      await record(store, placed(ANNA))
      await caughtUp(placements())
      const all = await rebuilt()
      const one = await rebuilt(placements(), SCHOOL)
      const recorded = await ask(
        'select id, read_model, school, started, finished, report, problem from projection.rebuild order by school nulls first',
      )
      const common = { read_model: 'placements', started: NOW, finished: NOW, problem: null }
      expect(recorded).toEqual([
        { ...common, id: all.id, school: null, report: all },
        { ...common, id: one.id, school: SCHOOL, report: one },
      ])
    })

    it('tells how far it has come', async () => {
      await record(store, placed(...many(1_200)))
      await caughtUp(placements())
      const told: number[][] = []
      const progress = (events: number, total: number): unknown => told.push([events, total])
      await rebuild(placements(), null, { store, database: database.kysely, clock, progress })
      expect(told).toEqual([
        [1_000, 1_204],
        [1_204, 1_204],
      ])
    })

    it('gives way after each batch to whoever else waits, as does a projector that has much to read', async () => {
      await record(store, placed(...many(2_500)))
      let turns = 0
      const projector = started(placements())
      await projector.start()
      const reached = projector.reaches(positionAt(2_503), FOR_EVER)
      await turning(reached)
      expect(turns).toBeGreaterThanOrEqual(2)
      await projector.stop()

      turns = 0
      await turning(rebuilt())
      expect(turns).toBeGreaterThanOrEqual(3)

      /** Counts the turns of the event loop that others get until `work` is done. */
      async function turning(work: Promise<unknown>): Promise<void> {
        const done = new AbortController()
        const others = (async () => {
          for (; !done.signal.aborted; turns++) await setImmediate()
        })()
        await work
        done.abort()
        await others
      }
    })

    it('that fails leaves the live model as it was, no schema beside it, and why on record', async () => {
      await record(store, placed(...many(6)))
      await caughtUp(placements())
      const right = await counts()
      const lost = { ...lent(store), readAll: () => brokenOff(store) }
      await expect(rebuilt(placements(), null, lost)).rejects.toThrow('the log is gone')
      await expect(rebuilt(placements({ cannotCount: [VERA] }))).rejects.toThrow('cannot be counted')
      expect(await counts()).toEqual(right)
      expect(await schemasBeside()).toEqual([])
      expect(await readCheckpoint(database.kysely, placements())).toMatchObject({
        held: false,
        failure: null,
      })
      const problems = await ask('select finished, report, problem from projection.rebuild order by problem')
      expect(problems).toEqual([
        { finished: NOW, report: null, problem: 'the log is gone' },
        { finished: NOW, report: null, problem: 'this pupil cannot be counted' },
      ])
      expect((await rebuilt()).tables).toMatchObject([{ differing: 0 }])
    })

    it('gives up when the live model moved on while the two were compared', async () => {
      const history = placed(...many(6))
      await record(store, history.slice(0, 6))
      const projector = started(placements())
      await projector.start()
      await projector.reaches(positionAt(5), FOR_EVER)
      // What came during the first reading is read in the second; the third is that of the held model, and here its
      // time is over before it ends.
      let readings = 0
      const slow: EventStore = {
        ...lent(store),
        async *readAll(options) {
          yield* store.readAll(options)
          const until = 6 + ++readings
          if (readings === 3) await hold(database.kysely, placements(), -1)
          const came = history.slice(until - 1, readings === 3 ? undefined : until)
          await record(store, came)
          if (came.length > 0) await projector.reaches(came.at(-1)!.position, FOR_EVER)
        },
      }
      await expect(rebuilt(placements(), null, slow)).rejects.toThrow('moved on while it was held')
      await projector.stop()
      expect(await counts()).toMatchObject([{ times: 2 }, { times: 2 }, { times: 2 }])
      expect(await schemasBeside()).toEqual([])
    })

    it('is refused while another one of the model runs, and no longer than that one shows life', async () => {
      await record(store, placed(ANNA))
      await caughtUp(placements())
      const another: EventStore = {
        ...lent(store),
        async *readAll(options) {
          await expect(rebuilt()).rejects.toThrow(RebuildRunning)
          yield* store.readAll(options)
        },
      }
      expect((await rebuilt(placements(), null, another)).tables).toMatchObject([{ differing: 0 }])
      await ask(killed('deadbeef', `'10 minutes'`))
      await expect(rebuilt()).rejects.toThrow(RebuildRunning)
      await ask(
        `update projection.rebuild set alive_until = clock_timestamp() where id = '${idOf('deadbeef')}'`,
      )
      expect((await rebuilt()).tables).toMatchObject([{ differing: 0 }])
    })

    it('is refused where the model is not built, or built in another version', async () => {
      await record(store, placed(ANNA))
      await expect(rebuilt()).rejects.toThrow(NothingToRebuild)
      await caughtUp(placements())
      await expect(rebuilt(placements({ version: 2 }))).rejects.toThrow(NothingToRebuild)
      expect(await ask('select * from projection.rebuild')).toEqual([])
    })

    it('that was killed leaves nothing for ever: its schema goes when the model is started again, its hold by itself', async () => {
      await record(store, placed(ANNA))
      await caughtUp(placements())
      for (const schema of ['deadbeef', 'cafecafe', '00000000', 'archive', 'deadbeef0']) {
        await ask(`create schema placements_${schema}`)
        await ask(`create table placements_${schema}.pupil (pupil uuid)`)
      }
      await ask(killed('deadbeef', `'10 minutes'`))
      await ask(killed('cafecafe', `'-1 second'`))
      await caughtUp(placements())
      expect(await schemasBeside()).toEqual(
        ['placements_archive', 'placements_deadbeef', 'placements_deadbeef0'].map((name) => ({ name })),
      )
      await ask(`update projection.rebuild set alive_until = clock_timestamp()`)
      await caughtUp(placements())
      expect(await schemasBeside()).toEqual(
        ['placements_archive', 'placements_deadbeef0'].map((name) => ({ name })),
      )
    })

    it('lets go of the model: a projector that waited goes on', async () => {
      const history = placed(...many(6))
      await record(store, history.slice(0, 6))
      const projector = started(placements())
      await projector.start()
      await projector.reaches(positionAt(5), FOR_EVER)
      await hold(database.kysely, placements(), 600)
      await record(store, history.slice(6))
      expect(await projector.reaches(positionAt(6), 50)).toBe(false)
      await release(database.kysely, placements())
      await rebuilt()
      expect(await projector.reaches(positionAt(9), FOR_EVER)).toBe(true)
      await projector.stop()
      expect(await counts()).toMatchObject([{ times: 2 }, { times: 2 }, { times: 2 }])
    })
  })
})

const JOINED = [
  `select p.revisions, l.lessons from (select sum(revision)::int as revisions from ${JOURNAL}.page) p,
     (select count(distinct lesson)::int as lessons from ${JOURNAL}.lesson left join ${JOURNAL}.cell using (stream, lesson)) l`,
]
/** Table by table, in another order than that in which they are listed or dropped. */
const ONE_BY_ONE = [
  `select count(*)::int as cells from ${JOURNAL}.cell`,
  `select sum(revision)::int as revisions from ${JOURNAL}.page`,
  `select count(*)::int as lessons from ${JOURNAL}.lesson`,
]

const idOf = (start: string) => `${start}-0000-4000-8000-000000000000`

/** A rebuild that never finished, and whose last sign of life lasts for `time` from now. */
function killed(start: string, time: string): string {
  return `insert into projection.rebuild (id, read_model, started, alive_until)
    values ('${idOf(start)}', 'placements', '${NOW}', clock_timestamp() + interval ${time})`
}

/** A store whose methods can be replaced one by one. */
function lent(store: EventStore): EventStore {
  return {
    append: (...to) => store.append(...to),
    readStream: (...from) => store.readStream(...from),
    readAll: (...from) => store.readAll(...from),
    subscribe: (...to) => store.subscribe(...to),
    head: () => store.head(),
    close: () => store.close(),
  }
}

async function* brokenOff(store: EventStore) {
  for await (const event of store.readAll({ limit: 3 })) yield event
  throw new Error('the log is gone')
}
