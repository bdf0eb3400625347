import type { Kysely } from 'kysely'
import { type CurriculumVersion, inForce } from '#values/curriculum.ts'
import type { KindId } from '#values/policy.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { schemaOf } from '../read-model.ts'
import { type Question, question, rows } from '../rows.ts'
import { schoolDirectory } from '../school-directory/projection.ts'
import { type CurriculumRow, schoolPlan, type TestRow, type TopicPlanRow } from './projection.ts'

const PLAN = schemaOf(schoolPlan)
const DIRECTORY = schemaOf(schoolDirectory)

type Database = Kysely<unknown>

export interface Curriculum extends CurriculumVersion {
  readonly name: string
}

/** The curricula of a school year that are in force on a date, by name. */
export async function curricula(
  database: Database,
  school: SchoolSlug,
  year: number,
  on: LocalDate,
): Promise<Curriculum[]> {
  // Whole versions are looked at, not those of the date alone: one that has ended hides those before it.
  const text = `select curriculum, effective_from, until, year, name, "for", lines from ${PLAN}.curriculum
    where school = $1 and year = $2 order by curriculum, effective_from`
  const found = await rows<CurriculumRow>(database, text, [school, year])
  const versions = Map.groupBy(
    found.map(({ effective_from: effectiveFrom, ...row }): Curriculum => ({ ...row, effectiveFrom })),
    ({ curriculum }) => curriculum,
  )
  return inForce(versions.values(), year, on).toSorted((a, b) => a.name.localeCompare(b.name, 'ru'))
}

/** The versions of the topic plan of a journal, in the order in which they were adopted. */
export function topicPlans(database: Database, school: SchoolSlug, journal: Uuid): Promise<TopicPlanRow[]> {
  const text = `select journal, version, year, effective_from, hours, sections, adopted_at, author, approved_at
    from ${PLAN}.topic_plan where school = $1 and journal = $2 order by version`
  return rows(database, text, [school, journal])
}

/** The tests of a school year that stand between two dates, both included, in order of days. */
export function tests(
  database: Database,
  school: SchoolSlug,
  year: number,
  since: LocalDate,
  until: LocalDate,
): Promise<TestRow[]> {
  const text = `select test, year, journal, subject, classes, date, form, topic, internal_control, cancelled, moves
    from ${PLAN}.test where school = $1 and year = $2 and date between $3 and $4 and not cancelled
    order by date, test`
  return rows(database, text, [school, year, since, until])
}

/** A test as somebody sees it who writes it. */
export type JournalTest = Pick<TestRow, 'test' | 'date' | 'journal' | 'topic'> & {
  readonly form: KindId
  readonly subject_name: string
}

/** The tests of some journals that stand between two dates, both included, in order of days. */
export function testsOfJournals(
  school: SchoolSlug,
  year: number,
  journals: readonly Uuid[],
  since: LocalDate,
  until: LocalDate,
): Question<JournalTest> {
  const text = `select t.test, t.date, t.journal, coalesce(s.name, t.subject::text) as subject_name, t.form, t.topic
    from ${PLAN}.test t
    left join ${DIRECTORY}.subject s on s.school = t.school and s.subject = t.subject
    where t.school = $1 and t.year = $2::integer and t.date between $4 and $5 and not t.cancelled
      and t.journal in (select value::uuid from json_array_elements_text($3::json))
    order by t.date, t.test`
  return question(text, [school, year, JSON.stringify(journals), since, until])
}

export interface PlanInForce {
  readonly journal: Uuid
  readonly version: number
  readonly hours: number
  readonly approved_at: Instant | null
  /** The hours planned by the date; null where the plan names no dates. */
  readonly due: number | null
}

/** The topic plans of a school year that are in force on a date. */
export function plansInForce(
  database: Database,
  school: SchoolSlug,
  year: number,
  on: LocalDate,
): Promise<PlanInForce[]> {
  // Added up in the database: the plans of a large school are tens of megabytes.
  const text = `
    with plan as (
      select distinct on (journal) journal, version, hours, approved_at, sections from ${PLAN}.topic_plan
      where school = $1 and year = $2 and effective_from <= $3 order by journal, version desc
    )
    select plan.journal, plan.version, plan.hours, plan.approved_at, (
      select case when bool_or(item->>'plannedOn' is not null) then
        coalesce(sum((item->>'hours')::integer) filter (where item->>'plannedOn' <= $3), 0)::integer end
      from jsonb_array_elements(plan.sections) section, jsonb_array_elements(section->'items') item
    ) as due from plan`
  return rows(database, text, [school, year, on])
}
