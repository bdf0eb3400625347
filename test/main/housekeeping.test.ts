import { describe, expect, it } from 'vitest'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { tidy } from '#main/housekeeping.ts'
import { pageOpened, school } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { recordPast } from '#support/past-in-log.ts'

describe('tidy', () => {
  it('tells the planner of the embedded database how many rows its tables hold', async () => {
    const database = await testEngine('pglite').open()
    const store = await PostgresLog.open(database.kysely, { soleWriter: true })
    await recordPast(store, [...school, pageOpened])
    // PostgreSQL writes −1 for a table of which it knows nothing yet.
    const known = async (): Promise<number> => {
      const text = `select reltuples::integer as rows from pg_class where oid = 'log.event'::regclass`
      return (await query<{ rows: number }>(database.kysely, text))[0]!.rows
    }
    expect(await known()).toBe(-1)
    await tidy(database)
    expect(await known()).toBe(school.length + 1)
  })
})
