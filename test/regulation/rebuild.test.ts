import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { auditTrail } from '#projections/audit-trail/projection.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { classJournal } from '#projections/class-journal/projection.ts'
import { grid } from '#projections/class-journal/queries.ts'
import { type ReadModel, schemaOf, tablesOf } from '#projections/read-model.ts'
import { rebuild } from '#projections/rebuild.ts'
import { pageId, SchoolSlug } from '#values/school.ts'
import { Instant } from '#values/time.ts'
import { ALGEBRA, Q2 } from '#support/class-7a.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'
import { histories, oneLog, record } from '#support/random-history.ts'
import { SCHOOL } from '#support/spec.ts'
import { catchUp } from '../projections/catch-up.ts'

const JOURNAL = schemaOf(classJournal)

const NEIGHBOUR = SchoolSlug.parse('tomsk36')
const clock = () => Instant.parse('2026-12-30T03:00:00.000Z')

describe('read models are rebuilt from events', () => {
  eachEngine((engine) => {
    let database: TestDatabase
    let store: EventStore

    beforeEach(async () => {
      database = await engine.open()
      store = await PostgresLog.open(database.kysely)
      const [ours] = fc.sample(histories(SCHOOL, 100), { numRuns: 1, seed: 3 })
      const [neighbour] = fc.sample(histories(NEIGHBOUR, 100), { numRuns: 1, seed: 4 })
      await record(store, oneLog(ours!, neighbour!))
      await catchUp(READ_MODELS, { store, database: database.kysely, clock })
    })

    const rebuilt = (model: ReadModel, school: SchoolSlug | null) =>
      rebuild(model, school, { store, database: database.kysely, clock })
    const page = () => grid(database.kysely, `${SCHOOL}.journalPage-${pageId(ALGEBRA, Q2)}`)
    const digestOf = (relation: string) =>
      query(
        database.kysely,
        `select count(*), md5(string_agg(r::text, '' order by r::text)) from ${relation} r`,
      )
    const rowsOf = (model: ReadModel, school: SchoolSlug) =>
      Promise.all(
        tablesOf(model).map(({ name }) =>
          digestOf(`(select * from ${schemaOf(model)}.${name} where school = '${school}')`),
        ),
      )

    it('R-D3, R-A3.2b: one read model of one school is rebuilt while its page is read, and every row is as it was', async () => {
      const before = await page()
      expect(before.lessons.length).toBeGreaterThan(3)
      const done = new AbortController()
      const reading = (async () => {
        for (let reads = 0; ; reads++) {
          await setImmediate()
          expect(await page()).toEqual(before)
          if (done.signal.aborted) return reads
        }
      })()
      try {
        for (const model of READ_MODELS) {
          const { tables } = await rebuilt(model, SCHOOL)
          expect(tables.map(({ table }) => table)).toEqual(tablesOf(model).map(({ name }) => name))
          for (const { differing, rows, digest } of tables) {
            expect(differing).toBe(0)
            expect(rows.rebuilt).toBe(rows.live)
            expect(digest.rebuilt).toBe(digest.live)
          }
        }
      } finally {
        done.abort()
      }
      expect(await reading).toBeGreaterThan(1)
    })

    it('R-D3: rows that somebody altered past the record are reported one by one and come right', async () => {
      const before = await page()
      const neighbour = await Promise.all(READ_MODELS.map((model) => rowsOf(model, NEIGHBOUR)))
      const [{ lesson }] = (await query<{ lesson: string }>(
        database.kysely,
        `update ${JOURNAL}.lesson set topic = 'Другая тема', corrected = false
         where (stream, lesson) = (select stream, lesson from ${JOURNAL}.lesson where school = $1 limit 1) returning lesson`,
        [SCHOOL],
      )) as [{ lesson: string }]
      await query(
        database.kysely,
        `update ${JOURNAL}.cell set marks = '[]' where school = $1 and marks <> '[]'`,
        [SCHOOL],
      )
      expect(await page()).not.toEqual(before)

      const { tables } = await rebuilt(classJournal, SCHOOL)
      const report = Object.fromEntries(tables.map((of) => [of.table, of]))
      expect(report['page']).toMatchObject({ differing: 0 })
      expect(report['lesson']).toMatchObject({ differing: 2 })
      expect(report['lesson']!.examples).toContainEqual({
        side: 'live',
        row: expect.objectContaining({ lesson, topic: 'Другая тема' }),
      })
      expect(report['cell']!.differing).toBeGreaterThan(1)
      expect(await page()).toEqual(before)
      expect(await Promise.all(READ_MODELS.map((model) => rowsOf(model, NEIGHBOUR)))).toEqual(neighbour)
    })

    it('R-D3: a read model that was lost altogether comes back from the record alone', async () => {
      const before = await rowsOf(auditTrail, SCHOOL)
      for (const { name } of tablesOf(auditTrail))
        await query(database.kysely, `delete from audit_trail_v2.${name}`)
      const { tables } = await rebuilt(auditTrail, null)
      for (const { rows } of tables) expect(rows.live).toBe(0)
      expect(await rowsOf(auditTrail, SCHOOL)).toEqual(before)
    })

    it('R-D3: a rebuild has no effect on the record, and is on record itself', async () => {
      const record = await digestOf('log.event')
      const reports = await Promise.all(READ_MODELS.map((model) => rebuilt(model, SCHOOL)))
      reports.push(await rebuilt(auditTrail, null))
      expect(await digestOf('log.event')).toEqual(record)
      const logged = await query<{ report: object }>(
        database.kysely,
        'select report from projection.rebuild where finished is not null',
      )
      expect(new Set(logged.map(({ report }) => report))).toEqual(new Set(reports))
    })
  })
})
