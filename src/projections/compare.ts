import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { SchoolSlug } from '#values/school.ts'
import { type AnyTable, type ReadModel, schemaOf, tablesOf } from './read-model.ts'

export interface TableReport {
  readonly table: string
  readonly rows: { readonly live: number; readonly rebuilt: number }
  /** Equal rows, equal digests; of other rows, two digests are equal by a chance of one in 2^64. */
  readonly digest: { readonly live: string; readonly rebuilt: string }
  /** Rows that stand on one side only; a row that changed counts on both. */
  readonly differing: number
  /** Some of them. */
  readonly examples: ReadonlyArray<{ readonly side: 'live' | 'rebuilt'; readonly row: unknown }>
}

/** Holds a model that was built beside the live one against it, table by table. Both must stand at one event. */
export async function compare(
  database: Kysely<unknown>,
  model: ReadModel,
  beside: string,
  school: SchoolSlug | null,
): Promise<TableReport[]> {
  const reports: TableReport[] = []
  for (const table of tablesOf(model)) {
    const live = selection(schemaOf(model), table, school)
    const rebuilt = selection(beside, table, school)
    const [one, other] = await Promise.all([summary(database, live), summary(database, rebuilt)])
    const { differing, examples } =
      one.digest === other.digest ? NOTHING_DIFFERS : await differences(database, live, rebuilt)
    reports.push({
      table: table.name,
      rows: { live: one.rows, rebuilt: other.rows },
      digest: { live: one.digest, rebuilt: other.digest },
      differing,
      examples,
    })
  }
  return reports
}

const NOTHING_DIFFERS: Pick<TableReport, 'differing' | 'examples'> = { differing: 0, examples: [] }

async function differences(
  database: Kysely<unknown>,
  live: string,
  rebuilt: string,
): Promise<Pick<TableReport, 'differing' | 'examples'>> {
  const examples = await query<{ side: 'live' | 'rebuilt'; row: unknown; of: string }>(
    database,
    `with only_live as (select * from ${live} l except select * from ${rebuilt} n),
          only_rebuilt as (select * from ${rebuilt} n except select * from ${live} l),
          found as (select 'live' as side, to_jsonb(a) as row from only_live a
                    union all select 'rebuilt', to_jsonb(b) from only_rebuilt b)
     select side, row, (select count(*) from found)::text as of from found limit 20`,
  )
  return {
    differing: Number(examples[0]?.of ?? 0),
    examples: examples.map(({ side, row }) => ({ side, row })),
  }
}

/**
 * Over the sum of the hashes of all rows, which PostgreSQL adds up in 128 bits: in any order of rows, without sorting
 * them, and without a text of them all, which for a region would be more than PostgreSQL can hold.
 */
async function summary(database: Kysely<unknown>, rows: string): Promise<{ rows: number; digest: string }> {
  const [row] = await query<{ rows: string; digest: string }>(
    database,
    `select count(*)::text as rows, encode(sha256(convert_to(
       concat_ws(' ', count(*), sum(hash_record_extended(r, 0))), 'UTF8')), 'hex') as digest
     from ${rows} r`,
  )
  return { rows: Number(row!.rows), digest: row!.digest }
}

/** A table, or the rows of one school in it. The slug is checked by its type, and holds letters and digits only. */
function selection(schema: string, { name }: AnyTable, school: SchoolSlug | null): string {
  const where = school === null ? '' : ` where school = '${school}'`
  return `(select * from ${schema}.${name}${where})`
}
