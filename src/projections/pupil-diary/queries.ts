import type { Kysely } from 'kysely'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Cell, CellAbsence, CellMark, Comment } from '../cell.ts'
import type { LessonHomework, RemarkRow } from '../lesson-row.ts'
import { schemaOf } from '../read-model.ts'
import { answered, type Question, question, rows } from '../rows.ts'
import { schoolDirectory } from '../school-directory/projection.ts'
import { summarySheet } from '../summary-sheet/projection.ts'
import { type AcknowledgementRow, pupilDiary } from './projection.ts'

const DIARY = schemaOf(pupilDiary)
const SUMMARY = schemaOf(summarySheet)
const DIRECTORY = schemaOf(schoolDirectory)

export interface DiaryLesson {
  readonly date: LocalDate
  readonly number: number
  readonly lesson: Uuid
  readonly page: Uuid
  readonly journal: Uuid
  readonly subject: string | null
  readonly teacher: Uuid
  /** Given in the place of its teachers: by an order, or as the substitute said at the entry. */
  readonly substitution: 'ordered' | 'at-entry' | null
  readonly transferred_from: { readonly date: LocalDate; readonly number: number } | null
  readonly type: string
  readonly topic: string
  readonly material: string | null
  /** Topic, material or type is not what it was at first. */
  readonly corrected: boolean
  readonly homework: LessonHomework | null
  readonly comments: readonly Comment[]
  readonly absence: CellAbsence | null
  /** Takes no part in practice that day (осв). */
  readonly exempt: boolean
  /** Homework of this pupil alone. */
  readonly individual_homework: Cell['homework']
  readonly marks: ReadonlyArray<CellMark & { readonly kind: string; readonly weight: number }>
}

/** The marks of an entry, each with the kind and the weight of its work. */
const MARKS_OF_ENTRY = `coalesce((
        select json_agg(m.mark || w.of order by m.place)
        from jsonb_array_elements(e.marks) with ordinality m(mark, place)
        cross join lateral (
          select jsonb_build_object('kind', kind, 'weight', weight) as of
          from ${DIARY}.work where stream = e.stream and work = (m.mark->>'work')::uuid limit 1
        ) w
      ), '[]')`

/**
 * The lessons of a pupil between two dates, both included: those of every class and group to which the pupil belonged
 * on the day, with what concerns this pupil alone.
 */
export function diary(
  database: Kysely<unknown>,
  school: SchoolSlug,
  pupil: Uuid,
  from: LocalDate,
  until: LocalDate,
): Promise<DiaryLesson[]> {
  return answered(database, lessonsOfDiary(school, pupil, from, until))
}

/** The question of {@link diary}. */
export function lessonsOfDiary(
  school: SchoolSlug,
  pupil: Uuid,
  from: LocalDate,
  until: LocalDate,
): Question<DiaryLesson> {
  // From the pupil to his pages, and from each page to its lessons: of a date the planner takes a school to have a handful,
  // and would look for the pages of each of its thousands (`offset 0` keeps it from that).
  const text = `
    select l.date, l.number, l.lesson, p.page, p.journal, s.name as subject, l.teacher, l.substitution,
      l.transferred_from, l.type, l.topic, l.material,
      l.corrected, l.homework, l.comments, e.absence, e.homework as individual_homework,
      exists (
        select from ${DIARY}.exemption x
        where x.stream = l.stream and x.pupil = b.pupil and l.date between x.since and x.until
      ) as exempt,
      ${MARKS_OF_ENTRY} as marks
    from ${DIRECTORY}.member b
    join ${DIRECTORY}.journal j on j.school = b.school and j.unit = b.unit
    join ${DIARY}.page p on p.school = j.school and p.journal = j.journal
    cross join lateral (
      select * from ${DIARY}.lesson where stream = p.stream and date between $3 and $4 offset 0
    ) l
    left join ${DIRECTORY}.subject s on s.school = j.school and s.subject = j.subject
    left join ${DIARY}.entry e on e.stream = l.stream and e.lesson = l.lesson and e.pupil = b.pupil
    where b.school = $1 and b.pupil = $2::uuid and exists (
      select from jsonb_to_recordset(b.spans) as x("from" text, until text)
      where x."from" <= l.date and (x.until is null or l.date < x.until))
    order by l.date, l.number, l.lesson`
  return question(text, [school, pupil, from, until])
}

/** An exam, a project or a final test of a pupil, with the mark for it. */
export interface DiaryAssessment {
  readonly assessment: Uuid
  readonly date: LocalDate
  readonly name: string
  readonly page: Uuid
  readonly journal: Uuid
  readonly subject: string | null
  readonly results_received_at: Instant | null
  readonly marks: ReadonlyArray<CellMark & { readonly kind: string; readonly weight: number }>
}

/** The assessments of a pupil between two dates, both included: those of which the pupil has a mark (R-F15). */
export function diaryAssessments(
  database: Kysely<unknown>,
  school: SchoolSlug,
  pupil: Uuid,
  from: LocalDate,
  until: LocalDate,
): Promise<DiaryAssessment[]> {
  return answered(database, assessmentsOfDiary(school, pupil, from, until))
}

