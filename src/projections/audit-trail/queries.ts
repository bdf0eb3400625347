import type { Kysely } from 'kysely'
import { type StreamName, streamName } from '#events/stream-name.ts'
import type { Role } from '#values/role.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { schemaOf } from '../read-model.ts'
import { rows } from '../rows.ts'
import { summarySheet } from '../summary-sheet/projection.ts'
import { type AuditRow, auditTrail } from './projection.ts'

const AUDIT = schemaOf(auditTrail)
/** Which pages were closed, and when. */
const SUMMARY = schemaOf(summarySheet)

/** A line with what its page and its lesson add to it. */
export interface AuditLine extends AuditRow {
  readonly stream: string
  readonly page: Uuid | null
  readonly journal: Uuid | null
  readonly period: string | null
  /** The date of the lesson: the other axis of time. */
  readonly date: LocalDate | null
  /** It changed a page that had been closed (R-D5): a correction after a reopening, or a postponed final. */
  readonly after_close: boolean
}

/** The events by which something that stood was changed (R-F19). */
export const CORRECTIONS = [
  'LessonCorrected',
  'AbsenceCodeCorrected',
  'MarkCorrected',
  'MarkWithdrawn',
  'AssessmentResultsCorrected',
  'HomeworkCorrected',
  'CommentCorrected',
  'IndividualHomeworkCorrected',
  'RemarkWithdrawn',
  'PracticeExemptionWithdrawn',
  'FinalMarkCorrected',
  'FinalMarkWithdrawn',
] as const

/** What a closing itself consists of, and so is not after it. */
const ABOUT_CLOSING = `('PageClosed', 'PageReopened', 'FinalPostponed')`

const LINES = `
  select a.stream, a.revision, a.ordinal, a.event, a.type, a.at, a.account, a.role, a.command, a.request,
    p.page, p.journal, p.period, a.lesson, l.date, a.person, a.mark, a.before, a.after, a.reason, a.note, a.late_by,
    coalesce(a.revision > c.first_closed and a.type not in ${ABOUT_CLOSING}, false)
      as after_close
  from ${AUDIT}.line a
  left join ${AUDIT}.page p on p.stream = a.stream
  left join ${AUDIT}.lesson l on l.stream = a.stream and l.lesson = a.lesson
  left join ${SUMMARY}.page c on c.stream = a.stream`

/** Who recorded or corrected some marks, and on which pages. */
export function authorsOfMarks(
  database: Kysely<unknown>,
  school: SchoolSlug,
  marks: readonly Uuid[],
): Promise<Array<{ readonly account: Uuid; readonly stream: string }>> {
  const text = `select distinct account, stream from ${AUDIT}.line
    where school = $1 and mark in (select value::uuid from json_array_elements_text($2::json)) order by account, stream`
  return rows(database, text, [school, JSON.stringify(marks)])
}

/** Everything that ever stood in the cell of a pupil at a lesson, in order of recording (R-D2). */
export function cellHistory(
  database: Kysely<unknown>,
  stream: string,
  lesson: Uuid,
  pupil: Uuid,
): Promise<AuditLine[]> {
  const text = `${LINES} where a.stream = $1 and a.lesson = $2 and a.person = $3 order by a.revision, a.ordinal`
  return rows(database, text, [stream, lesson, pupil])
}

/** The streams of a school that are no journal pages, by name: every event has a line. */
export async function streamsBesidePages(
  database: Kysely<unknown>,
  school: SchoolSlug,
): Promise<StreamName[]> {
  const found = await rows<{ stream: StreamName }>(
    database,
    `select distinct stream from ${AUDIT}.line where school = $1 and not starts_with(stream, $2) order by stream`,
    [school, streamName(school, 'journalPage', '')],
  )
  return found.map(({ stream }) => stream)
}

export interface AuditFilter {
  readonly account?: Uuid | undefined
  readonly role?: Role | undefined
  /** Only the line of each event itself, and none of those of whom it speaks. */
  readonly eventsAlone?: boolean | undefined
  readonly person?: Uuid | undefined
  /** Only lines about nobody, and about these people. */
  readonly of?: readonly Uuid[] | undefined
  readonly page?: Uuid | undefined
  readonly journal?: Uuid | undefined
  readonly period?: string | undefined
  readonly type?: string | undefined
  /** Record time: from the first instant, to the last before the second. */
  readonly since?: Instant | undefined
  readonly before?: Instant | undefined
  /** Only what was written after a closing. */
  readonly afterClose?: boolean | undefined
  /** Only what changed something that stood: the register of corrections. */
  readonly corrections?: boolean | undefined
}

/** The place after which a page of results begins: record time first, then the place in the log of the stream. */
export interface AuditCursor {
  readonly at: Instant
  readonly stream: string
  readonly revision: number
  readonly ordinal: number
}

const among = (parameter: string): string =>
  `a.type in (select value from json_array_elements_text(${parameter}::json))`

/** The lines that pass a filter, the newest first. */
export function auditLines(
  database: Kysely<unknown>,
  school: SchoolSlug,
  filter: AuditFilter,
  cursor: AuditCursor | null,
  limit: number,
): Promise<AuditLine[]> {
  const values: unknown[] = [school]
  const conditions = ['a.school = $1']
  const where = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  where((p) => `a.account = ${p}`, filter.account)
  where((p) => `a.role = ${p}`, filter.role)
  where((p) => `a.person = ${p}`, filter.person)
  where(
    (p) => `(a.person is null or a.person in (select value::uuid from json_array_elements_text(${p}::json)))`,
    filter.of && JSON.stringify(filter.of),
  )
  where((p) => `p.page = ${p}`, filter.page)
  where((p) => `p.journal = ${p}`, filter.journal)
  where((p) => `p.period = ${p}`, filter.period)
  where((p) => `a.at >= ${p}`, filter.since)
  where((p) => `a.at < ${p}`, filter.before)
  where((p) => `a.type = ${p}`, filter.type)
  if (filter.eventsAlone === true) conditions.push('a.ordinal = 0')
  if (filter.corrections === true) {
    where(
      (p) => `(${among(p)} or (a.type = 'HomeworkDeclined' and a.before is not null))`,
      JSON.stringify(CORRECTIONS),
    )
  }
  if (filter.afterClose === true) {
    conditions.push(`a.revision > c.first_closed and a.type not in ${ABOUT_CLOSING}`)
  }
  if (cursor !== null) {
    values.push(cursor.at, cursor.stream, cursor.revision, cursor.ordinal)
    const [at, stream, revision, ordinal] = [3, 2, 1, 0].map((back) => `$${values.length - back}`)
    conditions.push(
      `(a.at, a.stream, a.revision, a.ordinal) < (${at}, ${stream}, ${revision}::integer, ${ordinal}::integer)`,
    )
  }
  values.push(limit)
  const text = `${LINES} where ${conditions.join(' and ')}
    order by a.at desc, a.stream desc, a.revision desc, a.ordinal desc limit $${values.length}`
  return rows(database, text, values)
}
