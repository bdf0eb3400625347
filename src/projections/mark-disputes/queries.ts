import type { Kysely } from 'kysely'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { classJournal } from '../class-journal/projection.ts'
import { schemaOf } from '../read-model.ts'
import { type Question, question, rows } from '../rows.ts'
import { type DisputeRow, markDisputes } from './projection.ts'

const DISPUTES = schemaOf(markDisputes)
const JOURNAL = schemaOf(classJournal)

export interface Dispute extends DisputeRow {
  readonly page: Uuid
  readonly journal: Uuid
  readonly period: string
  readonly date: LocalDate | null
  readonly number: number | null
  readonly kind: string | null
}

const FOUND = `
  select d.dispute, d.entry, d.work, d.lesson, d.pupil, d.value, d.text, d.filed_at, d.account, d.role, d.state,
    d.answered_at, d.answered_by, d.answer, d.upheld_by, p.page, p.journal, p.period, l.date, l.number, w.kind
  from ${DISPUTES}.dispute d
  join ${DISPUTES}.page p on p.stream = d.stream
  left join ${JOURNAL}.lesson l on l.stream = d.stream and l.lesson = d.lesson
  left join ${JOURNAL}.work w on w.stream = d.stream and w.work = d.work`

/** What of the disputes of a school year is asked for; null is everything. */
export interface DisputesWanted {
  readonly year: number
  readonly journals: readonly Uuid[] | null
  readonly pupils: readonly Uuid[] | null
  readonly open: boolean | null
}

/** The disputes of a school year in the order in which they were filed, after a place in it. */
export function disputes(
  database: Kysely<unknown>,
  school: SchoolSlug,
  { year, journals, pupils, open }: DisputesWanted,
  after: readonly [Instant, Uuid] | null,
  limit: number,
): Promise<Dispute[]> {
  const text = `${FOUND}
    where d.school = $1 and p.year = $2
      and ($3::json is null or p.journal in (select value::uuid from json_array_elements_text($3::json)))
      and ($4::json is null or d.pupil in (select value::uuid from json_array_elements_text($4::json)))
      and ($5::boolean is null or (d.state = 'open') = $5)
      and ($6::text is null or (d.filed_at, d.dispute) > ($6, $7::uuid))
    order by d.filed_at, d.dispute limit $8`
  return rows(database, text, [
    school,
    year,
    list(journals),
    list(pupils),
    open,
    after?.[0] ?? null,
    after?.[1] ?? null,
    limit,
  ])
}

/** The disputes about marks of a pupil at the lessons between two dates, in the order in which they were filed. */
export function disputesOfPupil(
  school: SchoolSlug,
  pupil: Uuid,
  from: LocalDate,
  until: LocalDate,
): Question<Dispute> {
  const text = `${FOUND} where d.school = $1 and d.pupil = $2::uuid and l.date between $3 and $4 order by d.filed_at, d.dispute`
  return question(text, [school, pupil, from, until])
}

function list(ids: readonly Uuid[] | null): string | null {
  return ids === null ? null : JSON.stringify(ids)
}
