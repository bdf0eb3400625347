import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { shownDate } from './dates.ts'
import { byName, type Names, type Paper, type PrintDocument, type TableBlock } from './document.ts'
import { type FinalKind, rowName, schoolYear, type PrintedPupil } from './journal-page.ts'

/** The summary sheet of a class: every final of the year, and what the year came to (R-2.14b, R-3.2). */
export interface SummarySheetContent {
  readonly unit: Uuid
  readonly name: string
  readonly year: number
  readonly periods: ReadonlyArray<{ readonly period: string; readonly name: string }>
  /** With the subject of each, by name: journals of one subject, as groups have them, make one column. */
  readonly journals: ReadonlyArray<{ readonly journal: Uuid; readonly subject: string }>
  readonly pupils: readonly PrintedPupil[]
  readonly finals: ReadonlyArray<{
    readonly journal: Uuid
    readonly period: string
    readonly pupil: Uuid
    readonly kind: FinalKind
    readonly text: string
  }>
  readonly decisions: ReadonlyArray<{
    readonly pupil: Uuid
    readonly decision: string
    readonly orderNumber: string
    readonly orderDate: LocalDate
  }>
}

/** Subjects beside one another. */
const SUBJECTS: Readonly<Record<Paper, number>> = { A4: 13, A3: 21 }
const SUBJECT = 41

const DECISIONS: Readonly<Record<string, string>> = {
  promoted: 'переведён(а) в следующий класс',
  'promoted-conditionally': 'переведён(а) условно',
  repeats: 'оставлен(а) на повторное обучение',
  admitted: 'допущен(а) к итоговой аттестации',
  graduated: 'выпущен(а), окончил(а) обучение',
}

/** A subject with the journals in which it is taught to these pupils. */
interface SubjectColumn {
  readonly subject: string
  readonly journals: readonly Uuid[]
}

/** One line of a pupil. */
interface Line {
  readonly name: string
  readonly period: string
  readonly kind: FinalKind
}

/** In the standard form: a pupil has a line for each period, the year, the exam and the final mark, then the decision. */
export function layoutSummarySheet(
  content: SummarySheetContent,
  names: Names,
  paper: Paper = 'A4',
): PrintDocument {
  const { name, year, periods } = content
  const columns = [...Map.groupBy(content.journals, ({ subject }) => subject)].map(([subject, of]) => ({
    subject,
    journals: of.map(({ journal }) => journal),
  }))
  const pupils = byName(names, content.pupils, ({ pupil }) => pupil)
  const sheets = Math.max(1, Math.ceil(columns.length / SUBJECTS[paper]))
  const subjects = (sheet: number) => columns.slice(sheet * SUBJECTS[paper], (sheet + 1) * SUBJECTS[paper])
  return {
    title: 'Сводная ведомость учёта успеваемости обучающихся',
    paper,
    orientation: 'landscape',
    head: [
      ['Класс (группа)', name],
      ['Учебный год', schoolYear(year)],
      ['Периоды', periods.map((period) => period.name).join(', ')],
      ['Обучающихся', String(pupils.length)],
    ],
    blocks: [
      ...Array.from({ length: sheets }, (_, sheet) => [
        {
          kind: 'heading',
          text: sheets === 1 ? 'Итоговые отметки' : `Итоговые отметки, лист ${sheet + 1} из ${sheets}`,
          newSheet: sheet > 0,
        } as const,
        finalsTable(content, pupils, subjects(sheet), names),
      ]).flat(),
      decisionsHeading,
      decisionsTable(content, pupils, names),
      { kind: 'signatures', of: ['Классный руководитель', 'Заместитель директора', 'Директор'], seal: true },
    ],
  }
}

const decisionsHeading = { kind: 'heading', text: 'Решение педагогического совета' } as const

function linesOf({ periods, finals }: SummarySheetContent): Line[] {
  const lines: Line[] = periods.map(({ period, name }) => ({
    name,
    period,
    kind: period === 'year' ? 'year' : 'period',
  }))
  for (const [kind, name] of [
    ['exam', 'Экзамен'],
    ['final', 'Итоговая'],
  ] as const) {
    if (finals.some((final) => final.kind === kind)) lines.push({ name, period: 'year', kind })
  }
  return lines
}

function key(journal: Uuid, pupil: Uuid, period: string, kind: FinalKind): string {
  return `${journal} ${pupil} ${period} ${kind}`
}

function finalsTable(
  content: SummarySheetContent,
  pupils: readonly PrintedPupil[],
  columns: readonly SubjectColumn[],
  names: Names,
): TableBlock {
  const texts = new Map(
    content.finals.map(({ journal, pupil, period, kind, text }) => [key(journal, pupil, period, kind), text]),
  )
  const lines = linesOf(content)
  return {
    kind: 'table',
    columns: [
      { head: '№', width: 14, align: 'center' },
      { head: 'Фамилия, имя, отчество', width: 105 },
      { head: 'Период', width: 44 },
      ...columns.map(({ subject }) => ({ head: subject, width: SUBJECT, align: 'center' }) as const),
    ],
    // The number stands on every line, so that a line on the next sheet still says whose it is.
    rows: pupils.flatMap((one, at) =>
      lines.map(({ name, period, kind }, line) => [
        String(at + 1),
        line === 0 ? rowName(one, names) : '',
        name,
        ...columns.map(({ journals }) =>
          journals.flatMap((journal) => texts.get(key(journal, one.pupil, period, kind)) ?? []).join('/'),
        ),
      ]),
    ),
  }
}

function decisionsTable(
  { decisions }: SummarySheetContent,
  pupils: readonly PrintedPupil[],
  names: Names,
): TableBlock {
  const of = new Map(decisions.map((one) => [one.pupil, one]))
  return {
    kind: 'table',
    columns: [
      { head: '№', width: 14, align: 'center' },
      { head: 'Фамилия, имя, отчество', width: 200 },
      { head: 'Решение', width: 'rest' },
      { head: 'Приказ', width: 160 },
    ],
    rows: pupils.map((one, at) => {
      const decided = of.get(one.pupil)
      return [
        String(at + 1),
        rowName(one, names),
        decided === undefined ? '' : (DECISIONS[decided.decision] ?? decided.decision),
        decided === undefined ? '' : `№ ${decided.orderNumber} от ${shownDate(decided.orderDate)}`,
      ]
    }),
  }
}
