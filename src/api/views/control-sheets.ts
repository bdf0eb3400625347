import type { z } from 'zod'
import { shownDate } from '#print/dates.ts'
import { lessonChangesReport } from './lesson-changes.ts'
import { count, day, days, person, sheetOf, text, yes } from './report-sheets.ts'
import type { View } from './view.ts'

const OUTCOMES = {
  given: 'проведён',
  substituted: 'замена',
  cancelled: 'отменён',
  'not-given': 'не проведён',
  ahead: 'предстоит',
} as const

type LessonChanges = z.output<typeof lessonChangesReport.reply>

/** What both sheets of the report have: they differ in their rows alone. */
function lessonChangesSheet<Row>({ from, until, total }: LessonChanges, rows: readonly Row[]) {
  const head: ReadonlyArray<readonly [string, string]> = [
    days(from, until),
    ['Уроков по расписанию', String(total.planned)],
    ['Замещено', `${total.substituted} (свой предмет — ${total.own_subject})`],
    ['Отменено', String(total.cancelled)],
    ['Перенесено', String(total.transferred)],
    ['Не проведено', String(total.not_given)],
  ]
  return { head, of: null, from, until, rows }
}

/** Substituted, cancelled, transferred and missed lessons, by teacher (R-7A.10h). */
const lessonChangesByTeacher = sheetOf(
  'lesson-changes',
  lessonChangesReport,
  (body) =>
    lessonChangesSheet(
      body,
      body.rows.map((row) => ({
        teacher: row.teacher === null ? text('—') : person(row.teacher, row.teacher_name ?? ''),
        planned: count(row.planned),
        given: count(row.given),
        'own-subject': count(row.own_subject),
        'other-subject': count(row.other_subject),
        cancelled: count(row.cancelled),
        'not-given': count(row.not_given),
        ahead: count(row.ahead),
        transferred: count(row.transferred),
        'for-others': count(row.for_others),
      })),
    ),
  async ({ until }) => until,
)

/** The same, lesson by lesson: by whom, and from where. */
const changedLessons = sheetOf(
  'changed-lessons',
  lessonChangesReport,
  (body) =>
    lessonChangesSheet(
      body,
      body.lessons.map((one) => ({
        date: day(one.date),
        number: count(one.number),
        journal: text(one.journal_name),
        teacher: one.teacher === null ? text('—') : person(one.teacher, one.teacher_name ?? ''),
        outcome: text(OUTCOMES[one.outcome]),
        by: one.by === null ? text(null) : person(one.by, one.by_name ?? ''),
        'own-subject': yes(one.own_subject),
        from: text(one.from === null ? null : `${shownDate(one.from.date)}, урок ${one.from.number}`),
      })),
    ),
  async ({ until }) => until,
)

export const CONTROL_SHEETS: readonly View[] = [lessonChangesByTeacher, changedLessons]
