import type { Kysely } from 'kysely'
import type { SchoolSlug } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { schemaOf } from '../read-model.ts'
import { rows } from '../rows.ts'
import { schoolDirectory, type Span } from './projection.ts'

/** What lists that leave the school need beside the look-ups of its pages. */

const DIRECTORY = schemaOf(schoolDirectory)

type Database = Kysely<unknown>

export function subjects(
  database: Database,
  school: SchoolSlug,
): Promise<Array<{ subject: Uuid; name: string; component: 'federal' | 'school' }>> {
  return rows(
    database,
    `select subject, name, component from ${DIRECTORY}.subject where school = $1 order by name`,
    [school],
  )
}

export interface OrderedEntry {
  readonly pupil: Uuid
  /** Of a placement; null of an enrolment. */
  readonly class: Uuid | null
  readonly from: LocalDate
  readonly order_number: string | null
  readonly order_date: LocalDate | null
}

/** The orders by which pupils were enrolled or placed into classes; those that came last of a pupil, class and day stand last. */
export function ordersOf(
  database: Database,
  school: SchoolSlug,
  kind: 'enrolled' | 'placed',
): Promise<OrderedEntry[]> {
  const text = `select pupil, class, "from", order_number, order_date from ${DIRECTORY}.movement
    where school = $1 and kind = $2 and order_number is not null order by revision`
  return rows(database, text, [school, kind])
}

/** Everybody who was ever in a class or a group of a year. */
export function membersOfYear(
  database: Database,
  school: SchoolSlug,
  year: number,
  kind: 'class' | 'group',
): Promise<Array<{ unit: Uuid; pupil: Uuid; spans: readonly Span[] }>> {
  const text = `select m.unit, m.pupil, m.spans from ${DIRECTORY}.member m
    join ${DIRECTORY}.unit u on u.school = m.school and u.unit = m.unit
    where m.school = $1 and u.year = $2 and u.kind = $3 order by u.name, m.unit, m.pupil`
  return rows(database, text, [school, year, kind])
}

export interface Representative extends Span {
  readonly representative: Uuid
  readonly pupil: Uuid
  readonly kinship: 'mother' | 'father' | 'guardian' | 'other'
}

/** Who represented whom on a date. */
export function representativesOn(
  database: Database,
  school: SchoolSlug,
  on: LocalDate,
): Promise<Representative[]> {
  const text = `select representative, pupil, kinship, "from", until from ${DIRECTORY}.representative
    where school = $1 and "from" <= $2 and (until is null or $2 < until) order by pupil, representative`
  return rows(database, text, [school, on])
}

/** Every account with the roles that it has for the whole school. Those of a part of it no list could carry. */
export async function accountsWithRoles(
  database: Database,
  school: SchoolSlug,
): Promise<
  Array<{
    account: Uuid
    person: Uuid
    kind: 'pupil' | 'staff' | null
    roles: Array<Span & { role: string }>
  }>
> {
  const text = `select a.account, a.person, p.kind, r.role, r.holdings from ${DIRECTORY}.account a
    join ${DIRECTORY}.role r on r.school = a.school and r.account = a.account
    left join ${DIRECTORY}.person p on p.school = a.school and p.person = a.person
    where a.school = $1 order by a.account, r.role`
  const found = await rows<{
    account: Uuid
    person: Uuid
    kind: 'pupil' | 'staff' | null
    role: string
    holdings: ReadonlyArray<Span & { readonly ends_at: string | null; readonly scope: unknown }>
  }>(database, text, [school])
  return found.map(({ role, holdings, ...account }) => ({
    ...account,
    roles: holdings
      .filter(({ ends_at, scope }) => ends_at === null && scope === null)
      .map(({ from, until }) => ({ role, from, until })),
  }))
}
