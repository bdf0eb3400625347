import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import { canonicalJson, type Json } from '#integrity/tlog/canonical-json.ts'
import type { SchoolSlug } from '#values/school.ts'

/**
 * What stands beside the log and is not made from it: without names and log-ins a school that was moved or restored
 * would be dumb (docs/decisions/0010). Sessions are not kept anywhere, and the request log stays where it was written.
 */
export const PEOPLE = {
  names: {
    table: 'person.name',
    columns: ['school', 'person', 'key', 'sealed', 'kept_by', 'kept_at', 'former'],
    /** Copies of version 1 hold names in clear: they are sealed when they were put back. */
    before: ['family', 'given', 'patronymic'],
    types:
      'school text, person uuid, family text, given text, patronymic text, key uuid, sealed text, kept_by uuid, kept_at text, former jsonb',
    key: 'person',
  },
  credentials: {
    table: 'access.credential',
    columns: ['school', 'login', 'account', 'hash', 'kept_at'],
    before: [],
    types: 'school text, login text, account uuid, hash text, kept_at text',
    key: 'login',
  },
} as const

export type PeopleKind = keyof typeof PEOPLE
export const PEOPLE_KINDS = Object.keys(PEOPLE) as PeopleKind[]

const PAGE = 1_000

type Row = Readonly<Record<string, Json>>

/** The rows as canonical JSON, in order of school and key: of all schools, or of one. */
export async function* peopleLines(
  database: Kysely<unknown>,
  kind: PeopleKind,
  school: SchoolSlug | null,
): AsyncGenerator<string> {
  const { table, columns, key } = PEOPLE[kind]
  const text = `select ${columns.join(', ')} from ${table}
    where (school, ${key}) > ($1, ($2::text)${kind === 'names' ? '::uuid' : ' collate "C"'})
      ${school === null ? '' : 'and school = $4'}
    order by school, ${key} limit $3`
  let after: readonly [string, string] = ['', kind === 'names' ? '00000000-0000-0000-0000-000000000000' : '']
  for (;;) {
    const values = [...after, PAGE, ...(school === null ? [] : [school])]
    const rows = await query<Row>(database, text, values)
    for (const row of rows) yield canonicalJson(row)
    if (rows.length < PAGE) return
    const last = rows.at(-1)!
    after = [last['school'] as string, last[key] as string]
  }
}

export type PeopleLines = (kind: PeopleKind) => AsyncIterable<readonly string[]>

/** Puts the rows in the place of those that are there, all or none, and tells how many of each kind there are. */
export function replacePeople(
  database: Kysely<unknown>,
  lines: PeopleLines,
): Promise<Readonly<Record<PeopleKind, number>>> {
  return database.transaction().execute(async (transaction) => {
    const counts = { names: 0, credentials: 0 }
    for (const kind of PEOPLE_KINDS) {
      const { table, types, ...of } = PEOPLE[kind]
      const columns = [...of.columns, ...of.before]
      await query(transaction, `delete from ${table}`)
      for await (const some of lines(kind)) {
        await query(
          transaction,
          `insert into ${table} (${columns.join(', ')})
           select ${columns.join(', ')} from json_to_recordset($1::json) as given(${types})`,
          [`[${some.join(',')}]`],
        )
        counts[kind] += some.length
      }
    }
    return counts
  })
}

/** Whether nobody's name and nobody's log-in is there. */
export async function hasNobody(database: Kysely<unknown>): Promise<boolean> {
  for (const kind of PEOPLE_KINDS) {
    if ((await query(database, `select 1 from ${PEOPLE[kind].table} limit 1`)).length > 0) return false
  }
  return true
}

/** Lines in groups of {@link PAGE}, as {@link replacePeople} takes them. */
export async function* paged(lines: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let page: string[] = []
  for await (const line of lines) {
    page.push(line)
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
