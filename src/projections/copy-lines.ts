import { type AnyRow, type ColumnType, PLACE } from './read-model.ts'

/** Characters in one piece of text, or a line more. */
const PIECE = 64_000

type Columns = ReadonlyArray<readonly [name: string, type: ColumnType]>

/** Rows in the text form of COPY: a line for each, values between tabs, `\N` for null; school and stream come first. */
export class CopyLines {
  readonly #own: Columns
  #piece = ''
  #pieces: Buffer[] = []

  constructor(columns: Columns) {
    this.#own = columns.slice(Object.keys(PLACE).length)
  }

  add(school: string, stream: string, row: AnyRow): void {
    this.#piece += line(school, stream, row, this.#own)
    if (this.#piece.length >= PIECE) this.#end()
  }

  /** Whether a piece is full. */
  get isFull(): boolean {
    return this.#pieces.length > 0
  }

  /** Those that were added, which are forgotten. */
  take(): Buffer[] {
    this.#end()
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  /** Bytes, so that the collector of garbage has nothing to look at. */
  #end(): void {
    if (this.#piece !== '') this.#pieces.push(Buffer.from(this.#piece))
    this.#piece = ''
  }
}

/** The same of rows that are there, piece by piece as they are asked for. */
export function* copyLines(
  rows: Iterable<readonly [school: string, stream: string, row: AnyRow]>,
  columns: Columns,
): Iterable<Buffer> {
  const lines = new CopyLines(columns)
  for (const [school, stream, row] of rows) {
    lines.add(school, stream, row)
    if (lines.isFull) yield* lines.take()
  }
  yield* lines.take()
}

function line(school: string, stream: string, row: AnyRow, own: Columns): string {
  let text = `${school}\t${stream}`
  for (const [name, type] of own) text += `\t${field(row[name], type)}`
  return `${text}\n`
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
