import type { RowOf, Columns } from './columns.ts'
import { writeCsv } from './csv.ts'
import type { List } from './list.ts'

/** Rows of a list as a file that can be imported: Russian headings, a word for each choice. */
export function csvOf<Of extends Columns>(list: List<Of>, rows: readonly RowOf<Of>[]): string {
  const columns = Object.entries<Columns[string]>(list.columns)
  const header = columns.map(([, { title }]) => title)
  return writeCsv([header, ...rows.map((row) => columns.map(([name, column]) => column.write(row[name])))])
}
