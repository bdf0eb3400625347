import { z } from 'zod'
import { label } from './text.ts'

/**
 * The forms in which reports are read and printed, as data of the school (R-F6, docs/decisions/0086): a title, the columns
 * in their order and under their headings, how rows are grouped and ordered, and which offices sign. What a report counts
 * is no form: it is in docs/spec/reports.md, and the fields that programs read stay as they are.
 */

/** A column of a report: its usual heading, and the clause of the regulation that wants it in the report. */
export interface ReportColumn {
  readonly head: string
  /** Null where the school may leave it out. */
  readonly demanded: string | null
}

interface ReportLayout {
  readonly title: string
  readonly columns: Readonly<Record<string, ReportColumn>>
  readonly signatures: readonly Signer[]
}

/**
 * Offices whose holders sign a sheet. A line of signature names an office and never a person, who may be another when it is
 * printed, and whose name has no place in the log.
 */
export const SIGNERS = {
  head: 'Директор',
  deputy: 'Заместитель директора',
  'class-teacher': 'Классный руководитель',
  teacher: 'Учитель',
  representative: 'Родитель (законный представитель)',
} as const
const Signer = z.enum(Object.keys(SIGNERS) as Array<keyof typeof SIGNERS>)
export type Signer = z.infer<typeof Signer>

const demanded = (clause: string, head: string): ReportColumn => ({ head, demanded: clause })
const free = (head: string): ReportColumn => ({ head, demanded: null })

const CONDUCTED = '§5/5; Пр1/2'
const ATTAINMENT = '§7А/13 (1); Пр1/5/2'
const TIMELINESS = '§7А/13 (5); §7А/10'
const PROGRAMME = '§7А/10 (5); §7А/13 (6)'
const CHANGES = '§7А/10 (8)'
const FULLNESS = '§7А/10 (3)'
const HOMEWORK = '§7А/10 (7)'
const INFORMING = '§7А/14; Пр1/3; Пр4/5'
const MISSED = '§7А/13 (3); Пр1/6'
const CONSENTS = '§5/1; §7Б/5; Пр3/3'
const UNSATISFACTORY = '§7А/13 (4); Пр1/6'

const attainment = {
  success: demanded(ATTAINMENT, 'Успеваемость, %'),
  counted: demanded(ATTAINMENT, 'Успешных из учтённых'),
  quality: free('Качество, %'),
  exempt: demanded(ATTAINMENT, 'Освобождены и без отметок'),
  postponed: demanded(ATTAINMENT, 'Отсрочка'),
  'not-filled': demanded(ATTAINMENT, 'Не выставлено'),
}

