import type { Kysely } from 'kysely'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { schemaOf } from '../read-model.ts'
import { answered, type Question, question, rows } from '../rows.ts'
import {
  type AttestationRow,
  type CreditRow,
  type FinalRow,
  type FormRow,
  type SummaryPageRow,
  summarySheet,
} from './projection.ts'

const SUMMARY = schemaOf(summarySheet)

type Database = Kysely<unknown>

export interface Closing {
  readonly closed_at: Instant | null
  readonly excused: readonly Uuid[]
  readonly carried: readonly Uuid[]
  readonly carried_into: Uuid | null
  readonly reopened: SummaryPageRow['reopened']
}

/** The pages of some journals, as the summary knows them. */
export function summaryPages(
  database: Database,
  school: SchoolSlug,
  journals: readonly Uuid[],
): Promise<SummaryPageRow[]> {
  return answered(database, pagesInSummary(school, journals))
}

/** The question of {@link summaryPages}. */
export function pagesInSummary(school: SchoolSlug, journals: readonly Uuid[]): Question<SummaryPageRow> {
  const text = `
    select page, journal, year, period, grading, revision, closed_at, first_closed, excused, carried, carried_into, reopened
    from ${SUMMARY}.page where school = $1 and ${among('journal')} order by journal, period`
  return question(text, [school, JSON.stringify(journals)])
}

/** The closings of one page; undefined where it is not there. */
export async function closingOf(database: Database, stream: string): Promise<Closing | undefined> {
  const text = `select closed_at, excused, carried, carried_into, reopened from ${SUMMARY}.page where stream = $1`
  const [found] = await rows<Closing>(database, text, [stream])
  return found
}

/** The pages whose works were moved into the period of a page, and which works. */
export function carriedInto(
  database: Database,
  school: SchoolSlug,
  page: Uuid,
): Promise<Array<Pick<SummaryPageRow, 'page' | 'carried'>>> {
  const text = `select page, carried from ${SUMMARY}.page where school = $1 and carried_into = $2`
  return rows(database, text, [school, page])
}

/** The works of a year for which no marks are expected any more: they were excused when their page was closed (R-D6). */
export async function excusedWorks(
  database: Database,
  school: SchoolSlug,
  year: number,
): Promise<ReadonlySet<Uuid>> {
  const text = `select w::uuid as work from ${SUMMARY}.page p, jsonb_array_elements_text(p.excused) w
    where p.school = $1 and p.year = $2`
  const found = await rows<{ work: Uuid }>(database, text, [school, year])
  return new Set(found.map(({ work }) => work))
}

export interface SummaryFinal extends FinalRow {
  readonly journal: Uuid
  readonly period: string
  /** Written, or corrected, after the page had been closed (R-D5). */
  readonly after_close: boolean
}

const FINALS = `
  select p.journal, p.period, f.pupil, f.kind, f.value, f.version, f.recorded_at, f.early, f.late_by, f.corrected,
    coalesce(f.version > p.first_closed, false) as after_close
  from ${SUMMARY}.final f join ${SUMMARY}.page p on p.stream = f.stream`
const IN_ORDER = 'order by p.journal, p.period, f.pupil, f.kind'

/** Every final that stands in some journals. */
export function summaryFinals(
  database: Database,
  school: SchoolSlug,
  journals: readonly Uuid[],
): Promise<SummaryFinal[]> {
  const text = `${FINALS} where f.school = $1 and p.school = $1 and ${among('p.journal')} ${IN_ORDER}`
  return rows(database, text, [school, JSON.stringify(journals)])
}

/** The pages of some journals whether each was closed, and the pupils who have the final that it must have. */
export function openFinals(
  database: Database,
  school: SchoolSlug,
  journals: readonly Uuid[],
): Promise<Array<{ journal: Uuid; period: string; closed: boolean; pupils: Uuid[] }>> {
  const text = `
    select p.journal, p.period, p.closed_at is not null as closed,
      coalesce((
        select json_agg(f.pupil) from ${SUMMARY}.final f
        where f.stream = p.stream and f.kind = case when p.period = 'year' then 'year' else 'period' end
      ), '[]') as pupils
    from ${SUMMARY}.page p where p.school = $1 and ${among('p.journal')} order by p.journal, p.period`
  return rows(database, text, [school, JSON.stringify(journals)])
}

/** Every final of a pupil in a school year. */
export function finalsOfPupil(
  database: Database,
  school: SchoolSlug,
  pupil: Uuid,
  year: number,
): Promise<SummaryFinal[]> {
  return answered(database, finalsOfYear(school, pupil, year))
}

