import type { Kysely } from 'kysely'
import type { MarkValue } from '#values/grading.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Cell } from '../cell.ts'
import type {
  AssessmentRow,
  ExemptionRow,
  LessonHomework,
  LessonRow,
  ReceiptOfResults,
  RemarkRow,
} from '../lesson-row.ts'
import { schemaOf } from '../read-model.ts'
import { rows } from '../rows.ts'
import { classJournal, type HomeworkReviewRow } from './projection.ts'

const JOURNAL = schemaOf(classJournal)

export interface PageEntry {
  readonly page: Uuid
  readonly stream: string
  readonly journal: Uuid
  readonly year: number
  readonly period: string
  readonly grading: string
  readonly revision: number
}

const PAGES = `select page, stream, journal, year, period, grading, revision from ${JOURNAL}.page`

export async function page(
  database: Kysely<unknown>,
  school: SchoolSlug,
  id: Uuid,
): Promise<PageEntry | undefined> {
  const [found] = await rows<PageEntry>(database, `${PAGES} where school = $1 and page = $2`, [school, id])
  return found
}

/** The pages of a journal, or of all journals of a year. */
export function pages(
  database: Kysely<unknown>,
  school: SchoolSlug,
  of: { readonly year: number; readonly journal?: Uuid | undefined },
): Promise<PageEntry[]> {
  const own = of.journal === undefined ? '' : 'and journal = $3'
  const values = [school, of.year, ...(of.journal === undefined ? [] : [of.journal])]
  return rows(database, `${PAGES} where school = $1 and year = $2 ${own} order by journal, period`, values)
}

export interface GridWork {
  readonly work: Uuid
  readonly lesson: Uuid
  readonly kind: string
  readonly weight: number
  readonly test: Uuid | null
  readonly due_at: string
}

export interface Grid {
  /** In order of dates. `page` is that on which it stands: what is written about it is written there. */
  readonly lessons: ReadonlyArray<
    Omit<LessonRow, 'corrected'> & { readonly corrected: boolean; readonly page: Uuid }
  >
  /** In order of dates; their works and cells stand under their id. */
  readonly assessments: readonly AssessmentRow[]
  /** In order of dates. */
  readonly remarks: readonly RemarkRow[]
  readonly exemptions: readonly ExemptionRow[]
  readonly works: readonly GridWork[]
  readonly cells: readonly Cell[]
}

/** Everything that stands on a page: pupils × lessons, with topics and homework. */
export async function grid(database: Kysely<unknown>, stream: string): Promise<Grid> {
  const of = (columns: string, table: string, order: string) =>
    rows<never>(database, `select ${columns} from ${JOURNAL}.${table} where stream = $1 order by ${order}`, [
      stream,
    ])
  return {
    lessons: await of(
      `lesson, date, number, type, topic, material, teacher, scheduled, substitution, combination, transferred_from, plan, version, recorded_at, late_by, corrected, attendance, homework, comments,
       (select page from ${JOURNAL}.page p where p.stream = lesson.stream) as page`,
      'lesson',
      'date, number',
    ),
    assessments: await of(
      'assessment, date, kind, name, results_received_at, recorded_at, receipts',
      'assessment',
      'date, assessment',
    ),
    remarks: await of(
      'remark, kind, pupil, lesson, date, text, author, at, version',
      'remark',
      'date, at, remark',
    ),
    exemptions: await of('exemption, pupil, since, until, version', 'exemption', 'since, exemption'),
    works: await of('work, lesson, kind, weight, test, due_at', 'work', 'lesson, kind'),
    cells: await of('lesson, pupil, absence, marks, homework', 'cell', 'lesson, pupil'),
  }
}

/**
 * Everything that belongs to the period of a page by the dates of the lessons: after the bounds of the period were moved,
 * some of it may stand on other pages of the journal, and some of what stands on this one belongs to others
 * (docs/decisions/0064).
 */