/** The reports that have a form, each as it is without a word of the school. */
export const REPORT_LAYOUTS = {
  'conducted-lessons': {
    title: 'Проведённые уроки за период',
    columns: {
      journal: demanded(CONDUCTED, 'Журнал'),
      from: free('С'),
      until: free('По'),
      planned: demanded(CONDUCTED, 'По расписанию'),
      conducted: demanded(CONDUCTED, 'Проведено'),
      cancelled: demanded(CONDUCTED, 'Отменено'),
      substituted: demanded(CONDUCTED, 'С заменой'),
      left: free('Не записано'),
      beyond: free('Вне расписания'),
      'by-type': demanded(CONDUCTED, 'По типам уроков'),
      marks: free('Отметок'),
      'by-value': demanded(CONDUCTED, 'Распределение отметок'),
    },
    signatures: ['deputy'],
  },
  'attainment-of-subjects': {
    title: 'Успеваемость и качество по предметам',
    columns: { subject: demanded(ATTAINMENT, 'Предмет'), ...attainment },
    signatures: ['deputy'],
  },
  'attainment-of-pupils': {
    title: 'Успеваемость и качество по обучающимся',
    columns: { pupil: demanded(ATTAINMENT, 'Обучающийся'), ...attainment },
    signatures: ['class-teacher', 'deputy'],
  },
  timeliness: {
    title: 'Своевременность и полнота заполнения журналов',
    columns: {
      teacher: demanded(TIMELINESS, 'Учитель'),
      journal: demanded(TIMELINESS, 'Журнал'),
      expected: demanded(TIMELINESS, 'Уроков ожидалось'),
      'on-time': demanded(TIMELINESS, 'В срок'),
      late: demanded(TIMELINESS, 'С опозданием'),
      missing: demanded(TIMELINESS, 'Не записано'),
      excused: free('Не засчитано (перерыв в работе)'),
      'median-late-by': free('Медиана опоздания, мин'),
      lessons: demanded(TIMELINESS, 'Уроки в срок, %'),
      attendance: demanded(TIMELINESS, 'Посещаемость в срок, %'),
      homework: demanded(TIMELINESS, 'Задания в срок, %'),
      marks: demanded(TIMELINESS, 'Отметки в срок, %'),
      completeness: demanded(TIMELINESS, 'Полнота, %'),
      'without-marks': free('Работ без отметок'),
    },
    signatures: ['deputy'],
  },
  programme: {
    title: 'Выполнение программы',
    columns: {
      journal: demanded(PROGRAMME, 'Журнал'),
      subject: free('Предмет'),
      unit: free('Класс (группа)'),
      hours: demanded(PROGRAMME, 'Часов по плану на год'),
      due: demanded(PROGRAMME, 'По плану к дате'),
      fact: demanded(PROGRAMME, 'Дано по плану'),
      'percent-due': demanded(PROGRAMME, 'К дате, %'),
      'percent-year': free('За год, %'),
      'off-plan': demanded(PROGRAMME, 'Вне плана'),
    },
    signatures: ['deputy'],
  },
  'lesson-changes': {
    title: 'Замены и пропущенные уроки по учителям',
    columns: {
      teacher: demanded(CHANGES, 'Учитель'),
      planned: demanded(CHANGES, 'По расписанию'),
      given: free('Проведено самим'),
      'own-subject': demanded(CHANGES, 'Замещены, свой предмет'),
      'other-subject': demanded(CHANGES, 'Замещены, другой предмет'),
      cancelled: demanded(CHANGES, 'Отменено'),
      'not-given': demanded(CHANGES, 'Не проведено'),
      ahead: free('Предстоит'),
      transferred: demanded(CHANGES, 'Из них перенесено'),
      'for-others': free('Дано за других'),
    },
    signatures: ['deputy'],
  },
  'changed-lessons': {
    title: 'Замещённые, перенесённые, отменённые и не проведённые уроки',
    columns: {
      date: demanded(CHANGES, 'Дата'),
      number: free('Урок'),
      journal: demanded(CHANGES, 'Журнал'),
      teacher: demanded(CHANGES, 'Учитель'),
      outcome: demanded(CHANGES, 'Что с уроком'),
      by: demanded(CHANGES, 'Кто заменил'),
      'own-subject': demanded(CHANGES, 'Свой предмет'),
      from: demanded(CHANGES, 'Перенесён с'),
    },
    signatures: ['deputy'],
  },
  'fullness-of-marks': {
    title: 'Наполняемость отметок',
    columns: {
      journal: demanded(FULLNESS, 'Журнал'),
      subject: free('Предмет'),
      unit: free('Класс (группа)'),
      weekly: demanded(FULLNESS, 'Уроков в неделю'),
      days: free('Учебных дней'),
      norm: demanded(FULLNESS, 'Норма отметок'),
      pupils: free('Обучающихся'),
      marks: demanded(FULLNESS, 'Отметок'),
      average: demanded(FULLNESS, 'В среднем'),
      below: demanded(FULLNESS, 'Меньше нормы'),
    },
    signatures: ['deputy'],
  },
  'marks-below-norm': {
    title: 'Обучающиеся, у которых отметок меньше нормы',
    columns: {
      pupil: demanded(FULLNESS, 'Обучающийся'),
      journal: demanded(FULLNESS, 'Журнал'),
      marks: demanded(FULLNESS, 'Отметок'),
      norm: demanded(FULLNESS, 'Норма'),
      days: free('Учебных дней'),
    },
    signatures: ['deputy'],
  },
  'homework-load': {
    title: 'Объём домашних заданий по классам и дням',
    columns: {
      date: demanded(HOMEWORK, 'Дата'),
      class: demanded(HOMEWORK, 'Класс'),
      items: demanded(HOMEWORK, 'Заданий'),
      minutes: demanded(HOMEWORK, 'Объявлено минут'),
      most: free('Наибольшее у одного, мин'),
      undeclared: free('Без минут'),
      declined: free('Не задано'),
      'not-filled': free('Не заполнено'),
      reviewed: demanded(HOMEWORK, 'С заключением'),
      unsuitable: demanded(HOMEWORK, 'Не соответствуют'),
    },
    signatures: ['deputy'],
  },
  'homework-reviews': {
    title: 'Домашние задания и заключения о них',
    columns: {
      date: demanded(HOMEWORK, 'Дата'),
      class: demanded(HOMEWORK, 'Класс'),
      journal: demanded(HOMEWORK, 'Журнал'),
      teacher: free('Учитель'),
      homework: demanded(HOMEWORK, 'Задание'),
      due: free('К дате'),
      minutes: demanded(HOMEWORK, 'Минут'),
      verdict: demanded(HOMEWORK, 'Заключение'),
      comment: demanded(HOMEWORK, 'Замечание'),
    },
    signatures: ['deputy'],
  },
  informing: {
    title: 'Своевременность информирования родителей',
    columns: {
      class: demanded(INFORMING, 'Класс'),
      pupils: free('Обучающихся'),
      marks: demanded(INFORMING, 'Отметки в срок, %'),
      homework: demanded(INFORMING, 'Задания в срок, %'),
      absences: demanded(INFORMING, 'Посещаемость в срок, %'),
      all: demanded(INFORMING, 'Всего в срок, %'),
      messages: free('Сообщений'),
      delivered: free('Доставлено или прочитано'),
      undelivered: free('Не доставлено'),
      unreached: demanded(INFORMING, 'Без канала и выписки'),
    },
    signatures: ['deputy'],
  },
  'unreached-children': {
    title: 'Обучающиеся, чьи родители не получают сведений',
    columns: {
      pupil: demanded(INFORMING, 'Обучающийся'),
      class: demanded(INFORMING, 'Класс'),
      representatives: free('Представителей'),
      extract: free('Последняя выписка'),
    },
    signatures: ['class-teacher', 'deputy'],
  },
  'missed-lessons': {
    title: 'Пропущенные уроки',
    columns: {
      date: demanded(MISSED, 'Дата'),
      number: free('Урок'),
      subject: demanded(MISSED, 'Предмет'),
      topic: demanded(MISSED, 'Тема'),
      code: demanded(MISSED, 'Обозначение'),
      valid: free('Уважительная'),
      'made-up': demanded(MISSED, 'Тема зачтена'),
    },
    signatures: ['class-teacher', 'representative'],
  },
  'unsatisfactory-marks': {
    title: 'Неудовлетворительные отметки',
    columns: {
      date: demanded(UNSATISFACTORY, 'Дата'),
      number: free('Урок'),
      subject: demanded(UNSATISFACTORY, 'Предмет'),
      topic: demanded(UNSATISFACTORY, 'Тема'),
      kind: demanded(UNSATISFACTORY, 'Вид работы'),
      value: demanded(UNSATISFACTORY, 'Отметка'),
      corrected: demanded(UNSATISFACTORY, 'После исправления'),
    },
    signatures: ['class-teacher', 'representative'],
  },
  consents: {
    title: 'Согласия на сведения в электронной форме',
    columns: {
      class: free('Класс'),
      pupil: demanded(CONSENTS, 'Обучающийся'),
      representative: demanded(CONSENTS, 'Представитель'),
      decision: demanded(CONSENTS, 'Решение'),
      scope: demanded(CONSENTS, 'На что'),
      form: demanded(CONSENTS, 'Форма'),
      date: demanded(CONSENTS, 'Дата'),
      notice: demanded(CONSENTS, 'Извещение об операторе'),
    },
    signatures: ['class-teacher', 'deputy'],
  },
} as const satisfies Readonly<Record<string, ReportLayout>>

