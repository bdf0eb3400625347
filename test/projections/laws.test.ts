import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { decode, registry } from '#events/registry.ts'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { migrate } from '#main/migrations.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { type ReadModel, schemaOf, tablesOf } from '#projections/read-model.ts'
import { rebuild } from '#projections/rebuild.ts'
import { SchoolSlug } from '#values/school.ts'
import type { History } from '#support/chronicle.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'
import { batchesOf, histories, oneLog, record, reinterleaved } from '#support/random-history.ts'
import { SCHOOL } from '#support/spec.ts'
import { catchUp } from './catch-up.ts'
import { clock } from './placements.ts'
import { Folding, type Rows, rowsOf } from './rows-of.ts'

const OTHER_SCHOOL = SchoolSlug.parse('tomsk36')

/** A history, and some of its events. */
const historyAndSome = histories().chain((history) =>
  fc.record({
    history: fc.constant(history),
    some: fc.subarray([...history.keys()]).map((indices) => new Set(indices)),
  }),
)

describe('every read model', () => {
  eachEngine((engine) => {
    let database: TestDatabase
    let one: Folding
    let other: Folding
    beforeAll(async () => {
      database = await engine.open()
      one = await Folding.open(database.kysely, 'one')
      other = await Folding.open(database.kysely, 'other')
    })

    it('has the same rows however its events come in batches', async () => {
      const cut = histories().chain((history) => fc.tuple(fc.constant(history), batchesOf(history)))
      const property = fc.asyncProperty(cut, async ([history, batches]) => {
        expect(await one.fold(batches)).toEqual(await other.fold([history]))
      })
      await fc.assert(property, { numRuns: 12 })
    })

    it('has the same rows however the streams come in turns', async () => {
      const turned = histories().chain((history) => fc.tuple(fc.constant(history), reinterleaved(history)))
      const property = fc.asyncProperty(turned, async ([history, turns]) => {
        expect(await one.fold([turns])).toEqual(await other.fold([history]))
      })
      await fc.assert(property, { numRuns: 12 })
    })

    it('ignores events of types that it does not know, and misses none of them', async () => {
      const property = fc.asyncProperty(historyAndSome, async ({ history, some }) => {
        const unknown = history.map((event, i) =>
          some.has(i) ? { ...event, type: 'PupilApplauded' } : event,
        )
        const known = history.filter((_, i) => !some.has(i))
        expect(await one.fold([unknown])).toEqual(await other.fold([known]))
      })
      await fc.assert(property, { numRuns: 12 })
    })

    it('has rows of each school that are those of the school alone', async () => {
      const two = fc.tuple(histories(SCHOOL), histories(OTHER_SCHOOL))
      const property = fc.asyncProperty(two, async ([ours, theirs]) => {
        const together = await one.fold([oneLog(ours, theirs)])
        expect(together).toEqual(merged(await other.fold([ours]), await other.fold([theirs])))
      })
      await fc.assert(property, { numRuns: 6 })
    })
  })
})

describe('a table whose rows are of one event each', () => {
  it('only puts them, under a key that holds the revision', () => {
    const own = READ_MODELS.flatMap(tablesOf).filter((table) => table.own === true)
    expect(own.map(({ name }) => name)).toEqual(['acknowledgement', 'line'])
    expect(own.every(({ key }) => key.includes('revision'))).toBe(true)
    const property = fc.property(histories(), (history) => {
      const decoded = history.map(decode).filter((event) => event !== null)
      for (const table of own) {
        const changes = decoded.map((event) => table.on[event.type]?.(event) ?? [])
        expect(changes.flat().every(({ anew }) => anew === true)).toBe(true)
        expect(
          changes.every((of, i) => of.every(({ key }) => key['revision'] === Number(decoded[i]!.revision))),
        ).toBe(true)
      }
    })
    fc.assert(property, { numRuns: 10 })
  })
})

describe('the audit trail', () => {
  it('knows every type of event that there is', () => {
    const model = READ_MODELS.find(({ name }) => name === 'audit-trail')!
    const line = tablesOf(model).find(({ name }) => name === 'line')!
    expect(Object.keys(line.on).toSorted()).toEqual(Object.keys(registry).toSorted())
  })

  eachEngine((engine) => {
    it('has a line for every event, and none for what is not in the record', async () => {
      const database = await engine.open()
      const folding = await Folding.open(database.kysely, 'all')
      const property = fc.asyncProperty(histories(), batchSizes, async (history, size) => {
        await folding.fold(inBatches(history, size))
        const lines = await query<{ event: string; type: string; at: string; account: string }>(
          database.kysely,
          `select distinct event, type, at, account from all_audit_trail_v2.line`,
        )
        const recorded = history.map(({ id, type, meta }) => ({
          event: id,
          type,
          at: meta.at,
          account: meta.by,
        }))
        expect(new Set(lines.map((line) => JSON.stringify(line)))).toEqual(
          new Set(recorded.map((line) => JSON.stringify(line))),
        )
      })
      await fc.assert(property, { numRuns: 10 })
    })
  })
})

