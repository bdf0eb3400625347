import { type AnyRow, type ColumnType, PLACE } from './read-model.ts'

/** Characters in one piece of text, or a line more. */
const PIECE = 64_000

/** Rows in the text form of COPY: a line for each, values between tabs, `\N` for null; school and stream come first. */
export function* copyLines(
  rows: Iterable<readonly [school: string, stream: string, row: AnyRow]>,
  columns: ReadonlyArray<readonly [name: string, type: ColumnType]>,
): Iterable<string> {
  const own = columns.slice(Object.keys(PLACE).length)
  let piece = ''
  for (const [school, stream, row] of rows) {
    piece += `${school}\t${stream}`
    for (const [name, type] of own) piece += `\t${field(row[name], type)}`
    piece += '\n'
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

function field(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return String.raw`\N`
  if (type === 'jsonb') return escaped(JSON.stringify(value))
  return type === 'text' ? escaped(value as string) : `${value as string | number | boolean}`
}

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replaceAll(EVERY_SPECIAL, (found) => ESCAPED[found]!) : text
}

const SPECIAL = /[\\\t\n\r]/
const EVERY_SPECIAL = /[\\\t\n\r]/g
const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': String.raw`\t`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
}