export type ReportName = keyof typeof REPORT_LAYOUTS
export const REPORT_NAMES = Object.keys(REPORT_LAYOUTS) as ReportName[]

/** The columns that a report has. */
export type ColumnOf<Report extends ReportName> = keyof (typeof REPORT_LAYOUTS)[Report]['columns']

/** The name of a column; which ones a report has, {@link columnsOf} says. */
const ColumnName = z.string().regex(/^[a-z][a-z-]{0,39}$/)

export const ReportForm = z.strictObject({
  report: z.enum(REPORT_NAMES),
  title: label(120),
  columns: z
    .array(z.strictObject({ column: ColumnName, head: label(60) }))
    .min(1)
    .max(30)
    .describe('Столбцы в порядке слева направо и их заголовки'),
  /** The column whose values head the parts of the sheet, in place of a column of its own. */
  groupBy: ColumnName.nullable().default(null),
  /** By which columns the rows are ordered, also by those that are not shown; in the order of the report without them. */
  sortBy: z
    .array(z.strictObject({ column: ColumnName, order: z.enum(['ascending', 'descending']) }))
    .max(3)
    .default([]),
  signatures: z.array(Signer).max(6).default([]).describe('Должности, не имена'),
})
export type ReportForm = z.infer<typeof ReportForm>

