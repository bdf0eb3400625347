import { describe, expect, it, vi } from 'vitest'
import type { EventStore, ReadAll } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { besideOf } from '#projections/beside.ts'
import { keepRebuilding } from '#projections/left-rebuilds.ts'
import { rebuild } from '#projections/rebuild.ts'
import { leaveAll, RebuildRunning, rebuildUnderWay } from '#projections/rebuild-record.ts'
import { positionAt } from '#support/chronicle.ts'
import { startChild } from '#support/child.ts'
import { eachEngine, type TestDatabase, type TestEngine } from '#support/databases.ts'
import { writePastStore } from '#support/write-past-store.ts'
import { catchUp } from './catch-up.ts'
import { clock, many, placed, placements } from './placements.ts'
import { rowsOf } from './rows-of.ts'

const history = placed(...many(12_500))
const log = { info: () => {}, error: () => {} }

let database: TestDatabase
let store: EventStore

/** A rebuild was killed when more than 11,000 of 12,504 events were folded, and its last sign of life is over or not. */
async function killOne(engine: TestEngine, signs: 'over' | 'believed' = 'over'): Promise<void> {
  database = await engine.open()
  await writePastStore(database.kysely, history)
  store = await PostgresLog.open(database.kysely)
  await catchUp([placements()], { store, database: database.kysely, clock })
  await database.close()
  const child = startChild('rebuild-until-killed.ts', database.at!, '11000')
  expect(Number((await child.lines.next()).value)).toBeGreaterThanOrEqual(11_000)
  await child.kill()
  database = await database.reopen()
  store = await PostgresLog.open(database.kysely)
  const alive = signs === 'over' ? '0 seconds' : '1 hour'
  await query(
    database.kysely,
    'update projection.rebuild set alive_until = clock_timestamp() + $1::interval',
    [alive],
  )
}

describe('a rebuild whose process is killed', () => {
  eachEngine(
    (engine) => {
      it('does not keep the only process of a folder from beginning another', async () => {
        await killOne(engine, 'believed')
        const again = () => rebuild(placements(), null, { store, database: database.kysely, clock })
        await expect(again()).rejects.toThrow(RebuildRunning)
        await leaveAll(database.kysely)
        expect(await rebuildUnderWay(database.kysely, placements())).toMatchObject({ running: false })
        expect(await again()).toMatchObject({ events: 12_504, tables: [{ differing: 0 }] })
      }, 240_000)
    },
    ['pglite on disk'],
  )

  eachEngine(
    (engine) => {
      it('is gone on with by the same command, from where it was, to the same rows', async () => {
        await killOne(engine)
        const left = (await rebuildUnderWay(database.kysely, placements()))!
        expect(left).toMatchObject({ running: false, finished: null, events: 10_000, total: 12_504 })
        const before = await rowsOf(database.kysely, placements())
        const read: ReadAll[] = []
        const told: number[] = []
        const report = await rebuild(placements(), null, {
          store: seenReading(store, read),
          database: database.kysely,
          clock,
          progress: (events) => told.push(events),
        })
        expect(read[0]).toMatchObject({ after: positionAt(9_999) })
        expect(told).toEqual([11_000, 12_000, 12_504])
        expect(report).toMatchObject({ id: left.id, events: 12_504, tables: [{ differing: 0 }] })
        expect(await rowsOf(database.kysely, placements())).toEqual(before)
        expect(await rebuildUnderWay(database.kysely, placements())).toBeNull()
      })
    },
    ['pglite on disk', 'postgres'],
  )

  eachEngine(
    (engine) => {
      it('is gone on with by a process that looks for what was left', async () => {
        await killOne(engine)
        const left = (await rebuildUnderWay(database.kysely, placements()))!
        const end = keepRebuilding([placements()], { store, database: database.kysely, clock }, log)
        await vi.waitFor(
          async () => expect(await rebuildUnderWay(database.kysely, placements())).toBeNull(),
          { timeout: 30_000, interval: 20 },
        )
        end()
        const [{ report }] = (await query<{ report: object }>(
          database.kysely,
          'select report from projection.rebuild',
        )) as [{ report: object }]
        expect(report).toMatchObject({ id: left.id, events: 12_504, tables: [{ differing: 0 }] })
      })

      it('is begun anew by another release, and what it had built is dropped', async () => {
        await killOne(engine)
        const left = (await rebuildUnderWay(database.kysely, placements()))!
        await query(database.kysely, `update projection.rebuild set release = '0.0.1'`)
        const report = await rebuild(placements(), null, { store, database: database.kysely, clock })
        expect(report.id).not.toBe(left.id)
        expect(report).toMatchObject({ events: 12_504, tables: [{ differing: 0 }] })
        await catchUp([placements()], { store, database: database.kysely, clock })
        const beside = besideOf(placements(), left.id)
        expect(await query(database.kysely, 'select from pg_namespace where nspname = $1', [beside])).toEqual(
          [],
        )
      })

      it('keeps what it has built for a day, and no longer', async () => {
        await killOne(engine)
        const { id } = (await rebuildUnderWay(database.kysely, placements()))!
        const stands = async () =>
          (
            await query(database.kysely, 'select from pg_namespace where nspname = $1', [
              besideOf(placements(), id),
            ])
          ).length === 1
        await catchUp([placements()], { store, database: database.kysely, clock })
        expect(await stands()).toBe(true)
        await query(
          database.kysely,
          `update projection.rebuild set alive_until = clock_timestamp() - interval '25 hours'`,
        )
        await catchUp([placements()], { store, database: database.kysely, clock })
        expect(await stands()).toBe(false)
        expect(await rebuildUnderWay(database.kysely, placements())).toBeNull()
      })
    },
    ['postgres'],
  )
})

/** The same store, and from where it was read. */
function seenReading(store: EventStore, read: ReadAll[]): EventStore {
  return {
    append: (...to) => store.append(...to),
    readStream: (...from) => store.readStream(...from),
    readAll(options = {}) {
      read.push(options)
      return store.readAll(options)
    },
    subscribe: (options) => store.subscribe(options),
    head: () => store.head(),
    close: () => store.close(),
  }
}