export async function gridWithin(
  database: Kysely<unknown>,
  school: SchoolSlug,
  { stream, journal, year }: PageEntry,
  { from, until }: { readonly from: LocalDate | null; readonly until: LocalDate | null },
): Promise<Grid> {
  const own = await grid(database, stream)
  if (from === null || until === null) return own
  const elsewhere = await rows<{ stream: string }>(
    database,
    `select distinct l.stream from ${JOURNAL}.page p join ${JOURNAL}.lesson l on l.stream = p.stream
     where p.school = $1 and p.year = $2 and p.journal = $3 and p.stream <> $4 and l.date between $5 and $6`,
    [school, year, journal, stream, from, until],
  )
  const all = [own]
  for (const other of elsewhere) all.push(await grid(database, other.stream))
  const lessons = all
    .flatMap((one) => one.lessons)
    .filter(({ date }) => from <= date && date <= until)
    .toSorted((a, b) => a.date.localeCompare(b.date) || a.number - b.number)
  // What is bound to no lesson belongs to the period of its own date.
  const within = ({ date }: { readonly date: LocalDate }): boolean => from <= date && date <= until
  const assessments = all.flatMap((one) => one.assessments).filter(within)
  const here = new Set<Uuid>([
    ...lessons.map(({ lesson }) => lesson),
    ...assessments.map(({ assessment }) => assessment),
  ])
  const ofThese = <Of extends { lesson: Uuid }>(some: readonly Of[]) =>
    some.filter((one) => here.has(one.lesson))
  return {
    lessons,
    assessments,
    remarks: all.flatMap(({ remarks }) => remarks).filter(within),
    exemptions: own.exemptions,
    works: all.flatMap(({ works }) => ofThese(works)),
    cells: all.flatMap(({ cells }) => ofThese(cells)),
  }
}