/** The columns of a report by name, in the usual order. */
export function columnsOf(report: ReportName): ReadonlyMap<string, ReportColumn> {
  return new Map(Object.entries(REPORT_LAYOUTS[report].columns))
}

/** The form of a report where the school has none of its own: every column, as it was counted. */
export function usualForm(report: ReportName): ReportForm {
  const { title, signatures } = REPORT_LAYOUTS[report]
  const columns = [...columnsOf(report)].map(([column, { head }]) => ({ column, head }))
  return { report, title, columns, groupBy: null, sortBy: [], signatures: [...signatures] }
}

/** The form of a report by the rules of a school. */
export function formOf(
  { reportForms }: { readonly reportForms: readonly ReportForm[] },
  report: ReportName,
): ReportForm {
  return reportForms.find((form) => form.report === report) ?? usualForm(report)
}

/** What of a form does not fit its report, with the column; null where it fits. */
export function misfitOf({ report, columns, groupBy, sortBy }: ReportForm): {
  readonly column: string
  readonly problem: 'unknown' | 'repeated' | 'not-shown' | 'demanded'
  readonly clause?: string
} | null {
  const known = columnsOf(report)
  const shown = columns.map(({ column }) => column)
  const sorted = sortBy.map(({ column }) => column)
  for (const names of [shown, sorted]) {
    const repeated = names.find((column, at) => names.indexOf(column) !== at)
    if (repeated !== undefined) return { column: repeated, problem: 'repeated' }
  }
  const strange = [...shown, ...sorted].find((column) => !known.has(column))
  if (strange !== undefined) return { column: strange, problem: 'unknown' }
  if (groupBy !== null && !shown.includes(groupBy)) return { column: groupBy, problem: 'not-shown' }
  for (const [column, { demanded: clause }] of known)
    if (clause !== null && !shown.includes(column)) return { column, problem: 'demanded', clause }
  return null
}
