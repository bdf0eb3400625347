import type { z } from 'zod'
import { shownDate } from '#print/dates.ts'
import { fullnessOfMarksReport } from './fullness-of-marks.ts'
import { lessonChangesReport } from './lesson-changes.ts'
import { count, day, days, number, person, sheetOf, text, yes } from './report-sheets.ts'
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

type Fullness = z.output<typeof fullnessOfMarksReport.reply>

/** What both sheets of the report have; `how` says by which rule the norm was counted. */
function fullnessSheet<Row>({ year, period, on, how, rows: journals }: Fullness, rows: readonly Row[]) {
  const below = journals.reduce((sum, row) => sum + row.below, 0)
  const head: ReadonlyArray<readonly [string, string]> = [
    ['Учебный год', `${year}/${year + 1}`],
    ['Период', period],
    ['По', shownDate(on)],
    ['Меньше нормы', String(below)],
    ['Норма', how],
  ]
  const from = journals.map((row) => row.from).toSorted()[0] ?? null
  return { head, of: null, from, until: on, rows }
}

/** Marks against the norm, by journal (R-7A.10c). */
const fullnessByJournal = sheetOf(
  'fullness-of-marks',
  fullnessOfMarksReport,
  (body) =>
    fullnessSheet(
      body,
      body.rows.map((row) => ({
        journal: text(row.name),
        subject: text(row.subject),
        unit: text(row.unit),
        weekly: count(row.weekly),
        days: count(row.school_days),
        norm: count(row.norm),
        pupils: count(row.pupils),
        marks: count(row.marks),
        average: number(row.average),
        below: count(row.below),
      })),
    ),
  async ({ on }) => on,
)

/** The pupils who have fewer (R-7A.10c). */
const marksBelowNorm = sheetOf(
  'marks-below-norm',
  fullnessOfMarksReport,
  (body) =>
    fullnessSheet(
      body,
      body.pupils
        .filter(({ below }) => below)
        .map((one) => ({
          pupil: person(one.pupil, one.name),
          journal: text(one.journal_name),
          marks: count(one.marks),
          norm: count(one.norm),
          days: count(one.days),
        })),
    ),
  async ({ on }) => on,
)

export const CONTROL_SHEETS: readonly View[] = [
  lessonChangesByTeacher,
  changedLessons,
  fullnessByJournal,
  marksBelowNorm,
]
