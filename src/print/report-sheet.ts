import { type ReportForm, SIGNERS } from '#values/report-form.ts'
import type { Uuid } from '#values/uuid.ts'
import { nameOf, type Names, type PrintDocument, type TableBlock } from './document.ts'

/** What stands in a cell: a text, or a person by id. */
export type SheetCell = string | { readonly person: Uuid }

/** A value of a report: how it is shown, and by what its row is ordered; null is behind everything else. */
export interface SheetValue {
  readonly shown: SheetCell
  readonly order: string | number | null
}

/** A control report as a sheet in the form that the school gave it (R-F6); people by id. */
export interface ReportSheetContent {
  readonly report: ReportForm['report']
  readonly title: string
  /** Of whom or what, and for which days; and what the report counts over all its rows. */
  readonly head: ReadonlyArray<readonly [label: string, value: SheetCell]>
  readonly columns: readonly string[]
  /** One without a name, or one for each value of the column by which the form groups. */
  readonly parts: ReadonlyArray<{
    readonly name: SheetCell | null
    readonly rows: ReadonlyArray<readonly SheetCell[]>
  }>
  readonly signatures: ReportForm['signatures']
}

/** Puts the rows of a report, by column, into a form that fits it. Rows that are equal by the form keep their order. */
export function inForm(
  { report, title, columns, groupBy, sortBy, signatures }: ReportForm,
  head: ReportSheetContent['head'],
  rows: ReadonlyArray<Readonly<Record<string, SheetValue>>>,
): ReportSheetContent {
  const shown = columns.filter(({ column }) => column !== groupBy)
  const ordered = rows.toSorted((a, b) => {
    for (const { column, order } of sortBy) {
      const [left, right] = [a[column]!.order, b[column]!.order]
      const by = compared(left, right)
      if (by !== 0) return left === null || right === null || order === 'ascending' ? by : -by
    }
    return 0
  })
  const cells = (of: typeof ordered) => of.map((row) => shown.map(({ column }) => row[column]!.shown))
  const groups =
    groupBy === null
      ? [{ name: null, rows: cells(ordered) }]
      : [...Map.groupBy(ordered, (row) => JSON.stringify(row[groupBy]!.shown)).values()]
          .toSorted((a, b) => compared(a[0]![groupBy]!.order, b[0]![groupBy]!.order))
          .map((of) => ({ name: of[0]![groupBy]!.shown, rows: cells(of) }))
  return { report, title, head, columns: shown.map((of) => of.head), parts: groups, signatures }
}

function compared(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'ru')
}

/** The text of a cell. */
export function cellText(cell: SheetCell, names: Names): string {
  return typeof cell === 'string' ? cell : nameOf(names, cell.person)
}

export function layoutReportSheet(content: ReportSheetContent, names: Names): PrintDocument {
  const { title, head, columns, parts, signatures } = content
  const table = (rows: ReportSheetContent['parts'][number]['rows']): TableBlock => ({
    kind: 'table',
    columns: columns.map((text) => ({ head: text, width: 'rest' })),
    rows: rows.map((row) => row.map((cell) => cellText(cell, names))),
  })
  return {
    title,
    paper: 'A4',
    orientation: columns.length > 7 ? 'landscape' : 'portrait',
    head: head.map(([label, value]) => [label, cellText(value, names)]),
    blocks: [
      ...parts.flatMap(({ name, rows }) => [
        ...(name === null ? [] : [{ kind: 'heading', text: cellText(name, names) } as const]),
        table(rows),
      ]),
      ...(parts.every(({ rows }) => rows.length === 0)
        ? [{ kind: 'text', text: 'Записей за эти дни нет.' } as const]
        : []),
      ...(signatures.length === 0
        ? []
        : [{ kind: 'signatures', of: signatures.map((of) => SIGNERS[of]), seal: false } as const]),
    ],
  }
}
