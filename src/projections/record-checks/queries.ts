import type { Kysely } from 'kysely'
import type { SchoolSlug } from '#values/school.ts'
import { query } from '#events/store/sql.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import { schemaOf } from '../read-model.ts'
import { rows } from '../rows.ts'
import { recordChecks as recordChecksModel, type RecordCheckRow } from './projection.ts'

const CHECKS = schemaOf(recordChecksModel)

const GOOD = `fault is null and differing = 0 and whole_log <> 'differs'`

/** Whether a check found nothing that must not be. */
export function isGood({
  fault,
  differing,
  whole_log: wholeLog,
}: Pick<RecordCheckRow, 'fault' | 'differing' | 'whole_log'>): boolean {
  return fault === null && differing === 0 && wholeLog !== 'differs'
}

/** The checks of a school, the newest first. */
export function recordChecks(
  database: Kysely<unknown>,
  school: SchoolSlug,
  until: LocalDate,
): Promise<RecordCheckRow[]> {
  const text = `select date, at, records, streams, part, rows, not_compared, fault, whole_log, differing, differences
    from ${CHECKS}.record_check where school = $1 and date <= $2 order by date desc limit 62`
  return rows(database, text, [school, until])
}

/** How the newest checks of all schools stand, together: for those who look after the service. */
export interface ChecksStanding {
  readonly schools: number
  /** Schools whose newest check found something that must not be. */
  readonly differing: number
  /** When the school that was checked longest ago was checked; null where none was. */
  readonly oldest: Instant | null
  readonly newest: Instant | null
}

export async function checksStanding(database: Kysely<unknown>): Promise<ChecksStanding> {
  const [found] = await query<ChecksStanding>(
    database,
    `select count(*)::integer as schools, (count(*) filter (where not (${GOOD})))::integer as differing,
       min(at) as oldest, max(at) as newest
     from (select distinct on (school) * from ${CHECKS}.record_check order by school, date desc) newest`,
  )
  return found!
}