/** The question of {@link diaryAssessments}. */
export function assessmentsOfDiary(
  school: SchoolSlug,
  pupil: Uuid,
  from: LocalDate,
  until: LocalDate,
): Question<DiaryAssessment> {
  const text = `
    select a.assessment, a.date, a.name, p.page, p.journal, s.name as subject,
      coalesce(a.results_received_at, (
        select r."receivedAt" from jsonb_to_recordset(a.receipts) as r("receivedAt" text, pupils jsonb)
        where r.pupils @> to_jsonb(e.pupil::text) limit 1)) as results_received_at,
      ${MARKS_OF_ENTRY} as marks
    from ${DIARY}.entry e
    join ${DIARY}.assessment a on a.stream = e.stream and a.assessment = e.lesson and a.date between $3 and $4
    join ${DIARY}.page p on p.stream = e.stream
    left join ${DIRECTORY}.journal j on j.school = e.school and j.journal = p.journal
    left join ${DIRECTORY}.subject s on s.school = j.school and s.subject = j.subject
    where e.school = $1 and e.pupil = $2::uuid and jsonb_array_length(e.marks) > 0
    order by a.date, a.assessment`
  return question(text, [school, pupil, from, until])
}

/** A mark of a pupil as a final rests on it. */
export interface PupilMark {
  readonly journal: Uuid
  /** That of the page on which it stands. */
  readonly period: string
  readonly entry: Uuid
  readonly work: Uuid
  readonly date: LocalDate | null
  readonly kind: string
  readonly value: CellMark['value']
  readonly weight: number
}

/**
 * The marks of a pupil in some journals that may count between two dates, both included, by the date of their lesson or
 * exam: those of these dates, and those of pages from which works were carried into another period (R-D6).
 */
export function marksOfPupil(
  school: SchoolSlug,
  pupil: Uuid,
  journals: readonly Uuid[],
  from: LocalDate,
  until: LocalDate,
): Question<PupilMark> {
  const text = `
    select p.journal, p.period, m.mark->>'entry' as entry, w.work, coalesce(l.date, a.date) as date, w.kind,
      m.mark->'value' as value, w.weight
    from ${DIARY}.entry e
    join ${DIARY}.page p on p.stream = e.stream
    left join ${DIARY}.lesson l on l.stream = e.stream and l.lesson = e.lesson
    left join ${DIARY}.assessment a on a.stream = e.stream and a.assessment = e.lesson
    cross join lateral jsonb_array_elements(e.marks) with ordinality m(mark, place)
    cross join lateral (
      select work, kind, weight from ${DIARY}.work
      where stream = e.stream and work = (m.mark->>'work')::uuid limit 1
    ) w
    where e.school = $1 and e.pupil = $2::uuid
      and p.journal in (select value::uuid from json_array_elements_text($3::json))
      and (coalesce(l.date, a.date) between $4 and $5
        or p.page in (
          select page from ${SUMMARY}.page where school = $1 and jsonb_array_length(carried) > 0
            and journal in (select value::uuid from json_array_elements_text($3::json))))
    order by date, e.lesson, m.place`
  return question(text, [school, pupil, JSON.stringify(journals), from, until])
}

/** The marks of a pupil that were recorded after an instant and until another, as they stand now, by subject. */
export function marksRecorded(
  database: Kysely<unknown>,
  school: SchoolSlug,
  pupil: Uuid,
  since: Instant,
  until: Instant,
): Promise<
  Array<{ readonly entry: Uuid; readonly subject: string | null; readonly value: CellMark['value'] }>
> {
  const text = `
    select m.mark->>'entry' as entry, coalesce(s.name, j.name) as subject, m.mark->'value' as value
    from ${DIARY}.entry e
    join ${DIARY}.page p on p.stream = e.stream
    left join ${DIRECTORY}.journal j on j.school = e.school and j.journal = p.journal
    left join ${DIRECTORY}.subject s on s.school = j.school and s.subject = j.subject
    cross join lateral jsonb_array_elements(e.marks) with ordinality m(mark, place)
    where e.school = $1 and e.pupil = $2 and m.mark->>'recordedAt' > $3 and m.mark->>'recordedAt' <= $4
    order by subject, m.mark->>'recordedAt', m.place`
  return rows(database, text, [school, pupil, since, until])
}

/** What representatives said of some weeks of the diaries of some pupils, in the order in which they said it. */
export function acknowledgementsOf(
  school: SchoolSlug,
  pupils: readonly Uuid[],
  first: LocalDate,
  last: LocalDate,
): Question<AcknowledgementRow> {
  const text = `select revision, pupil, representative, week, item, seen, at, through from ${DIARY}.acknowledgement
    where school = $1 and pupil in (select value::uuid from json_array_elements_text($2::json))
      and week between $3 and $4
    order by week, at, pupil, revision`
  return question(text, [school, JSON.stringify(pupils), first, last])
}

export interface DiaryRemark extends RemarkRow {
  readonly journal: Uuid
  readonly subject: string | null
}

/** What was said to a pupil between two dates, both included: to this pupil, or to all who learned there on the day. */
export function remarksOfDiary(
  school: SchoolSlug,
  pupil: Uuid,
  from: LocalDate,
  until: LocalDate,
): Question<DiaryRemark> {
  const text = `
    select r.remark, r.kind, r.pupil, r.lesson, r.date, r.text, r.author, r.at, r.version, p.journal,
      s.name as subject
    from ${DIRECTORY}.member b
    join ${DIRECTORY}.journal j on j.school = b.school and j.unit = b.unit
    join ${DIARY}.page p on p.school = j.school and p.journal = j.journal
    join ${DIARY}.remark r on r.stream = p.stream and r.date between $3 and $4
      and (r.pupil is null or r.pupil = b.pupil)
    left join ${DIRECTORY}.subject s on s.school = j.school and s.subject = j.subject
    where b.school = $1 and b.pupil = $2::uuid and exists (
      select from jsonb_to_recordset(b.spans) as x("from" text, until text)
      where x."from" <= r.date and (x.until is null or r.date < x.until))
    order by r.date, r.at, r.remark`
  return question(text, [school, pupil, from, until])
}
