import { type CsvTable, unguarded } from './csv.ts'
import { type Column, folded, type RowOf, type Columns } from './columns.ts'
import { FileRefused } from './file-refused.ts'
import type { List } from './list.ts'

/** What is wrong with one cell, or with a row where `column` is null. */
export interface CellError {
  readonly line: number
  /** From 1; null where the file has no such column, or the row as a whole is meant. */
  readonly column: number | null
  /** The heading as it stands in the file, or as it should. */
  readonly heading: string | null
  readonly problem: 'cell-empty' | 'cell-invalid' | 'cells-too-many'
  /** In Russian, never the content of the cell. */
  readonly message: string
}

export interface ReadRow {
  readonly line: number
  /** Null where a cell is wrong: `errors` say which. */
  readonly row: RowOf<Columns> | null
  /** What the row is about; null where that cannot be read. */
  readonly key: string | null
  readonly errors: readonly CellError[]
}

/** Which column of the file holds which of the list. */
export interface Headings {
  /** The place of a column in the file, from 0. */
  placeOf(name: string): number | undefined
  /** The number and the text of the heading of a column, for people. */
  sayOf(name: string): { readonly column: number | null; readonly heading: string }
}

/**
 * Finds the columns of a list by their headings, Russian or English, in any order and case.
 *
 * @throws {FileRefused} `csv-column-unknown`, `csv-column-repeated`, `csv-column-missing`
 */
export function headingsOf({ columns }: List, header: readonly string[]): Headings {
  const named = Object.entries(columns)
  const places = new Map<string, number>()
  // A table program leaves empty cells at the end.
  const said = header.slice(0, header.findLastIndex((text) => text.trim() !== '') + 1)
  for (const [place, heading] of said.entries()) {
    const wanted = folded(heading)
    const found = named.find(([name, { title }]) => folded(name) === wanted || folded(title) === wanted)
    const facts = { column: place + 1, heading: heading.slice(0, 80) }
    if (found === undefined) {
      throw new FileRefused('csv-column-unknown', { ...facts, known: named.map(([, { title }]) => title) })
    }
    if (places.has(found[0])) throw new FileRefused('csv-column-repeated', facts)
    places.set(found[0], place)
  }
  const missing = named.filter(([name, column]) => !column.optional && !places.has(name))
  if (missing.length > 0) {
    throw new FileRefused('csv-column-missing', { missing: missing.map(([, { title }]) => title) })
  }
  return {
    placeOf: (name) => places.get(name),
    sayOf: (name) => {
      const place = places.get(name)
      return place === undefined
        ? { column: null, heading: columns[name]!.title }
        : { column: place + 1, heading: header[place]! }
    },
  }
}

/** Makes each row of a file a row of the list, or says which cells are wrong. */
export function readRows(list: List, { header, rows }: CsvTable, headings: Headings): ReadRow[] {
  const columns = Object.entries(list.columns)
  return rows.map(({ line, cells }) => {
    const extra = cells.findIndex((cell, i) => i >= header.length && cell.trim() !== '')
    if (extra >= 0) {
      const message = `ячеек в строке больше, чем заголовков (${header.length})`
      const error = { line, column: extra + 1, heading: null, problem: 'cells-too-many' as const, message }
      return { line, row: null, key: null, errors: [error] }
    }
    const errors: CellError[] = []
    const row: Record<string, unknown> = {}
    for (const [name, column] of columns) {
      const read = valueOf(column, unguarded(cells[headings.placeOf(name) ?? -1] ?? '').trim())
      if ('problem' in read) errors.push({ line, ...headings.sayOf(name), ...read })
      else row[name] = read.value
    }
    const key = list.key.every((name) => name in row)
      ? JSON.stringify(list.key.map((name) => row[name]))
      : null
    return { line, row: errors.length === 0 ? row : null, key, errors }
  })
}

function valueOf(
  { schema, optional }: Column,
  cell: string,
): { readonly value: unknown } | Pick<CellError, 'problem' | 'message'> {
  if (cell === '') {
    return optional ? { value: null } : { problem: 'cell-empty', message: 'ячейка не заполнена' }
  }
  const { success, data, error } = schema.safeParse(cell)
  return success ? { value: data } : { problem: 'cell-invalid', message: error.issues[0]!.message }
}
