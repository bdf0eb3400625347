import type { Kysely } from 'kysely'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { schemaOf } from '../read-model.ts'
import { rows } from '../rows.ts'
import { type PrintoutRow, printouts } from './projection.ts'

const COLUMNS = `select printout, template, of, "from", until, snapshot, content, digest, bytes, recipient,
  issued_at, issued_by, certified_at, certified_by from ${schemaOf(printouts)}.printout`

export async function printout(
  database: Kysely<unknown>,
  school: SchoolSlug,
  id: Uuid,
): Promise<PrintoutRow | undefined> {
  const [found] = await rows<PrintoutRow>(database, `${COLUMNS} where school = $1 and printout = $2`, [
    school,
    id,
  ])
  return found
}

/** What was issued, the newest first, after a place in that order. */
export function issuedAfter(
  database: Kysely<unknown>,
  school: SchoolSlug,
  after: readonly [Instant, Uuid] | null,
  limit: number,
): Promise<PrintoutRow[]> {
  const text = `${COLUMNS} where school = $1 and ($2::text is null or (issued_at, printout) < ($2, $3::uuid))
    order by issued_at desc, printout desc limit $4`
  return rows(database, text, [school, after?.[0] ?? null, after?.[1] ?? null, limit])
}

/** When each pupil was last given an extract of the diary; not there where none ever was. */
export function lastExtracts(
  database: Kysely<unknown>,
  school: SchoolSlug,
): Promise<Array<{ readonly pupil: Uuid; readonly issued_at: Instant }>> {
  const text = `select (of->>'pupil')::uuid as pupil, max(issued_at) as issued_at from ${schemaOf(printouts)}.printout
    where school = $1 and of->>'kind' = 'pupil' group by of->>'pupil'`
  return rows(database, text, [school])
}

/** What was issued from one instant to another, both included, the oldest first. */
export function issuedBetween(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: Instant,
  until: Instant,
): Promise<PrintoutRow[]> {
  const text = `${COLUMNS} where school = $1 and issued_at between $2 and $3 order by issued_at, printout`
  return rows(database, text, [school, from, until])
}