/** The question of {@link finalsOfPupil}. */
export function finalsOfYear(school: SchoolSlug, pupil: Uuid, year: number): Question<SummaryFinal> {
  const text = `${FINALS} where f.school = $1 and f.pupil = $2::uuid and p.year = $3::integer ${IN_ORDER}`
  return question(text, [school, pupil, year])
}

/** A final with the school year of its page. */
export type FinalOfYear = FinalRow & Pick<SummaryPageRow, 'journal' | 'period' | 'year'>

/** Every final of a pupil that stands, of all years. */
export function allFinalsOfPupil(
  database: Database,
  school: SchoolSlug,
  pupil: Uuid,
): Promise<FinalOfYear[]> {
  const text = `
    select p.year, p.journal, p.period, f.pupil, f.kind, f.value, f.version, f.recorded_at, f.early, f.late_by, f.corrected
    from ${SUMMARY}.final f join ${SUMMARY}.page p on p.stream = f.stream
    where f.school = $1 and f.pupil = $2 order by p.year, p.journal, p.period, f.kind`
  return rows(database, text, [school, pupil])
}

/** The finals that stand on one page. */
export function finalsOfPage(database: Database, stream: string): Promise<SummaryFinal[]> {
  return rows(database, `${FINALS} where f.stream = $1 ${IN_ORDER}`, [stream])
}

export interface Postponement {
  readonly journal: Uuid
  readonly period: string
  readonly pupil: Uuid
  readonly until: LocalDate
}

const POSTPONEMENTS = `
  select p.journal, p.period, o.pupil, o.until
  from ${SUMMARY}.postponement o join ${SUMMARY}.page p on p.stream = o.stream`

export function summaryPostponements(
  database: Database,
  school: SchoolSlug,
  journals: readonly Uuid[],
): Promise<Postponement[]> {
  const text = `${POSTPONEMENTS} where o.school = $1 and p.school = $1 and ${among('p.journal')}
    order by p.journal, p.period, o.pupil`
  return rows(database, text, [school, JSON.stringify(journals)])
}

export function postponementsOfPage(database: Database, stream: string): Promise<Postponement[]> {
  return rows(database, `${POSTPONEMENTS} where o.stream = $1 order by o.pupil`, [stream])
}

export function postponementsOfPupil(
  database: Database,
  school: SchoolSlug,
  pupil: Uuid,
  year: number,
): Promise<Postponement[]> {
  const text = `${POSTPONEMENTS} where o.school = $1 and o.pupil = $2 and p.year = $3 order by p.journal, p.period`
  return rows(database, text, [school, pupil, year])
}

export interface PromotionDecision {
  readonly class: Uuid
  readonly pupil: Uuid
  readonly decision: string
  readonly order_number: string
  readonly order_date: LocalDate
}

/** What was decided of the pupils of some classes at the end of the year. */
export function decisionsOf(
  database: Database,
  school: SchoolSlug,
  classes: readonly Uuid[],
): Promise<PromotionDecision[]> {
  const text = `select class, pupil, decision, order_number, order_date from ${SUMMARY}.decision
    where school = $1 and ${among('class')} order by class, pupil`
  return rows(database, text, [school, JSON.stringify(classes)])
}

/** The finals of a year, or of all (null), that some pupils brought from elsewhere. */
export function creditsOf(
  database: Database,
  school: SchoolSlug,
  pupils: readonly Uuid[],
  year: number | null,
): Promise<CreditRow[]> {
  const text = `select pupil, year, subject, period, grading, value, issued_by, document_number, document_date
    from ${SUMMARY}.credit where school = $1 and ${among('pupil')} and ($3::integer is null or year = $3) order by pupil, subject, period`
  return rows(database, text, [school, JSON.stringify(pupils), year])
}

/** The protocols of attestation of some pupils in a year, or in all (null). */
export function attestationsOf(
  database: Database,
  school: SchoolSlug,
  pupils: readonly Uuid[],
  year: number | null,
): Promise<AttestationRow[]> {
  const text = `select attestation, pupil, year, subject, stage, date, commission, protocol_number, protocol_date,
      grading, value, corrected
    from ${SUMMARY}.attestation where school = $1 and ${among('pupil')} and ($3::integer is null or year = $3)
    order by pupil, date, subject, attestation`
  return rows(database, text, [school, JSON.stringify(pupils), year])
}

/** In which forms some pupils learned and learn, by date; whoever is not among them always learned full-time. */
export function formsOf(database: Database, school: SchoolSlug, pupils: readonly Uuid[]): Promise<FormRow[]> {
  const text = `select pupil, "from", form, order_number, order_date from ${SUMMARY}.form_of_education
    where school = $1 and ${among('pupil')} order by pupil, "from"`
  return rows(database, text, [school, JSON.stringify(pupils)])
}

function among(column: string): string {
  return `${column} in (select value::uuid from json_array_elements_text($2::json))`
}
