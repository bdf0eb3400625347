import { readCsv } from './csv.ts'
import { decodeText, type Encoding } from './encoding.ts'
import { type ImportAsked, importRows } from './import-rows.ts'
import type { List } from './list.ts'
import type { ImportParts } from './record-all.ts'
import type { ImportReport } from './report.ts'
import { headingsOf, readRows } from './rows.ts'

/** A file of CSV with one list. */
export interface ListFile {
  readonly list: List
  readonly bytes: Uint8Array
  readonly encoding?: Encoding | undefined
}

/**
 * Brings a list into a school from a file of CSV (`importRows` tells how).
 *
 * @throws {FileRefused} the file is no list
 * @throws {StoreUnavailable} how much was recorded is not known; the same file again brings in the rest
 * @throws {StaleRevision} others were faster time after time; the same file again brings in the rest
 */
export async function importList(
  parts: ImportParts,
  asked: ImportAsked,
  { list, bytes, encoding }: ListFile,
): Promise<ImportReport> {
  const table = readCsv(decodeText(bytes, encoding))
  const headings = headingsOf(list, table.header)
  const source = { list, read: readRows(list, table, headings), headings, file: null }
  const found = await importRows(parts, asked, [source])
  const { id, dryRun, partial } = asked
  const written = { encoding: encoding ?? ('utf-8' as const), delimiter: table.delimiter }
  return { import: id, list: list.name, dryRun, partial, ...written, ...found }
}
