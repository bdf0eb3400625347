import { Worker } from 'node:worker_threads'
import { csvRecords } from '#exchange/csv.ts'
import { FileRefused } from '#exchange/file-refused.ts'
import { ProblemError } from '../problems.ts'

/** A table as somebody keeps it: each row with the number of its line, its cells as text. */
export type SheetRows = ReadonlyArray<{ readonly line: number; readonly cells: readonly string[] }>

export const CSV = 'text/csv'
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/**
 * The rows of a CSV file: UTF-8 with or without the mark of Excel, `;`, `,` or a tab between the cells.
 *
 * @throws {ProblemError} `file-unreadable`, with the line where there is one
 */
export function csvRows(bytes: Uint8Array): SheetRows {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ProblemError('file-unreadable', {
      problem: 'кодировка не UTF-8: сохраните файл как «CSV UTF-8»',
    })
  }
  try {
    return csvRecords(text, [';', ',', '\t']).records.map(({ line, cells }) => ({
      line,
      cells: cells.map((cell) => cell.trim()),
    }))
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error
    throw new ProblemError('file-unreadable', {
      problem: 'кавычки не закрыты или лишние',
      line: error.facts['line'],
    })
  }
}

/** Bytes that one part of a workbook may declare to have unpacked: what is smaller is unpacked in place and to that size. */
const MOST_OF_A_PART = 524_288
const MOST_OF_ALL = 8 * MOST_OF_A_PART
const MOST_PARTS = 200
/** Megabytes and milliseconds after which the reading of a file is given up. */
const MOST_MEMORY = 128
const MOST_TIME = 10_000

/**
 * The rows of the first sheet of a workbook. It is read in a thread of its own, because a small file can ask for a
 * sheet of a million rows: such a thread ends, and not the service.
 *
 * @throws {ProblemError} `file-unreadable`
 */
export async function xlsxRows(bytes: Uint8Array): Promise<SheetRows> {
  const parts = declaredSizes(bytes)
  if (parts === null) throw new ProblemError('file-unreadable', { problem: 'это не книга XLSX' })
  const all = parts.reduce((sum, size) => sum + size, 0)
  if (parts.length > MOST_PARTS || all > MOST_OF_ALL || parts.some((size) => size >= MOST_OF_A_PART)) {
    throw new ProblemError('file-unreadable', {
      problem: 'в книге слишком много всего: оставьте один лист с планом',
      limit: MOST_OF_A_PART,
    })
  }
  const rows = await inTurn(() => readApart(bytes))
  return rows.map((cells, i) => ({ line: i + 1, cells: cells.map(textOf) }))
}

type Cell = string | number | boolean | Date | null

let lastRead: Promise<unknown> = Promise.resolve()

/** One workbook at a time: each may take all the memory that it is allowed. */
function inTurn<Result>(read: () => Promise<Result>): Promise<Result> {
  const reading = lastRead.then(read, read)
  lastRead = reading.catch(() => undefined)
  return reading
}

function readApart(bytes: Uint8Array): Promise<Cell[][]> {
  const worker = new Worker(new URL('xlsx-worker.ts', import.meta.url), {
    workerData: bytes,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY },
  })
  const timer = setTimeout(() => void worker.terminate(), MOST_TIME)
  return new Promise<Cell[][]>((resolve, reject) => {
    worker.once('message', (rows: Cell[][]) => resolve(rows))
    const unreadable = () => reject(new ProblemError('file-unreadable', { problem: 'лист не читается' }))
    worker.once('error', unreadable)
    worker.once('exit', unreadable)
  }).finally(() => clearTimeout(timer))
}

function textOf(cell: Cell): string {
  if (cell === null) return ''
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell).trim()
}

/**
 * What the parts of a ZIP archive say that they are unpacked, by its central directory (APPNOTE 4.3.12); null where
 * there is none, or where it is one of 64 bits, which no plan of a school needs.
 */
function declaredSizes(bytes: Uint8Array): number[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let end = bytes.length - 22
  while (end >= 0 && view.getUint32(end, true) !== 0x06_05_4b_50) end--
  if (end < 0 || (end >= 20 && view.getUint32(end - 20, true) === 0x07_06_4b_50)) return null
  const sizes: number[] = []
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 8, true); left > 0; left--) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02_01_4b_50) return null
    sizes.push(view.getUint32(at + 24, true))
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return sizes
}
