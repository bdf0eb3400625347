import type { Kysely } from 'kysely'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { classJournal } from '../class-journal/projection.ts'
import { schemaOf } from '../read-model.ts'
import { rows } from '../rows.ts'
import { type PaperDifferenceRow, paperDifferences } from './projection.ts'

const DIFFERENCES = schemaOf(paperDifferences)
const JOURNAL = schemaOf(classJournal)

export interface PaperDifference extends PaperDifferenceRow {
  readonly page: Uuid
  readonly journal: Uuid
  readonly period: string
  readonly date: LocalDate | null
  readonly number: number | null
}

/** What of the differences of a school year is asked for; null is everything. */
export interface DifferencesWanted {
  readonly year: number
  readonly journals: readonly Uuid[] | null
  readonly page: Uuid | null
  readonly state: string | null
}

/** The differences of a school year in the order in which they were registered, after a place in it. */
export function differences(
  database: Kysely<unknown>,
  school: SchoolSlug,
  { year, journals, page, state }: DifferencesWanted,
  after: readonly [Instant, Uuid] | null,
  limit: number,
): Promise<PaperDifference[]> {
  const text = `
    select d.difference, d.what, d.lesson, d.pupil, d.paper, d.electronic, d.found_on, d.registered_at, d.account, d.role,
      d.state, d.settled_at, d.settled_by, d.fixed_by, d.explanation, p.page, p.journal, p.period, l.date, l.number
    from ${DIFFERENCES}.difference d
    join ${DIFFERENCES}.page p on p.stream = d.stream
    left join ${JOURNAL}.lesson l on l.stream = d.stream and l.lesson = d.lesson
    where d.school = $1 and p.year = $2
      and ($3::json is null or p.journal in (select value::uuid from json_array_elements_text($3::json)))
      and ($4::uuid is null or p.page = $4)
      and ($5::text is null or d.state = $5)
      and ($6::text is null or (d.registered_at, d.difference) > ($6, $7::uuid))
    order by d.registered_at, d.difference limit $8`
  const named = journals === null ? null : JSON.stringify(journals)
  return rows(database, text, [
    school,
    year,
    named,
    page,
    state,
    after?.[0] ?? null,
    after?.[1] ?? null,
    limit,
  ])
}
