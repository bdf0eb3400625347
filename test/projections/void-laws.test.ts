import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { evolve, type Fold } from '#commands/fold.ts'
import { FoldedStreams } from '#commands/folded-streams.ts'
import { incidentFold } from '#commands/incident/state.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { rosterFold } from '#commands/roster/state.ts'
import { decode } from '#events/registry.ts'
import type { EventStore } from '#events/store/event-store.ts'
import { parseStreamName } from '#events/stream-name.ts'
import { EventStoreLog } from '#events/store/eventstore-log.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { checkVoidLists, VoidListDiffers } from '#integrity/void-check.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { rebuild } from '#projections/rebuild.ts'
import { breached, INCIDENTS, logIn, streamsIn, withoutVoid } from '#support/breached.ts'
import type { History } from '#support/chronicle.ts'
import { eachEngine, type TestDatabase, testEngine } from '#support/databases.ts'
import { keptJournal } from '#support/eventstore.ts'
import { EventStoreServer } from '#support/eventstore-server/server.ts'
import { batchesOf, record } from '#support/random-history.ts'
import { catchUp } from './catch-up.ts'
import { clock } from './placements.ts'
import { Folding, type Rows, rowsOf } from './rows-of.ts'

const KEEP = new Set(READ_MODELS.filter(({ keepsVoid }) => keepsVoid).map(({ name }) => name))
/** Rows of the models that leave void operations out. */
const leavingOut = (rows: Rows): Rows =>
  Object.fromEntries(Object.entries(rows).filter(([name]) => !KEEP.has(name.split('.')[0]!)))

const FOLDS: Partial<Record<string, Fold<unknown>>> = { journalPage: journalPageFold, roster: rosterFold }

describe('operations that have lost their effect', () => {
  eachEngine((engine) => {
    let database: TestDatabase
    let live: Folding
    let anew: Folding
    beforeAll(async () => {
      database = await engine.open()
      live = await Folding.open(database.kysely, 'live')
      anew = await Folding.open(database.kysely, 'anew')
    })

    it('R-4.4b: live rows are those of a fold from zero without them, in whatever batches, and the audit keeps all', async () => {
      const cut = breached().chain((history) => fc.tuple(fc.constant(history), batchesOf(history)))
      const property = fc.asyncProperty(cut, async ([history, batches]) => {
        const rows = await live.fold(batches, logIn(history))
        expect(leavingOut(rows)).toEqual(leavingOut(await anew.fold([withoutVoid(history)])))
        const all = await anew.fold([history])
        for (const name of KEEP) expect(rows[`${name}.line`]).toEqual(all[`${name}.line`])
      })
      await fc.assert(property, { numRuns: 10 })
    }, 120_000)

    it('R-4.4c: a projector and rebuilds, of all schools and of one, come to the same rows', async () => {
      const store = await PostgresLog.open(database.kysely)
      const [history] = fc.sample(breached(), { numRuns: 1, seed: 7 })
      await record(store, history!)
      await catchUp(READ_MODELS, { store, database: database.kysely, clock })
      const expected = leavingOut(await anew.fold([withoutVoid(history!)]))
      const school = parseStreamName(INCIDENTS)!.school
      for (const model of READ_MODELS) {
        if (!KEEP.has(model.name)) expect(expected).toMatchObject(await rowsOf(database.kysely, model))
        for (const only of [null, school]) {
          const report = await rebuild(model, only, { store, database: database.kysely, clock })
          for (const { differing, examples } of report.tables) {
            expect({ differing, examples }).toEqual({ differing: 0, examples: [] })
          }
        }
      }
    }, 120_000)
  })

  it('R-4.4b: on the log in EventStoreDB too, live rows through several breaches are those of a fold from zero', async () => {
    const several = breached().filter(
      (history) => history.filter(({ type }) => type === 'OperationsVoided').length > 1,
    )
    for (const history of fc.sample(several, { numRuns: 3, seed: 11 })) {
      const server = await EventStoreServer.start()
      const store = await EventStoreLog.open(server.url, { log: keptJournal().journal })
      try {
        const database = await testEngine('pglite').open()
        const zero = await Folding.open(database.kysely, 'zero')
        // The models follow while the history goes on, so that streams are folded anew in the middle of it.
        const piece = Math.ceil(history.length / 4)
        for (let from = 0; from < history.length; from += piece) {
          await record(store, history.slice(from, from + piece))
          await catchUp(READ_MODELS, { store, database: database.kysely, clock })
        }
        const expected = leavingOut(await zero.fold([withoutVoid(history)]))
        for (const model of READ_MODELS) {
          if (!KEEP.has(model.name)) expect(expected).toMatchObject(await rowsOf(database.kysely, model))
          const report = await rebuild(model, null, { store, database: database.kysely, clock })
          for (const { differing, examples } of report.tables) {
            expect({ differing, examples }).toEqual({ differing: 0, examples: [] })
          }
        }
        expect(await checkVoidLists(store, INCIDENTS)).toBeGreaterThan(1)
      } finally {
        await store.close()
        await server.stop()
      }
    }
  }, 240_000)

  it('are left out on the write side too, whenever it learns of them', async () => {
    const cut = breached().chain((history) => fc.tuple(fc.constant(history), batchesOf(history)))
    const property = fc.asyncProperty(cut, async ([history, batches]) => {
      const seen: History[number][] = []
      const streams = new FoldedStreams(logIn(seen) as EventStore)
      const kept = streamsIn(history).filter(
        (stream) => FOLDS[parseStreamName(stream)!.category] !== undefined,
      )
      for (const batch of batches) {
        seen.push(...batch)
        await streams.load(incidentFold, INCIDENTS)
        const standing = withoutVoid(seen)
        for (const stream of kept) {
          const fold = FOLDS[parseStreamName(stream)!.category]!
          const state = fold.initial()
          for (const event of standing) if (event.stream === stream) evolve(fold, state, decode(event)!)
          const folded = await streams.load(fold, stream)
          expect(folded.state).toEqual(state)
          const last = seen.findLast((event) => event.stream === stream)
          expect(folded.revision).toBe(last?.revision ?? -1n)
        }
      }
    })
    await fc.assert(property, { numRuns: 10 })
  }, 120_000)

  it('are exactly those that rule v1 gives, or the verification says so', async () => {
    const property = fc.asyncProperty(breached(), fc.boolean(), async (history, lost) => {
      const declared = history.filter(({ type }) => type === 'CompromiseDeclared').length
      expect(await checkVoidLists(logIn(history), INCIDENTS)).toBe(declared)
      const listed = history.find(
        ({ type, data }) => type === 'OperationsVoided' && (data['streams'] as unknown[]).length > 0,
      )
      if (listed === undefined) return
      const [first, ...rest] = listed.data['streams'] as Array<{ operations: object[] }>
      const [operation, ...others] = first!.operations
      const operations = lost ? others : [...first!.operations, { ...operation, id: listed.id }]
      const streams = operations.length === 0 ? rest : [{ ...first, operations }, ...rest]
      const changed = history.map((event) =>
        event === listed ? { ...event, data: { ...event.data, streams } as never } : event,
      )
      const checked = checkVoidLists(logIn(changed), INCIDENTS)
      await expect(checked).rejects.toBeInstanceOf(VoidListDiffers)
      await expect(checked).rejects.toMatchObject(lost ? { missing: 1, extra: 0 } : { missing: 0, extra: 1 })
    })
    await fc.assert(property, { numRuns: 20 })
  }, 120_000)
})