describe('a read model that a projector keeps', () => {
  eachEngine((engine) => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await engine.open()
    })

    /** An empty log, and no read model. */
    async function newLog(): Promise<EventStore> {
      const schemas = [
        'letopis',
        'log',
        'access',
        'integrity',
        'operations',
        'person',
        'privacy',
        'projection',
        ...READ_MODELS.map(schemaOf),
      ]
      await query(database.kysely, `drop schema if exists ${schemas.join(', ')} cascade`)
      await migrate(database.kysely)
      return PostgresLog.open(database.kysely)
    }

    it('is not changed by events that are handed to it again', async () => {
      const property = fc.asyncProperty(historyAndCut, async ({ history, cut }) => {
        const store = await newLog()
        await record(store, history.slice(0, cut))
        await catchUp(READ_MODELS, { store, database: database.kysely, clock })
        await record(store, history.slice(cut))
        const again = fromTheBeginning(store)
        await catchUp(READ_MODELS, { store: again, database: database.kysely, clock })
        const folded = await (await Folding.open(database.kysely, 'once')).fold([history])
        for (const model of READ_MODELS) {
          expect(folded).toMatchObject(await rowsOf(database.kysely, model))
        }
      })
      await fc.assert(property, { numRuns: 4 })
    })

    it('equals what is rebuilt from the log, for all schools and for one, and no row of another school is touched', async () => {
      const two = fc.tuple(histories(SCHOOL), histories(OTHER_SCHOOL))
      const property = fc.asyncProperty(two, async ([ours, theirs]) => {
        const store = await newLog()
        await record(store, oneLog(ours, theirs))
        await catchUp(READ_MODELS, { store, database: database.kysely, clock })
        for (const model of READ_MODELS) {
          const before = await rowsOf(database.kysely, model)
          await expectSame(model, null, ours.length + theirs.length)
          expect(await rowsOf(database.kysely, model)).toEqual(before)

          const untouched = {
            where: `school = '${OTHER_SCHOOL}'`,
            columns: `ctid || ' ' || xmin || to_jsonb(r)`,
          }
          const neighbours = await rowsOf(database.kysely, model, untouched)
          await expectSame(model, SCHOOL, ours.length)
          expect(await rowsOf(database.kysely, model)).toEqual(before)
          expect(await rowsOf(database.kysely, model, untouched)).toEqual(neighbours)
        }

        async function expectSame(
          model: ReadModel,
          school: SchoolSlug | null,
          events: number,
        ): Promise<void> {
          const report = await rebuild(model, school, { store, database: database.kysely, clock })
          expect(report).toMatchObject({ readModel: model.name, school, events })
          for (const { rows, digest, differing, examples } of report.tables) {
            expect(rows.rebuilt).toBe(rows.live)
            expect(digest.rebuilt).toBe(digest.live)
            expect({ differing, examples }).toEqual({ differing: 0, examples: [] })
          }
        }
      })
      await fc.assert(property, { numRuns: 2 })
    })
  })
})

const batchSizes = fc.integer({ min: 1, max: 80 })

const historyAndCut = histories().chain((history) =>
  fc.record({
    history: fc.constant(history),
    // Between two commands, as a log is always.
    cut: fc
      .constantFrom(...history.keys())
      .map((index) => history.findIndex(({ meta }) => meta['cmd'] === history[index]!.meta['cmd']))
      .filter((index) => index > 0),
  }),
)

function inBatches(history: History, size: number): History[] {
  const batches: History[] = []
  for (let from = 0; from < history.length; from += size) batches.push(history.slice(from, from + size))
  return batches
}

/** The log as it stands, but a reader who says where to go on is handed everything. */
function fromTheBeginning(store: EventStore): EventStore {
  return {
    append: (...to) => store.append(...to),
    readStream: (...from) => store.readStream(...from),
    readAll: (...from) => store.readAll(...from),
    subscribe: (options) => store.subscribe({ ...options, after: null }),
    head: () => store.head(),
    close: () => store.close(),
  }
}

function merged(ours: Rows, theirs: Rows): Rows {
  const tables = Object.entries(ours).map(([name, rows]) => [name, [...rows, ...theirs[name]!].toSorted()])
  return Object.fromEntries(tables)
}
