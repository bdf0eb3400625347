import { randomUUID } from 'node:crypto'
import { type AnyRow, type ColumnType, PLACE } from './read-model.ts'

type Columns = ReadonlyArray<readonly [name: string, type: ColumnType]>

/** What parts rows, what parts values, and what stands for null. */
type Signs = readonly [row: string, value: string, nothing: string]

/** Those that ASCII has for it. What people type holds none of them (`src/values/text.ts`). */
const ASCII: Signs = ['\u001E', '\u001F', '\u001D']
// eslint-disable-next-line no-control-regex
const IN_ASCII = /[\u001D-\u001F]/

/**
 * Rows as the parameters of a statement with {@link partedTable}: one text of them all, and the signs that part it.
 * PostgreSQL makes a hash table of each object in a list of JSON (docs/decisions/0120).
 *
 * @param columns school and stream first, as every table has them
 */
export function partedRows(
  rows: ReadonlyArray<readonly [school: string, stream: string, row: Partial<AnyRow>]>,
  columns: Columns,
  signs: Signs = ASCII,
): readonly [text: string, ...Signs] {
  const [ofRow, ofValue, nothing] = signs
  const own = columns.slice(Object.keys(PLACE).length)
  const lines: string[] = []
  for (const [school, stream, row] of rows) {
    let line = school + ofValue + stream
    for (const [name, type] of own) {
      const value = row[name]
      if (value === null || value === undefined) line += ofValue + nothing
      else if (type === 'jsonb') line += ofValue + JSON.stringify(value)
      else if (type !== 'text') line += ofValue + (value as string | number | boolean)
      else if (signs === ASCII && IN_ASCII.test(value as string)) return partedRows(rows, columns, unique())
      else line += ofValue + (value as string)
    }
    lines.push(line)
  }
  return [lines.join(ofRow), ...signs]
}

/** Signs that no value holds, since they were not there before. */
function unique(): Signs {
  const id = randomUUID()
  return [`row ${id}`, `value ${id}`, `nothing ${id}`]
}

/** What {@link partedRows} gives as a table, in a statement whose parameters are that and no others. */
export function partedTable(alias: string, columns: Columns): string {
  const typed = columns.map(([name, type], i) => `of[${i + 1}]::${type} as "${name}"`)
  // Without `offset 0` each value would part its row anew.
  return `(select ${typed.join(', ')} from (
    select string_to_array(line, $3, $4) as of from string_to_table($1, $2) as line offset 0) as parted) as ${alias}`
}
