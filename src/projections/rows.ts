import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'

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
