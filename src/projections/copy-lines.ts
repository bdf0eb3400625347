import type { ColumnType } from './read-model.ts'

/** Rows in one piece of text. */
const PIECE = 500

/** Rows in the text form of COPY: a line for each, values between tabs, `\N` for null. */
export function* copyLines(
  rows: Iterable<Readonly<Record<string, unknown>>>,
  columns: ReadonlyArray<readonly [name: string, type: ColumnType]>,
): Iterable<string> {
  let piece = ''
  let lines = 0
  for (const row of rows) {
    let before = ''
    for (const [name, type] of columns) {
      piece += before + field(row[name], type)
      before = '\t'
    }
    piece += '\n'
    if (++lines % PIECE > 0) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

function field(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return String.raw`\N`
  const text = type === 'jsonb' ? JSON.stringify(value) : String(value)
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
