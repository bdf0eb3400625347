import type { Kysely } from 'kysely'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { summarySheet } from '../summary-sheet/projection.ts'
import { schemaOf } from '../read-model.ts'
import { rows } from '../rows.ts'
import { archiveRegister, type PackageRow, type PrintSetRow } from './projection.ts'

const REGISTER = schemaOf(archiveRegister)
const SUMMARY = schemaOf(summarySheet)

const COLUMNS = `package, scope, year, sealed_at, sealed_by, revisions, content_digest, retain_until, replaces, issued_at, sha512,
  tagmanifest_sha512, bytes, checkpoint, superseded_by, accepted_at, accepted_by, signatures, act, verified_at, verified,
  verified_detail, approved_at, approval, destroyed_on, destruction_act`

export type PackageEntry = Omit<PackageRow, 'scope_key'>

/** The register, the newest first; of one school year where it is named. */
export function packages(
  database: Kysely<unknown>,
  school: SchoolSlug,
  year: number | null,
): Promise<PackageEntry[]> {
  const text = `select ${COLUMNS} from ${REGISTER}.package
    where school = $1 and ($2::integer is null or year = $2::integer) order by sealed_at desc, package`
  return rows(database, text, [school, year])
}

export async function packageEntry(
  database: Kysely<unknown>,
  school: SchoolSlug,
  id: Uuid,
): Promise<PackageEntry | undefined> {
  const text = `select ${COLUMNS} from ${REGISTER}.package where school = $1 and package = $2`
  const [found] = await rows<PackageEntry>(database, text, [school, id])
  return found
}

/** The newest issued package of a scope that is there; undefined before the first. */
export async function newestOf(
  database: Kysely<unknown>,
  school: SchoolSlug,
  scopeKey: string,
): Promise<Pick<PackageRow, 'package' | 'scope' | 'sealed_at' | 'revisions'> | undefined> {
  const text = `select package, scope, sealed_at, revisions from ${REGISTER}.package
    where school = $1 and scope_key = $2 and issued_at is not null and destroyed_on is null
    order by sealed_at desc, package limit 1`
  const [found] = await rows<Pick<PackageRow, 'package' | 'scope' | 'sealed_at' | 'revisions'>>(
    database,
    text,
    [school, scopeKey],
  )
  return found
}

/** Packages that are there and were not checked since an instant, of all schools, those unchecked longest first. */
export function uncheckedSince(
  database: Kysely<unknown>,
  since: Instant,
): Promise<Array<{ readonly school: SchoolSlug; readonly package: Uuid }>> {
  const text = `select school, package from ${REGISTER}.package
    where issued_at is not null and destroyed_on is null and coalesce(verified_at, issued_at) < $1
    order by coalesce(verified_at, issued_at), package`
  return rows(database, text, [since])
}

export function printSet(
  database: Kysely<unknown>,
  school: SchoolSlug,
  year: number,
): Promise<PrintSetRow[]> {
  const text = `select year, registered_at, printed, volumes, sheets, packages, signed_by from ${REGISTER}.print_set
    where school = $1 and year = $2`
  return rows(database, text, [school, year])
}

/** The pages of the whole year that are closed, of all schools: a class whose year is over has them all. */
export function closedYears(
  database: Kysely<unknown>,
): Promise<
  Array<{ readonly school: SchoolSlug; readonly year: number; readonly journals: readonly Uuid[] }>
> {
  const text = `select school, year, json_agg(journal order by journal) as journals from ${SUMMARY}.page
    where period = 'year' and closed_at is not null group by school, year order by school, year`
  return rows(database, text, [])
}

/** Every page of a school year with the last revision that the summary knows of it. */
export function pageRevisions(
  database: Kysely<unknown>,
  school: SchoolSlug,
  year: number,
): Promise<Array<{ readonly stream: string; readonly journal: Uuid; readonly revision: number }>> {
  const text = `select stream, journal, revision from ${SUMMARY}.page where school = $1 and year = $2 order by stream`
  return rows(database, text, [school, year])
}

/** How far the summary knows these streams, as far as they are pages. */
export async function knownRevisions(
  database: Kysely<unknown>,
  school: SchoolSlug,
): Promise<ReadonlyMap<string, number>> {
  const text = `select stream, revision from ${SUMMARY}.page where school = $1`
  const found = await rows<{ stream: string; revision: number }>(database, text, [school])
  return new Map(found.map(({ stream, revision }) => [stream, revision]))
}

/** The files of packages that were destroyed by an act, of all schools. */
export async function destroyedFiles(database: Kysely<unknown>): Promise<string[]> {
  const text = `select sha512 from ${REGISTER}.package where destroyed_on is not null and sha512 is not null`
  return (await rows<{ sha512: string }>(database, text, [])).map(({ sha512 }) => sha512)
}

/** How packages stand, of all schools together: for metrics. */
export async function counts(database: Kysely<unknown>): Promise<{
  readonly issued: number
  readonly accepted: number
  readonly failed: number
  readonly oldest: Instant | null
}> {
  const text = `select count(*)::integer as issued, (count(*) filter (where accepted_at is not null))::integer as accepted,
      (count(*) filter (where verified <> 'verified'))::integer as failed, min(coalesce(verified_at, issued_at)) as oldest
    from ${REGISTER}.package where issued_at is not null and destroyed_on is null`
  const [found] = await rows<Awaited<ReturnType<typeof counts>>>(database, text, [])
  return found!
}
