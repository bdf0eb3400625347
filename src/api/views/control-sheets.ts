import type { z } from 'zod'
import { shownDate } from '#print/dates.ts'
import { fullnessOfMarksReport } from './fullness-of-marks.ts'
import { homeworkLoadReport } from './homework-load.ts'
import { informingReport } from './informing.ts'
import { lessonChangesReport } from './lesson-changes.ts'
import { count, day, days, number, percent, person, sheetOf, text, yes } from './report-sheets.ts'
import { periodNames } from './directory.ts'
import type { Asked, View } from './view.ts'

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
async function fullnessSheet<Row>(
  { year, period, on, how, rows: journals }: Fullness,
  asked: Asked<unknown>,
  rows: readonly Row[],
) {
  const below = journals.reduce((sum, row) => sum + row.below, 0)
  const head: ReadonlyArray<readonly [string, string]> = [
    ['Учебный год', `${year}/${year + 1}`],
    ['Период', (await periodNames(asked, year))(period)],
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
  (body, asked) =>
    fullnessSheet(
      body,
      asked,
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
  (body, asked) =>
    fullnessSheet(
      body,
      asked,
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

type HomeworkLoad = z.output<typeof homeworkLoadReport.reply>

/** What both sheets of the listing have. */
function homeworkSheet<Row>({ from, until, days: found }: HomeworkLoad, rows: readonly Row[]) {
  const sum = (of: 'items' | 'unsuitable') => found.reduce((all, one) => all + one[of], 0)
  const head: ReadonlyArray<readonly [string, string]> = [
    days(from, until),
    ['Заданий', String(sum('items'))],
    ['Не соответствуют', String(sum('unsuitable'))],
  ]
  return { head, of: null, from, until, rows }
}

/** How much homework each class has on each day (R-7A.10g). */
const homeworkByDay = sheetOf(
  'homework-load',
  homeworkLoadReport,
  (body) =>
    homeworkSheet(
      body,
      body.days.map((one) => ({
        date: day(one.date),
        class: text(one.name),
        items: count(one.items),
        minutes: count(one.minutes),
        most: count(one.most),
        undeclared: count(one.undeclared),
        declined: count(one.declined),
        'not-filled': count(one.not_filled),
        reviewed: count(one.reviewed),
        unsuitable: count(one.unsuitable),
      })),
    ),
  async ({ until }) => until,
)

const ASPECTS = { age: 'возраст', content: 'содержание', volume: 'объём' } as const

/** Each homework, and what was found of it (R-7A.10g). */
const homeworkReviews = sheetOf(
  'homework-reviews',
  homeworkLoadReport,
  (body) =>
    homeworkSheet(
      body,
      body.days.flatMap((of) =>
        of.lessons
          .filter(({ state }) => state === 'set')
          .map((one) => ({
            date: day(of.date),
            class: text(of.name),
            journal: text(one.journal_name),
            teacher: person(one.teacher, one.teacher_name),
            homework: text(one.text),
            due: one.due === null ? text(null) : day(one.due),
            minutes: count(one.minutes),
            verdict: text(one.review && verdictOf(one.review)),
            comment: text(one.review?.text ?? null),
          })),
      ),
    ),
  async ({ until }) => until,
)

function verdictOf({ verdict, aspects, stale }: NonNullable<Reviewed>): string {
  const found =
    verdict === 'suitable'
      ? 'соответствует'
      : `не соответствует: ${aspects.map((aspect) => ASPECTS[aspect]).join(', ')}`
  return stale ? `${found} (задание исправлено)` : found
}
type Reviewed = HomeworkLoad['days'][number]['lessons'][number]['review']

type Informing = z.output<typeof informingReport.reply>

/** What both sheets of the report have. */
function informingSheet<Row>({ from, until, on, unreached }: Informing, rows: readonly Row[]) {
  const head: ReadonlyArray<readonly [string, string]> = [
    days(from, until),
    ['Каналы и выписки на', shownDate(on)],
    ['Без канала и выписки', String(unreached.length)],
  ]
  return { head, of: null, from, until, rows }
}

/** Whether parents are informed in time, by class (R-7A.14). */
const informing = sheetOf(
  'informing',
  informingReport,
  (body) =>
    informingSheet(
      body,
      body.classes.map((one) => ({
        class: text(one.name),
        pupils: count(one.pupils),
        marks: percent(one.marks.in_time),
        homework: percent(one.homework.in_time),
        absences: percent(one.absences.in_time),
        all: percent(one.all),
        messages: count(one.messages.sent),
        delivered: count(one.messages.reached),
        undelivered: count(one.messages.undelivered),
        unreached: count(one.unreached),
      })),
    ),
  async ({ until }) => until,
)

/** The children whose parents nothing reaches (R-7A.14). */
const unreachedChildren = sheetOf(
  'unreached-children',
  informingReport,
  (body) =>
    informingSheet(
      body,
      body.unreached.map((one) => ({
        pupil: person(one.pupil, one.name),
        class: text(one.class_name),
        representatives: count(one.representatives),
        extract: one.last_extract === null ? text(null) : day(one.last_extract),
      })),
    ),
  async ({ until }) => until,
)

export const CONTROL_SHEETS: readonly View[] = [
  informing,
  unreachedChildren,
  homeworkByDay,
  homeworkReviews,
  lessonChangesByTeacher,
  changedLessons,
  fullnessByJournal,
  marksBelowNorm,
]
