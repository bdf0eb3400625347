import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { shownDate } from './dates.ts'
import { type Block, nameOf, type Names, type Paper, type PrintDocument } from './document.ts'
import { type JournalPageContent, layoutJournalPage, schoolYear, shownPeriod } from './journal-page.ts'
import { layoutSummarySheet, type SummarySheetContent } from './summary-sheet.ts'

/** A line of what the paper journal has no column for: a remark, a protocol, a dispute, an electronic signature. */
export interface ArchivedEntry {
  readonly what: string
  readonly date: LocalDate | null
  readonly pupil: Uuid | null
  readonly subject: string | null
  readonly kind: string | null
  readonly value: string | number | null
  readonly text: string | null
  readonly people: readonly Uuid[]
  readonly at: Instant | null
}

export interface ArchivedPage extends JournalPageContent {
  readonly entries: readonly ArchivedEntry[]
}

/** A journal as it goes to the archive: all its pages in one file, to be stitched, signed and sealed (R-3.4c). */
export interface ArchivedJournalContent {
  readonly pages: readonly ArchivedPage[]
  readonly beside: readonly ArchivedEntry[]
}

export interface ArchivedSummaryContent extends SummarySheetContent {
  /** Results of assessments, forms of education, finals from elsewhere, protocols. */
  readonly beside: readonly ArchivedEntry[]
}

/** What a pupil who leaves takes along (R-A1.1). */
export interface TransferExtractContent {
  readonly pupil: Uuid
  readonly learners: string | null
  readonly year: number
  readonly on: LocalDate
  readonly subjects: ReadonlyArray<{
    readonly subject: string
    readonly finals: ReadonlyArray<{ readonly period: string; readonly text: string }>
    readonly marks: ReadonlyArray<{
      readonly date: LocalDate
      readonly kind: string
      readonly text: string
    }>
    readonly absences: ReadonlyArray<{
      readonly date: LocalDate
      readonly number: number
      readonly code: string
    }>
  }>
  readonly beside: readonly ArchivedEntry[]
}

/** The spreads of each page, then what stands beside them; behind the last one who signs, and the place of the seal. */
export function layoutArchivedJournal(content: ArchivedJournalContent, names: Names): PrintDocument {
  const { pages, beside } = content
  const [first] = pages
  if (first === undefined) throw new RangeError('a journal of the archive has a page')
  const { head } = layoutJournalPage(first, names)
  return {
    title: 'Классный журнал',
    paper: 'A4',
    orientation: 'landscape',
    head: head.map(([label, value]) =>
      label === 'Период' ? [label, pages.map(({ period }) => period.name).join(', ')] : [label, value],
    ),
    blocks: [
      ...pages.flatMap((page, at): Block[] => [
        { kind: 'heading', text: shownPeriod(page.period), newSheet: at > 0 },
        ...layoutJournalPage(page, names).blocks,
        ...entriesBlocks('Прочие записи страницы', page.entries, names),
      ]),
      ...entriesBlocks(BESIDE, beside, names),
      { kind: 'signatures', of: ['Учитель', 'Заместитель директора', 'Директор'], seal: true },
    ],
  }
}

/** The standard form, with what stands beside the finals before the signatures. */
export function layoutArchivedSummary(
  { beside, ...content }: ArchivedSummaryContent,
  names: Names,
  paper?: Paper,
): PrintDocument {
  const sheet = layoutSummarySheet(content, names, paper)
  const blocks = entriesBlocks(BESIDE, beside, names)
  return { ...sheet, blocks: [...sheet.blocks.slice(0, -1), ...blocks, ...sheet.blocks.slice(-1)] }
}

const BESIDE = 'Аттестация, формы обучения, итоги из других организаций'

export function layoutTransferExtract(content: TransferExtractContent, names: Names): PrintDocument {
  const { pupil, learners, year, on, subjects, beside } = content
  return {
    title: 'Выписка из электронного журнала для другой организации',
    paper: 'A4',
    orientation: 'portrait',
    head: [
      ['Обучающийся', nameOf(names, pupil)],
      ['Класс', learners ?? '—'],
      ['Предмет', 'все предметы'],
      ['Учебный год', schoolYear(year)],
      ['По состоянию на', shownDate(on)],
    ],
    blocks: [
      ...listed(
        'Итоговые отметки',
        [
          { head: 'Предмет', width: 'rest' },
          { head: 'Период', width: 160 },
          { head: 'Отметка', width: 80, align: 'center' },
        ],
        subjects.flatMap(({ subject, finals }) => finals.map(({ period, text }) => [subject, period, text])),
      ),
      ...listed(
        'Текущие отметки открытых периодов',
        [
          { head: 'Предмет', width: 160 },
          { head: 'Дата', width: 60, align: 'center' },
          { head: 'Вид работы', width: 'rest' },
          { head: 'Отметка', width: 80, align: 'center' },
        ],
        subjects.flatMap(({ subject, marks }) =>
          marks.map(({ date, kind, text }) => [subject, shownDate(date), kind, text]),
        ),
      ),
      ...listed(
        'Пропущенные уроки',
        [
          { head: 'Предмет', width: 'rest' },
          { head: 'Дата', width: 60, align: 'center' },
          { head: 'Урок', width: 40, align: 'center' },
          { head: 'Обозначение', width: 80, align: 'center' },
        ],
        subjects.flatMap(({ subject, absences }) =>
          absences.map(({ date, number, code }) => [subject, shownDate(date), String(number), code]),
        ),
      ),
      ...entriesBlocks(BESIDE, beside, names),
      { kind: 'signatures', of: ['Заместитель директора', 'Директор'], seal: true },
    ],
  }
}

type Columns = Extract<Block, { kind: 'table' }>['columns']

function listed(heading: string, columns: Columns, rows: ReadonlyArray<readonly string[]>): Block[] {
  return [
    { kind: 'heading', text: heading },
    rows.length === 0 ? { kind: 'text', text: 'Нет.' } : { kind: 'table', columns, rows },
  ]
}

function entriesBlocks(heading: string, entries: readonly ArchivedEntry[], names: Names): Block[] {
  if (entries.length === 0) return []
  return listed(
    heading,
    [
      { head: 'Что', width: 90 },
      { head: 'Дата', width: 44, align: 'center' },
      { head: 'Обучающийся', width: 110 },
      { head: 'Предмет, вид, значение', width: 110 },
      { head: 'Текст, основание', width: 'rest' },
    ],
    entries.map(({ what, date, pupil, subject, kind, value, text, people, at }) => [
      what,
      date === null ? '' : shownDate(date),
      pupil === null ? '' : nameOf(names, pupil),
      [subject, kind, value].filter((each) => each !== null).join(', '),
      [text, people.map((person) => nameOf(names, person)).join(', '), at]
        .filter((each) => each !== null && each !== '')
        .join('; '),
    ]),
  )
}
