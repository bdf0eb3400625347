import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'

/** A statement that is asked for its rows: a parameter that is no text says what it is (`$2::uuid`). */
export interface Question<Row> {
  readonly text: string
  readonly values: readonly unknown[]
  /** What a row is, for the compiler alone. */
  readonly row?: Row
}

export function question<Row>(text: string, values: readonly unknown[]): Question<Row> {
  return { text, values }
}

/**
 * The rows of a query as one JSON text. On PGlite rows that cross the boundary one by one cost more than the query
 * itself; on PostgreSQL it makes no difference.
 */
export async function rows<Row>(
  database: Kysely<unknown>,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const [found] = await query<{ rows: string }>(
    database,
    `select coalesce(json_agg(found), '[]')::text as rows from (${text}) found`,
    values,
  )
  return JSON.parse(found!.rows) as Row[]
}

/** The rows of one question. */
export function answered<Row>(database: Kysely<unknown>, { text, values }: Question<Row>): Promise<Row[]> {
  return rows<Row>(database, text, values)
}

/**
 * The rows of several questions, of one moment and by one statement: most of what a view waits for is turns.
 *
 * The planner is not shown the values. A statement that it could plan better by them it plans anew each time, and for one
 * that looks into a dozen tables that takes longer than to carry it out (docs/decisions/0109).
 */
export async function together<Rows extends object>(
  database: Kysely<unknown>,
  questions: { readonly [Name in keyof Rows]: Question<Rows[Name]> },
): Promise<{ readonly [Name in keyof Rows]: Array<Rows[Name]> }> {
  const values: unknown[] = []
  const columns = Object.entries<Question<unknown>>(questions).map(([name, of]) => {
    const before = values.length
    values.push(...of.values)
    const text = of.text.replaceAll(
      /\$(\d+)((?:::\w+)?)/g,
      (_, n: string, type: string) => `(select $${before + Number(n)}::text${type})`,
    )
    return `(select coalesce(json_agg(found), '[]')::text from (${text}) found) as "${name}"`
  })
  const texts = values.map((value) => (typeof value === 'number' ? String(value) : value))
  const [found] = await query<Record<string, string>>(database, `select ${columns.join(', ')}`, texts)
  return Object.fromEntries(Object.entries(found!).map(([name, text]) => [name, JSON.parse(text)])) as {
    readonly [Name in keyof Rows]: Array<Rows[Name]>
  }
}
