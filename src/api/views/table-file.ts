import { z } from 'zod'
import { writeCsv } from '#exchange/csv.ts'
import { writeXlsx } from '#exchange/xlsx.ts'
import { shownInstant } from '#print/dates.ts'
import { Instant } from '#values/time.ts'
import { XLSX } from '../imports/sheet-file.ts'
import type { Answer, Asked } from './view.ts'

/** A table that leaves the service: its headings, and what stands in its cells as text. */
export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: ReadonlyArray<readonly string[]>
}

/** The formats in which a table leaves the service for a table program (R-7A.16f). */
export const TABLE_FORMATS = ['csv', 'xlsx'] as const
type TableFormat = (typeof TABLE_FORMATS)[number]

/** By what the rows were picked, and when: what a table was asked for and is told with it. */
export const made = {
  filter: z.record(z.string(), z.string()).describe('Отбор: параметры запроса, по которым сделана таблица'),
  generated_at: Instant,
}

/** What was asked, as text: every field that has a value, the format apart. */
export function filterOf(input: object): Record<string, string> {
  const told = Object.entries(input).filter(
    ([field, value]) => field !== 'format' && value !== undefined && value !== null,
  )
  return Object.fromEntries(told.map(([field, value]) => [field, String(value)]))
}

/**
 * Tables as one file. In CSV they stand below one another, and what they are of stands behind them, so that the first line
 * holds the headings; in a workbook each has a sheet, and what they are of has the last.
 */
export function tableFile(
  { parts, input }: Pick<Asked<object>, 'parts' | 'input'>,
  {
    tables,
    title,
    head,
    file,
  }: {
    readonly tables: readonly Table[]
    readonly title: string
    readonly head: ReadonlyArray<readonly [string, string]>
    /** Its name, without the ending. */
    readonly file: string
  },
  format: TableFormat,
): Pick<Answer, 'body' | 'file'> {
  const filter = Object.entries(filterOf(input)).map(([field, value]) => `${field}=${value}`)
  const of = [
    ['Таблица', title],
    ...head,
    ['Отбор', filter.join('; ') || 'нет'],
    ['Сформировано', shownInstant(parts.execution.clock(), parts.zone)],
  ]
  if (format === 'xlsx') {
    const sheets = tables.map(({ name, columns, rows }) => ({ name, rows: [columns, ...rows] }))
    const body = Buffer.from(writeXlsx([...sheets, { name: 'Сведения', rows: of }]))
    return { body, file: { type: XLSX, name: `${file}.xlsx` } }
  }
  const lines = tables.flatMap(({ columns, rows }, i) => [...(i === 0 ? [] : [[]]), columns, ...rows])
  return {
    body: writeCsv([...lines, [], ...of]),
    file: { type: 'text/csv; charset=utf-8', name: `${file}.csv` },
  }
}
