import type { Kysely } from 'kysely'
import { query, transaction } from '#events/store/sql.ts'

/** The keys of people, those that wait to be destroyed, and which were. */
const TABLES = {
  dek: 'id uuid, school text, person uuid, purpose text, kek text, wrapped text, made_at text',
  quarantine:
    'id uuid, school text, person uuid, purpose text, kek text, wrapped text, made_at text, taken_at text',
  destroyed: 'school text, person uuid, purpose text, at text',
} as const

const PAGE = 1_000

type Row = { readonly school: string; readonly person: string; readonly purpose: string }

/**
 * Carries the keys of people from one database to another, in the place of those that are there: names and texts are
 * sealed by them, and without them nobody reads either (docs/decisions/0060). They are wrapped by the keys of the
 * installation, which stay in its folder.
 *
 * @returns how many keys there are
 */
export function moveKeys(from: Kysely<unknown>, to: Kysely<unknown>): Promise<number> {
  return transaction(to, async (together) => {
    let keys = 0
    for (const [table, types] of Object.entries(TABLES)) {
      const columns = types.replaceAll(/ (?:uuid|text)/g, '')
      await query(together, `delete from privacy.${table}`)
      for await (const rows of pages(from, table, columns)) {
        await query(
          together,
          `insert into privacy.${table} (${columns}) select ${columns} from json_to_recordset($1::json) as given(${types})`,
          [JSON.stringify(rows)],
        )
        if (table !== 'destroyed') keys += rows.length
      }
    }
    return keys
  })
}

async function* pages(from: Kysely<unknown>, table: string, columns: string): AsyncGenerator<Row[]> {
  let after = ['', '00000000-0000-0000-0000-000000000000', '']
  for (;;) {
    const rows = await query<Row>(
      from,
      `select ${columns} from privacy.${table}
       where (school, person, purpose) > ($1, $2::uuid, $3) order by school, person, purpose limit $4`,
      [...after, PAGE],
    )
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    after = [last.school, last.person, last.purpose]
  }
}
