import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { FileRefused } from './file-refused.ts'

export interface CsvRow {
  /** The line of the file on which the row begins, from 1: a cell may hold line breaks. */
  readonly line: number
  readonly cells: readonly string[]
}

export interface CsvTable {
  readonly delimiter: ';' | ','
  readonly header: readonly string[]
  readonly rows: readonly CsvRow[]
}

/** A school of 2,000 has some 30,000 slots of timetable, and no list that is longer. */
const MOST_ROWS = 50_000
/** Characters of one row. */
const MOST_TEXT = 20_000

/**
 * The rows of a CSV file (RFC 4180), separated by semicolons or commas. Rows without any text are left out: Excel
 * leaves them at the end.
 *
 * @throws {FileRefused} `csv-empty`, `csv-malformed` with the line, `csv-too-many-rows`
 */
export function readCsv(text: string): CsvTable {
  const { delimiter, records } = csvRecords(text, [';', ','])
  const [header, ...rows] = records
  if (header === undefined) throw new FileRefused('csv-empty')
  if (rows.length > MOST_ROWS)
    throw new FileRefused('csv-too-many-rows', { rows: rows.length, most: MOST_ROWS })
  return { delimiter, header: header.cells, rows }
}

/**
 * The rows of a CSV file as they stand, the first of them like the others.
 *
 * @param delimiters that may stand between the cells; of two that stand equally often the first
 * @throws {FileRefused} `csv-malformed` with the line
 */
export function csvRecords<Delimiter extends string>(
  text: string,
  delimiters: readonly [Delimiter, ...Delimiter[]],
): { readonly delimiter: Delimiter; readonly records: readonly CsvRow[] } {
  // The parser would count the two characters of a line break within quotes as two lines.
  const lines = text.replaceAll(/\r\n?/g, '\n')
  const delimiter = delimiterOf(lines, delimiters)
  const records = recordsOf(lines, delimiter).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
  return { delimiter, records }
}

/** The one that stands most often in the first line that says something. */
function delimiterOf<Delimiter extends string>(
  text: string,
  delimiters: readonly [Delimiter, ...Delimiter[]],
): Delimiter {
  const first = text.split('\n', 100).find((line) => line.trim() !== '') ?? ''
  const count = (mark: string): number => first.split(mark).length
  return delimiters.reduce((best, mark) => (count(mark) > count(best) ? mark : best))
}

function recordsOf(text: string, delimiter: string): CsvRow[] {
  const records: CsvRow[] = []
  let read = 0
  try {
    parse(text, {
      bom: true,
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MOST_TEXT,
      on_record: (cells: string[], { lines }) => {
        const within = cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0)
        records.push({ line: lines - within, cells })
        read = lines
        return null
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // Of a quote that is never closed the parser tells the end of the file; the row began after the last good one.
    const line = error.code === 'CSV_QUOTE_NOT_CLOSED' ? read + 1 : Number(error['lines'] ?? read + 1)
    throw new FileRefused('csv-malformed', { line, problem: MALFORMED[error.code] ?? error.code })
  }
  return records
}

const MALFORMED: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'кавычка не закрыта',
  CSV_INVALID_CLOSING_QUOTE: 'после закрывающей кавычки стоит что-то ещё',
  INVALID_OPENING_QUOTE: 'кавычка внутри ячейки, которая не взята в кавычки',
  CSV_MAX_RECORD_SIZE: `строка длиннее ${MOST_TEXT} знаков`,
}

/** Semicolons, CRLF and the mark by which Excel knows UTF-8; a comma for those who want RFC 4180 to the letter. */
export function writeCsv(
  rows: ReadonlyArray<readonly string[]>,
  { delimiter = ';', bom = true }: { delimiter?: ';' | ','; bom?: boolean } = {},
): string {
  return stringify(
    rows.map((cells) => cells.map(guarded)),
    { delimiter, bom, record_delimiter: '\r\n', quoted_match: /\n/ },
  )
}

/** What a table program would take for a formula, with as many apostrophes before it as there are. */
const FORMULA = /^'*[=+\-@\t]/

/** An apostrophe before a cell that would run as a formula when somebody opens the file. */
const guarded = (cell: string): string => (FORMULA.test(cell) ? `'${cell}` : cell)

/** The inverse: what we write is read as it was. */
export const unguarded = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell
