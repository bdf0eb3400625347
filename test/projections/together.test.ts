import { beforeAll, describe, expect, it } from 'vitest'
import { connection, query } from '#events/store/sql.ts'
import type { Database } from '#main/database.ts'
import { answered, question, together } from '#projections/rows.ts'
import { id } from '#support/class-7a.ts'
import { eachEngine, postgresAbsence, testEngine } from '#support/databases.ts'

const [ANNA, BORIS] = [id('pupil/anna'), id('pupil/boris')]

/** Parameters of each kind that a question has, some of them twice, and none at all. */
const questions = {
  texts: question<{ n: number; at: string }>(
    `select n, $1 || '-' || $2 as at from generate_series(1, $3::integer) n where $2 > '' order by n desc`,
    ['2026', '11', 12],
  ),
  ids: question<{ person: string }>(
    `select person from (values ($1::uuid), (null)) known(person)
     where person in (select value::uuid from json_array_elements_text($2::json))`,
    [ANNA, JSON.stringify([BORIS, ANNA])],
  ),
  absent: question<{ is: boolean }>(`select $1::json is null and $2::jsonb ? $3 as is`, [
    null,
    JSON.stringify([ANNA]),
    ANNA,
  ]),
  nothing: question<object>('select 1 as one where false', []),
}

describe('questions that are asked together', () => {
  eachEngine((engine) => {
    let database: Database
    beforeAll(async () => {
      database = await engine.openBare()
    })

    it('are answered by one statement as each would be alone', async () => {
      const { kysely } = database
      const found = await together(kysely, questions)
      expect(found.texts[0]).toEqual({ n: 12, at: '2026-11' })
      expect(found).toEqual({
        texts: await answered(kysely, questions.texts),
        ids: [{ person: ANNA }],
        absent: [{ is: true }],
        nothing: [],
      })
      expect(Object.keys(found)).toEqual(Object.keys(questions))
    })
  })

  describe.skipIf(postgresAbsence !== null)('on a server', () => {
    const engine = testEngine('postgres')

    it('are planned for whatever values come, not anew each time', async () => {
      const { kysely } = await engine.openBare()
      await connection(kysely, async (session) => {
        for (let n = 0; n < 12; n++) await together(session, questions)
        const text = `select generic_plans::integer as once, custom_plans::integer as anew from pg_prepared_statements
          where statement like 'select (select%'`
        // The server tries five times what the values would gain.
        expect(await query(session, text)).toEqual([{ once: 7, anew: 5 }])
      })
    })
  })
})
