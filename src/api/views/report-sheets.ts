import { z } from 'zod'
import { shownDate } from '#print/dates.ts'
import { contentHash } from '#print/forms.ts'
import {
  cellText,
  inForm,
  type ReportSheetContent,
  type SheetCell,
  type SheetValue,
} from '#print/report-sheet.ts'
import { policyOn } from '#projections/school-directory/queries.ts'
import type { Policy } from '#values/policy.ts'
import { type ColumnOf, formOf, type ReportName, SIGNERS, usualForm } from '#values/report-form.ts'
import { type Share, share } from '#values/share.ts'
import { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { printedCollected } from '../prints/print.ts'
import { attainmentReport } from './attainment.ts'
import { conductedLessonsReport } from './conducted-lessons.ts'
import { consentsReport } from './consents.ts'
import { periodNames } from './directory.ts'
import { namesOf } from './names.ts'
import { groundOf, lastDayOf } from './period-end.ts'
import { missedLessonsReport, unsatisfactoryMarksReport } from './pupil-reports.ts'
import { programmeReport } from './programme.ts'
import { REPORTS } from './report-parts.ts'
import { learnersOfUnit, yearOfUnit } from './rights.ts'
import { filterOf, made, TABLE_FORMATS, tableFile } from './table-file.ts'
import { timelinessReport } from './timeliness.ts'
import { type Asked, defineView, type View } from './view.ts'

/** A report by column, before it has a form. */
interface Sheet<Report extends ReportName> {
  readonly head: ReportSheetContent['head']
  readonly rows: ReadonlyArray<Readonly<Record<ColumnOf<Report>, SheetValue>>>
  /** The class, group or pupil whose report it is; null is the school. */
  readonly of: Uuid | null
  readonly from: LocalDate | null
  readonly until: LocalDate | null
}

export const SheetReply = z
  .strictObject({
    report: z.string(),
    form_from: LocalDate.nullable().describe('С какого дня действует форма школы; null — обычная форма'),
    title: z.string(),
    head: z.array(z.strictObject({ label: z.string(), text: z.string() })),
    columns: z.array(z.string()),
    parts: z.array(
      z.strictObject({
        name: z.string().nullable().describe('Значение столбца, по которому сгруппировано'),
        rows: z.array(z.array(z.string())),
      }),
    ),
    signatures: z.array(z.string()),
    ...made,
    content: z.string().describe('SHA-256 того, что на листе, без имён: то же стоит на печатном'),
  })
  .meta({ id: 'ReportSheet', description: 'Отчёт листом, по форме школы' })

const format = z
  .enum(['json', ...TABLE_FORMATS, 'html', 'pdf'])
  .default('json')
  .describe('json, csv, xlsx, html или pdf (PDF/A-1b)')

/**
 * A report as a sheet for people: what the report counts, in the form of the school that was in force on its last day, or
 * today where that is to come (R-F6, docs/decisions/0086). Asked like the report, and open to whom the report is.
 */
export function sheetOf<Report extends ReportName, Input extends z.ZodObject, Reply extends z.ZodType>(
  report: Report,
  of: View<Input, Reply>,
  collected: (
    body: z.output<Reply>,
    asked: Asked<z.output<Input>>,
    words: Words,
  ) => Sheet<Report> | Promise<Sheet<Report>>,
  lastDay: (body: z.output<Reply>, asked: Asked<z.output<Input>>) => Promise<LocalDate | null>,
): View {
  return defineView({
    name: `${report}-sheet`,
    shows: of.name,
    path: `reports/${report}/sheet`,
    summary: `${usualForm(report).title}: лист по форме школы — JSON, CSV, XLSX или печать`,
    tag: REPORTS,
    operation: of.operation,
    logged: true,
    input: z.strictObject({ ...of.input.shape, format }),
    reply: SheetReply,
    may: async (asked) => (await of.may?.(plain(asked))) ?? null,
    async answer(shaped) {
      const asked: Asked<z.output<Input>> = plain(shaped)
      const { school, parts, today } = asked
      const answered = await of.answer(asked)
      const body = (await parts.texts.opened(school, answered.body)) as z.output<Reply>
      const last = (await lastDay(body, asked)) ?? today
      const rules = await policyOn(parts.database, school, last < today ? last : today)
      const sheet = await collected(body, asked, wordsOf(rules?.policy))
      const form = rules === undefined ? usualForm(report) : formOf(rules.policy, report)
      const content = inForm(form, sheet.head, sheet.rows)
      const people = new Set(peopleOn(content))
      const printForm = { template: 'report-sheet/1', content } as const
      const about = answered.body
      const file = `${report}-${sheet.from ?? ''}-${sheet.until ?? ''}`
      const { format: as } = shaped.input
      if (as === 'html' || as === 'pdf') {
        const { of: subject, from, until } = sheet
        const address = { template: printForm.template, of: subject, from, until, part: null }
        const printed = await printedCollected(asked, address, { form: printForm, people }, as, file)
        return { ...printed, about }
      }
      const name = await namesOf(asked, [...people])
      const names = new Map([...people].map((person) => [person, name(person)]))
      const rowsOf = (rows: ReportSheetContent['parts'][number]['rows']) =>
        rows.map((row) => row.map((cell) => cellText(cell, names)))
      const textOf = (cell: SheetCell) => cellText(cell, names)
      if (as !== 'json') {
        // A table program groups by itself: there the column stands among the others.
        const flat = inForm({ ...form, groupBy: null }, sheet.head, sheet.rows)
        const rows = flat.parts.flatMap((part) => rowsOf(part.rows))
        const head = flat.head.map(([label, value]) => [label, textOf(value)] as const)
        const tables = [{ name: flat.title, columns: flat.columns, rows }]
        return { ...tableFile(shaped, { title: flat.title, head, tables, file }, as), about }
      }
      const own = rules?.policy.reportForms.some((one) => one.report === report) ?? false
      return {
        about,
        body: {
          report,
          form_from: own ? (rules?.effective_from ?? null) : null,
          title: content.title,
          head: content.head.map(([label, value]) => ({ label, text: cellText(value, names) })),
          columns: [...content.columns],
          parts: content.parts.map((part) => ({
            name: part.name === null ? null : cellText(part.name, names),
            rows: rowsOf(part.rows),
          })),
          signatures: content.signatures.map((signer) => SIGNERS[signer]),
          filter: filterOf(shaped.input),
          generated_at: parts.execution.clock(),
          content: contentHash(printForm),
        },
      }
    },
  })
}

/** The question as the report itself is asked it. */
function plain<Input>(shaped: { readonly input: object }): Asked<Input> {
  const { format: _format, ...input } = shaped.input as { format?: unknown }
  return { ...shaped, input } as unknown as Asked<Input>
}

function* peopleOn({ head, parts }: ReportSheetContent): Generator<Uuid> {
  const cells = [
    ...head.map(([, value]) => value),
    ...parts.flatMap(({ name, rows }) => [name, ...rows.flat()]),
  ]
  for (const cell of cells) if (cell !== null && typeof cell !== 'string') yield cell.person
}

/** What the school calls its kinds and types, by the rules under which the sheet is made. */
interface Words {
  kind(kind: string): string
  type(type: string): string
}

export function wordsOf(policy: Policy | undefined): Words {
  return {
    kind: (kind) => policy?.kindsOfWork.find((one) => one.kind === kind)?.name ?? kind,
    type: (type) => policy?.lessonTypes.find((one) => one.type === type)?.name ?? type,
  }
}

export const text = (of: string | null): SheetValue => ({ shown: of ?? '', order: of })
export const count = (of: number | null): SheetValue => ({ shown: of === null ? '' : String(of), order: of })
export const yes = (of: boolean | null): SheetValue => ({
  shown: of === null ? '' : of ? 'да' : 'нет',
  order: of === null ? null : Number(of),
})
export const day = (of: LocalDate): SheetValue => ({ shown: shownDate(of), order: of })
export const person = (of: Uuid, name: string): SheetValue => ({ shown: { person: of }, order: name })
export const decimal = (of: number | null): string => (of === null ? '' : String(of).replace('.', ','))
export const number = (of: number | null): SheetValue => ({ shown: decimal(of), order: of })
export const percent = ({ percent: of }: Share): SheetValue => ({ shown: decimal(of), order: of })
export const shareText = ({ part, of, percent: counted }: Share): string =>
  counted === null ? '—' : `${decimal(counted)} % (${part} из ${of})`

export const days = (from: LocalDate, until: LocalDate) =>
  ['Период', `${shownDate(from)} – ${shownDate(until)}`] as const

/** What was taught in a period, by journal (R-5.5a). */
const conductedLessonsSheet = sheetOf(
  'conducted-lessons',
  conductedLessonsReport,
  async ({ year, period, rows }, asked, words) => {
    const named = (await periodNames(asked, year))(period)
    return {
      head: [
        ['Учебный год', `${year}/${year + 1}`],
        ['Период', named],
      ],
      of: null,
      from: rows.map(({ from }) => from).toSorted()[0] ?? null,
      until: lastOf(rows),
      rows: rows.map((row) => ({
        journal: text(row.name),
        from: day(row.from),
        until: day(row.until),
        planned: count(row.planned),
        conducted: count(row.conducted),
        cancelled: count(row.cancelled),
        substituted: count(row.substituted),
        left: count(row.left),
        beyond: count(row.beyond),
        'by-type': text(
          row.by_type.map(({ type, lessons }) => `${words.type(type)} — ${lessons}`).join('; '),
        ),
        marks: count(row.marks),
        'by-value': text(row.by_value.map(({ value, count: of }) => `${value} — ${of}`).join('; ')),
      })),
    }
  },
  async ({ rows }) => lastOf(rows),
)

/** Plan against fact of the year on a date, by journal (R-7A.10e). */
const programmeSheet = sheetOf(
  'programme',
  programmeReport,
  ({ year, on, rows, totals }) => {
    const [school] = totals
    return {
      head: [
        ['Учебный год', `${year}/${year + 1}`],
        ['На дату', shownDate(on)],
        ['По плану к дате', count(school?.due ?? null).shown],
        ['Дано по плану', count(school?.fact ?? null).shown],
        ['К дате, %', decimal(school?.percent_due ?? null)],
      ],
      of: null,
      from: null,
      until: on,
      rows: rows.map((row) => ({
        journal: text(row.name),
        subject: text(row.subject),
        unit: text(row.unit),
        hours: count(row.hours),
        due: count(row.due),
        fact: count(row.fact),
        'percent-due': number(row.percent_due),
        'percent-year': number(row.percent_year),
        'off-plan': count(row.off_plan),
      })),
    }
  },
  async ({ on }) => on,
)

function lastOf(rows: ReadonlyArray<{ readonly until: LocalDate }>): LocalDate | null {
  return (
    rows
      .map(({ until }) => until)
      .toSorted()
      .at(-1) ?? null
  )
}

type Attainment = z.output<typeof attainmentReport.reply>

/** What both sheets of the report have: by subject and by pupil they differ in their rows alone. */
async function attainmentSheet<Row>(
  { unit, name, period, total }: Attainment,
  asked: Asked<unknown>,
  rows: readonly Row[],
) {
  const year = await yearOfUnit(asked, unit)
  const head: ReportSheetContent['head'] = [
    ['Класс (группа)', name],
    ['Период', year === undefined ? period : (await periodNames(asked, year))(period)],
    ['Успеваемость класса', shareText(total.success)],
    ['Качество', shareText(total.quality)],
    ['Успеваемость по предметам', shareText(total.by_subjects)],
  ]
  return { head, of: unit, from: null, until: null, rows }
}

function attainmentCells(of: Attainment['subjects'][number] | Attainment['pupils'][number]) {
  return {
    success: percent(of.success),
    counted: { shown: `${of.success.part} из ${of.success.of}`, order: of.success.part },
    quality: percent(of.quality),
    exempt: count(of.exempt),
    postponed: count(of.postponed),
    'not-filled': count(of.not_filled),
  }
}

/** The last school day of the period for the unit, on which its results are counted. */
async function endOfPeriod({ unit, period }: Attainment, asked: Asked<unknown>): Promise<LocalDate | null> {
  const year = await yearOfUnit(asked, unit)
  const learners = await learnersOfUnit(asked, unit)
  if (year === undefined || learners === undefined) return null
  return lastDayOf(await groundOf(asked, year), period, learners) ?? null
}

/** Success and quality by subject (R-7A.13a). */
const attainmentOfSubjectsSheet = sheetOf(
  'attainment-of-subjects',
  attainmentReport,
  (body, asked) =>
    attainmentSheet(
      body,
      asked,
      body.subjects.map((of) => ({ subject: text(of.subject_name), ...attainmentCells(of) })),
    ),
  endOfPeriod,
)

/** Success and quality by pupil (R-7A.13a). */
const attainmentOfPupilsSheet = sheetOf(
  'attainment-of-pupils',
  attainmentReport,
  (body, asked) =>
    attainmentSheet(
      body,
      asked,
      body.pupils.map((of) => ({ pupil: person(of.pupil, of.name), ...attainmentCells(of) })),
    ),
  endOfPeriod,
)

/** Whether journals are filled in time, by teacher and journal (R-7A.13e). */
const timelinessSheet = sheetOf(
  'timeliness',
  timelinessReport,
  ({ from, until, total, rows }) => ({
    head: [
      days(from, until),
      ['Уроков ожидалось', String(total.lessons.expected)],
      ['Уроки в срок', shareText(total.lessons.timeliness)],
      ['Полнота', shareText(total.completeness)],
    ],
    of: null,
    from,
    until,
    rows: rows.map((row) => {
      const { lessons, marks } = row
      const given = marks.reduce((sum, of) => sum + of.timeliness.of, 0)
      const inTime = marks.reduce((sum, of) => sum + of.timeliness.part, 0)
      const late = lessons.median_late_by
      return {
        teacher: person(row.teacher, row.teacher_name),
        journal: text(row.journal_name),
        expected: count(lessons.expected),
        'on-time': count(lessons.on_time),
        late: count(lessons.late),
        missing: count(lessons.missing),
        excused: count(lessons.excused),
        'median-late-by': count(late === null ? null : Math.ceil(late / 60)),
        lessons: percent(lessons.timeliness),
        attendance: percent(row.attendance.timeliness),
        homework: percent(row.homework.timeliness),
        marks: percent(share(inTime, given)),
        completeness: percent(row.completeness),
        'without-marks': count(marks.reduce((sum, of) => sum + of.without_marks.length, 0)),
      }
    }),
  }),
  async ({ until }) => until,
)

/** The lessons that a pupil missed (R-7A.13c, R-A1.6r). */
const missedLessonsSheet = sheetOf(
  'missed-lessons',
  missedLessonsReport,
  ({ pupil, from, until, missed, totals }) => ({
    head: [
      ['Обучающийся', { person: pupil }],
      days(from, until),
      ['Всего', totals.map(({ code, lessons }) => `${code} — ${lessons}`).join('; ') || '—'],
    ],
    of: pupil,
    from,
    until,
    rows: missed.map((of) => ({
      date: day(of.date),
      number: count(of.number),
      subject: text(of.subject),
      topic: text(of.topic),
      code: text(of.code),
      valid: yes(of.valid),
      'made-up': yes(of.made_up),
    })),
  }),
  async ({ until }) => until,
)

/** The unsatisfactory marks of a pupil (R-7A.13d, R-A1.6r). */
const unsatisfactoryMarksSheet = sheetOf(
  'unsatisfactory-marks',
  unsatisfactoryMarksReport,
  ({ pupil, from, until, marks }, _asked, words) => ({
    head: [['Обучающийся', { person: pupil }], days(from, until), ['Всего', String(marks.length)]],
    of: pupil,
    from,
    until,
    rows: marks.map((of) => ({
      date: day(of.date),
      number: count(of.number),
      subject: text(of.subject),
      topic: text(of.topic),
      kind: text(words.kind(of.kind)),
      value: { shown: String(of.value), order: of.value },
      corrected: yes(of.corrected),
    })),
  }),
  async ({ until }) => until,
)

const DECISIONS = { given: 'согласие', refused: 'отказ', withdrawn: 'согласие отозвано' } as const
const SCOPES = { diary: 'дневник', messages: 'сообщения' } as const
const FORMS = { written: 'письменно', electronic: 'в кабинете' } as const

/** Who consented, who did not, and about whom nobody has decided. */
const consentsSheet = sheetOf(
  'consents',
  consentsReport,
  ({ year, on, totals, rows }) => ({
    head: [
      ['Учебный год', `${year}/${year + 1}`],
      ['На дату', shownDate(on)],
      ['Обучающихся', String(totals.pupils)],
      ['С согласием', String(totals.given)],
      ['С отказом', String(totals.refused)],
      ['Без решения', String(totals.undecided)],
    ],
    of: null,
    from: null,
    until: on,
    rows: rows.map(({ consent, ...row }) => ({
      class: text(row.class_name),
      pupil: person(row.pupil, row.pupil_name),
      representative:
        row.representative === null ? text(null) : person(row.representative, row.representative_name ?? ''),
      decision: text(consent === null ? 'решения нет' : DECISIONS[consent.decision]),
      scope: text(consent === null ? null : consent.scope.map((one) => SCOPES[one]).join(', ')),
      form: text(consent === null ? null : FORMS[consent.form]),
      date: consent === null ? text(null) : day(consent.date),
      notice: text(
        consent === null || consent.notice === null
          ? null
          : `${consent.notice.version}, ${shownDate(consent.notice.date)}`,
      ),
    })),
  }),
  async ({ on }) => on,
)

export const REPORT_SHEETS: readonly View[] = [
  conductedLessonsSheet,
  programmeSheet,
  attainmentOfSubjectsSheet,
  attainmentOfPupilsSheet,
  timelinessSheet,
  missedLessonsSheet,
  unsatisfactoryMarksSheet,
  consentsSheet,
]