/** Of the lessons of these dates, what has been filled in: a teacher's list of what is still to do. */
export function filledLessons(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<
  Array<{
    lesson: Uuid
    page: Uuid
    topic: string
    attendance: boolean
    homework: 'set' | 'declined' | null
    marks: boolean
  }>
> {
  const text = `select l.lesson, p.page, l.topic, l.attendance is not null as attendance,
      case when l.homework is null then null when l.homework->'content' = 'null' then 'declined' else 'set' end as homework,
      exists (select from ${JOURNAL}.work w where w.stream = l.stream and w.lesson = l.lesson) as marks
    from ${JOURNAL}.lesson l join ${JOURNAL}.page p on p.stream = l.stream
    where l.school = $1 and l.date between $2 and $3`
  return rows(database, text, [school, from, until])
}

export interface GivenLesson {
  readonly lesson: Uuid
  readonly teacher: Uuid
  /** In the place of those to whom the load gave it: `ordered` or `at-entry`; null is by the load. */
  readonly substitution: 'ordered' | 'at-entry' | null
}

/** Who gave the lessons between two dates that are recorded. */
export function whoGave(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<GivenLesson[]> {
  const text = `select lesson, teacher, substitution from ${JOURNAL}.lesson
    where school = $1 and date between $2 and $3`
  return rows(database, text, [school, from, until])
}

/** How many lessons each member of staff gave between two dates, by journal: of his own, and in the place of others. */
export function givenLessons(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<Array<{ teacher: Uuid; journal: Uuid; given: number; substituted: number }>> {
  const text = `select l.teacher, p.journal, count(*)::int as given,
      (count(*) filter (where l.substitution is not null))::int as substituted
    from ${JOURNAL}.lesson l join ${JOURNAL}.page p on p.stream = l.stream
    where l.school = $1 and l.date between $2 and $3 group by l.teacher, p.journal order by l.teacher, p.journal`
  return rows(database, text, [school, from, until])
}

export interface HomeworkOfLesson {
  readonly lesson: Uuid
  readonly page: Uuid
  readonly journal: Uuid
  readonly date: LocalDate
  readonly number: number
  readonly teacher: Uuid
  /** Null is not filled. */
  readonly homework: Pick<LessonHomework, 'content' | 'version'> | null
  /** Homework of single pupils. */
  readonly individual: ReadonlyArray<{
    readonly pupil: Uuid
    readonly due: LocalDate | null
    readonly minutes: number | null
  }>
  readonly review: Omit<HomeworkReviewRow, 'lesson'> | null
}

/** The homework of the lessons between two dates, or of all lessons whose homework is due between them, with its reviews. */
export function homeworkOfLessons(
  database: Kysely<unknown>,
  school: SchoolSlug,
  by: 'set' | 'due',
  from: LocalDate,
  until: LocalDate,
): Promise<HomeworkOfLesson[]> {
  const within = {
    set: 'l.date between $2 and $3',
    due: `l.homework->'content'->>'due' between $2 and $3`,
  }
  const text = `select l.lesson, p.page, p.journal, l.date, l.number, l.teacher, l.homework,
      coalesce((
        select json_agg(json_build_object('pupil', c.pupil, 'due', c.homework->'content'->'due',
          'minutes', c.homework->'content'->'minutes') order by c.pupil)
        from ${JOURNAL}.cell c where c.stream = l.stream and c.lesson = l.lesson and c.homework is not null
      ), '[]') as individual,
      (select json_build_object('reviewed', r.reviewed, 'verdict', r.verdict, 'aspects', r.aspects, 'text', r.text,
          'account', r.account, 'at', r.at)
        from ${JOURNAL}.homework_review r where r.stream = l.stream and r.lesson = l.lesson) as review
    from ${JOURNAL}.lesson l join ${JOURNAL}.page p on p.stream = l.stream
    where l.school = $1 and ${within[by]} order by l.date, l.number, l.lesson`
  return rows(database, text, [school, from, until])
}

/** The lessons between two dates that a substitute recorded without an order of before. */
export function substitutedAtEntry(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<
  Array<{ lesson: Uuid; journal: Uuid; date: LocalDate; number: number; teacher: Uuid; scheduled: Uuid[] }>
> {
  const text = `select l.lesson, p.journal, l.date, l.number, l.teacher, l.scheduled
    from ${JOURNAL}.lesson l join ${JOURNAL}.page p on p.stream = l.stream
    where l.school = $1 and l.date between $2 and $3 and l.substitution = 'at-entry' order by l.date, l.number`
  return rows(database, text, [school, from, until])
}

export interface LessonsByPlan {
  readonly journal: Uuid
  readonly given: number
  readonly off_plan: number
}

/** How many lessons the journals of a school year have had by a date, and how many of them off the topic plan. */
export function lessonsByPlan(
  database: Kysely<unknown>,
  school: SchoolSlug,
  year: number,
  on: LocalDate,
): Promise<LessonsByPlan[]> {
  const text = `
    select p.journal, count(*)::integer as given,
      (count(*) filter (where l.plan is not null and l.plan->>'item' is null))::integer as off_plan
    from ${JOURNAL}.page p join ${JOURNAL}.lesson l on l.stream = p.stream
    where p.school = $1 and p.year = $2 and l.date <= $3 group by p.journal`
  return rows(database, text, [school, year, on])
}

export interface LessonOfPlan {
  readonly date: LocalDate
  readonly number: number
  readonly topic: string
  readonly plan: { readonly version: number; readonly item: number | null } | null
}

/** The lessons of a journal in the whole year, in their order. */
export function lessonsOfJournal(
  database: Kysely<unknown>,
  school: SchoolSlug,
  journal: Uuid,
): Promise<LessonOfPlan[]> {
  const text = `
    select l.date, l.number, l.topic, l.plan from ${JOURNAL}.page p join ${JOURNAL}.lesson l on l.stream = p.stream
    where p.school = $1 and p.journal = $2 order by l.date, l.number`
  return rows(database, text, [school, journal])
}

export interface LessonTimes {
  readonly lesson: Uuid
  readonly page: Uuid
  readonly teacher: Uuid
  /** Seconds after the deadline; 0 is on time. Null is not entered. */
  readonly late_by: number
  readonly recorded_at: Instant
  readonly attendance_late_by: number | null
  readonly attendance_at: Instant | null
  readonly homework_late_by: number | null
  readonly homework_at: Instant | null
}

/** How late the lessons between two dates, their attendance and their homework were entered. */
export function lessonTimes(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<LessonTimes[]> {
  const text = `select l.lesson, p.page, l.teacher, l.late_by, l.recorded_at,
      (l.attendance->>'lateBy')::integer as attendance_late_by, l.attendance->>'takenAt' as attendance_at,
      (l.homework->>'lateBy')::integer as homework_late_by, l.homework->>'recordedAt' as homework_at
    from ${JOURNAL}.lesson l join ${JOURNAL}.page p on p.stream = l.stream
    where l.school = $1 and l.date between $2 and $3`
  return rows(database, text, [school, from, until])
}

export interface WorkTimes {
  readonly lesson: Uuid
  readonly work: Uuid
  readonly kind: string
  readonly due_at: Instant
  readonly marks: number
  readonly on_time: number
  /** When those were set that were not. */
  readonly late: readonly Instant[]
}

/**
 * The works of the lessons between two dates: how many marks stand for each, and how many were set in time. A credit has
 * no deadline, and a work that stands for credits alone is none that a teacher marks.
 */
export function workTimes(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<WorkTimes[]> {
  const text = `select w.lesson, w.work, w.kind, w.due_at,
      (count(m) filter (where m->'credit' = 'null'))::integer as marks,
      (count(m) filter (where m->'credit' = 'null' and (m->>'lateBy')::integer = 0))::integer as on_time,
      coalesce(json_agg(m->>'recordedAt') filter (where m->'credit' = 'null' and (m->>'lateBy')::integer > 0), '[]') as late
    from ${JOURNAL}.lesson l
    join ${JOURNAL}.work w on w.stream = l.stream and w.lesson = l.lesson
    left join ${JOURNAL}.cell c on c.stream = l.stream and c.lesson = l.lesson
    left join lateral jsonb_array_elements(c.marks) m on m->>'work' = w.work::text
    where l.school = $1 and l.date between $2 and $3
    group by w.lesson, w.work, w.kind, w.due_at
    having count(m) = 0 or count(m) filter (where m->'credit' = 'null') > 0 order by w.kind, w.work`
  return rows(database, text, [school, from, until])
}

export interface AssessmentTimes extends Omit<WorkTimes, 'lesson' | 'late'> {
  readonly journal: Uuid
  readonly date: LocalDate
  /** Each by its own receipt of results, so with its own deadline. */
  readonly late: ReadonlyArray<{ readonly at: Instant; readonly by: number }>
  /** Its receipts name nobody: the results are still to come. */
  readonly awaited: boolean
}

/** The columns of the assessments between two dates: how many marks stand in each, and how many were set in time. */
export function assessmentTimes(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<AssessmentTimes[]> {
  const text = `select p.journal, a.date, w.work, w.kind, w.due_at,
      count(m)::integer as marks,
      (count(m) filter (where (m->>'lateBy')::integer = 0))::integer as on_time,
      coalesce(json_agg(json_build_object('at', m->>'recordedAt', 'by', (m->>'lateBy')::integer))
        filter (where (m->>'lateBy')::integer > 0), '[]') as late,
      jsonb_array_length(a.receipts) > 0 and not exists (
        select from jsonb_array_elements(a.receipts) r where jsonb_array_length(r->'pupils') > 0) as awaited
    from ${JOURNAL}.assessment a
    join ${JOURNAL}.page p on p.stream = a.stream
    join ${JOURNAL}.work w on w.stream = a.stream and w.lesson = a.assessment
    left join ${JOURNAL}.cell c on c.stream = a.stream and c.lesson = a.assessment
    left join lateral jsonb_array_elements(c.marks) m on m->>'work' = w.work::text
    where a.school = $1 and a.date between $2 and $3
    group by p.journal, a.date, w.work, w.kind, w.due_at, a.receipts order by w.kind, w.work`
  return rows(database, text, [school, from, until])
}

export interface AssessmentMark {
  readonly journal: Uuid
  readonly period: string
  readonly assessment: Uuid
  readonly date: LocalDate
  readonly kind: string
  readonly name: string
  readonly pupil: Uuid
  readonly value: MarkValue
}

/** The results of the assessments of some journals, in order of dates. */
export function assessmentMarks(
  database: Kysely<unknown>,
  school: SchoolSlug,
  journals: readonly Uuid[],
): Promise<AssessmentMark[]> {
  const text = `
    select p.journal, p.period, a.assessment, a.date, a.kind, a.name, c.pupil, m->'value' as value
    from ${JOURNAL}.page p
    join ${JOURNAL}.assessment a on a.stream = p.stream
    join ${JOURNAL}.cell c on c.stream = a.stream and c.lesson = a.assessment
    cross join lateral jsonb_array_elements(c.marks) m
    where p.school = $1 and p.journal in (select value::uuid from json_array_elements_text($2::json))
    order by a.date, a.assessment, c.pupil`
  return rows(database, text, [school, JSON.stringify(journals)])
}

/** How many lessons of a day a pupil missed by a code of attendance. */
export interface MissedLessons {
  readonly pupil: Uuid
  readonly date: LocalDate
  readonly code: string
  readonly lessons: number
}

/** The codes of attendance that stand in the lessons between two dates, by pupil and day. */
export function missedLessons(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<MissedLessons[]> {
  const text = `select c.pupil, l.date, c.absence->>'code' as code, count(*)::integer as lessons
    from ${JOURNAL}.lesson l
    join ${JOURNAL}.cell c on c.stream = l.stream and c.lesson = l.lesson
    where l.school = $1 and l.date between $2 and $3 and c.absence->>'code' is not null
    group by c.pupil, l.date, c.absence->>'code'`
  return rows(database, text, [school, from, until])
}

interface OpenEntry {
  readonly lesson: Uuid
  readonly teacher: Uuid
  readonly attendance: boolean
  readonly homework: boolean
}

/** The lessons between two dates that are recorded, and those of them whose attendance or homework is not. */
export async function openEntries(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<{ readonly recorded: ReadonlySet<Uuid>; readonly open: ReadonlyMap<Uuid, OpenEntry> }> {
  const where = `from ${JOURNAL}.lesson where school = $1 and date between $2 and $3`
  const values = [school, from, until]
  const all = await rows<{ lesson: Uuid }>(database, `select lesson ${where}`, values)
  const open = await rows<OpenEntry>(
    database,
    `select lesson, teacher, attendance is not null as attendance, homework is not null as homework
      ${where} and (attendance is null or homework is null)`,
    values,
  )
  return {
    recorded: new Set(all.map(({ lesson }) => lesson)),
    open: new Map(open.map((one) => [one.lesson, one])),
  }
}

export interface LessonOfPage {
  readonly lesson: Uuid
  readonly journal: Uuid
  readonly period: string
  readonly date: LocalDate
  readonly number: number
  readonly teacher: Uuid
}

const OF_LESSON = 'l.lesson, p.journal, p.period, l.date, l.number, l.teacher'
const LESSONS = `${JOURNAL}.lesson l join ${JOURNAL}.page p on p.stream = l.stream`
const MARKED = `exists (
  select from ${JOURNAL}.cell c, jsonb_array_elements(c.marks) m
  where c.stream = w.stream and c.lesson = w.lesson and m->>'work' = w.work::text)`

/** The works of lessons between two dates that were begun and for which no mark stands. */
export function worksWithoutMarks(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<Array<LessonOfPage & { kind: string; due_at: Instant }>> {
  const text = `select ${OF_LESSON}, w.kind, w.due_at
    from ${LESSONS} join ${JOURNAL}.work w on w.stream = l.stream and w.lesson = l.lesson
    where l.school = $1 and l.date between $2 and $3 and not ${MARKED} order by l.date, l.number, w.work`
  return rows(database, text, [school, from, until])
}

export interface OpenAssessment {
  readonly assessment: Uuid
  readonly journal: Uuid
  readonly period: string
  readonly date: LocalDate
  readonly kind: string
  readonly name: string
  readonly receipts: readonly ReceiptOfResults[]
  /** The deadline of its column; null as long as nothing of its results came. */
  readonly due_at: Instant | null
  /** The pupils for whom a mark stands. */
  readonly marked: readonly Uuid[]
}

/**
 * The assessments of a year that wait for their results, whose results came, or for which no mark stands; whether
 * something is missing yet, the receipts and the marks say.
 */
export function openAssessments(
  database: Kysely<unknown>,
  school: SchoolSlug,
  year: number,
): Promise<OpenAssessment[]> {
  const text = `select a.assessment, p.journal, p.period, a.date, a.kind, a.name, a.receipts, w.due_at,
      coalesce(m.marked, '[]') as marked
    from ${JOURNAL}.assessment a
    join ${JOURNAL}.page p on p.stream = a.stream
    left join ${JOURNAL}.work w on w.stream = a.stream and w.lesson = a.assessment
    left join lateral (
      select json_agg(c.pupil) as marked from ${JOURNAL}.cell c
      where c.stream = a.stream and c.lesson = a.assessment and jsonb_array_length(c.marks) > 0
    ) m on true
    where a.school = $1 and p.year = $2 and (jsonb_array_length(a.receipts) > 0 or m.marked is null)
    order by a.date, a.assessment`
  return rows(database, text, [school, year])
}

/**
 * The lessons between two dates whose type may be a kind of work, because it is no common lesson, and that have no work:
 * none at all, nor one of that kind at another lesson of the day.
 */
export function lessonsWithoutWork(
  database: Kysely<unknown>,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<Array<LessonOfPage & { type: string }>> {
  const text = `select ${OF_LESSON}, l.type from ${LESSONS}
    where l.school = $1 and l.date between $2 and $3 and l.type <> 'lesson' and p.grading <> 'none'
      and not exists (
        select from ${JOURNAL}.work w join ${JOURNAL}.lesson o on o.stream = w.stream and o.lesson = w.lesson
        where w.stream = l.stream and (w.lesson = l.lesson or w.kind = l.type and o.date = l.date))
    order by l.date, l.number, l.lesson`
  return rows(database, text, [school, from, until])
}

/** The lessons on the days of tests, with the kinds of the works of them for which a mark stands. */
export function worksOfTests(
  database: Kysely<unknown>,
  school: SchoolSlug,
  on: readonly { readonly journal: Uuid; readonly date: LocalDate }[],
): Promise<Array<LessonOfPage & { works: readonly string[] }>> {
  const text = `select ${OF_LESSON}, coalesce(json_agg(w.kind) filter (where ${MARKED}), '[]') as works
    from json_to_recordset($2::json) as t(journal uuid, date text)
    join ${JOURNAL}.page p on p.school = $1 and p.journal = t.journal
    join ${JOURNAL}.lesson l on l.stream = p.stream and l.date = t.date
    left join ${JOURNAL}.work w on w.stream = l.stream and w.lesson = l.lesson
    group by ${OF_LESSON} order by l.date, l.number, l.lesson`
  return rows(database, text, [school, JSON.stringify(on)])
}

/** The lessons that are recorded on the pages of a period, by journal and type; and how many of them another gave. */
export function lessonsByType(
  database: Kysely<unknown>,
  school: SchoolSlug,
  year: number,
  period: string,
): Promise<Array<{ journal: Uuid; type: string; lessons: number; substituted: number }>> {
  const text = `select p.journal, l.type, count(*)::integer as lessons,
      (count(*) filter (where l.substitution is not null))::integer as substituted
    from ${LESSONS} where p.school = $1 and p.year = $2 and p.period = $3
    group by p.journal, l.type order by p.journal, l.type`
  return rows(database, text, [school, year, period])
}

/**
 * How many marks each pupil has in some journals for lessons and assessments between two dates of each, whichever page they
 * stand on; without those of some values, such as the note of a debt.
 */
export function marksByPupil(
  database: Kysely<unknown>,
  school: SchoolSlug,
  of: ReadonlyArray<{ readonly journal: Uuid; readonly from: LocalDate; readonly until: LocalDate }>,
  without: readonly string[],
): Promise<Array<{ journal: Uuid; pupil: Uuid; marks: number }>> {
  const text = `select p.journal, c.pupil, count(*)::integer as marks
    from json_to_recordset($2::json) as t(journal uuid, "from" text, until text)
    join ${JOURNAL}.page p on p.school = $1 and p.journal = t.journal
    join (
      select stream, lesson, date from ${JOURNAL}.lesson where school = $1
      union all
      select stream, assessment, date from ${JOURNAL}.assessment where school = $1
    ) d on d.stream = p.stream and d.date between t."from" and t.until
    join ${JOURNAL}.cell c on c.stream = d.stream and c.lesson = d.lesson
    cross join lateral jsonb_array_elements(c.marks) m
    where m->>'value' not in (select value from json_array_elements_text($3::json))
    group by p.journal, c.pupil order by p.journal, c.pupil`
  return rows(database, text, [school, JSON.stringify(of), JSON.stringify(without)])
}

/** The times for which pupils are exempt from practice in the journals of a year. */
export function exemptionsOfYear(
  database: Kysely<unknown>,
  school: SchoolSlug,
  year: number,
): Promise<Array<{ journal: Uuid; pupil: Uuid; since: LocalDate; until: LocalDate }>> {
  const text = `select p.journal, e.pupil, e.since, e.until
    from ${JOURNAL}.page p join ${JOURNAL}.exemption e on e.stream = p.stream
    where p.school = $1 and p.year = $2 order by p.journal, e.pupil, e.since`
  return rows(database, text, [school, year])
}

/** The marks that stand on the pages of a period, by journal and value. */
export function marksByValue(
  database: Kysely<unknown>,
  school: SchoolSlug,
  year: number,
  period: string,
): Promise<Array<{ journal: Uuid; value: MarkValue; count: number }>> {
  const text = `select p.journal, m->'value' as value, count(*)::integer as count
    from ${JOURNAL}.page p join ${JOURNAL}.cell c on c.stream = p.stream, jsonb_array_elements(c.marks) m
    where p.school = $1 and p.year = $2 and p.period = $3
    group by p.journal, m->'value' order by p.journal, m->'value'`
  return rows(database, text, [school, year, period])
}
