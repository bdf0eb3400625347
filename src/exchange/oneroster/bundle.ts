import { Unzip, UnzipInflate, zipSync } from 'fflate'
import { readCsv, unguarded, writeCsv } from '../csv.ts'
import { decodeText } from '../encoding.ts'
import { FileRefused } from '../file-refused.ts'
import type { FileError } from '../import-rows.ts'
import { OTHER_FILES, REFERENCES, TABLE_NAMES, TABLES, type TableName } from './tables.ts'

/** One row of a file of a bundle; an empty cell is not there. */
export interface BundleRow {
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}

export interface BundleTable {
  readonly header: readonly string[]
  readonly rows: readonly BundleRow[]
}

export type Bundle = Readonly<Record<TableName, BundleTable>>

/** Files that a bundle may hold; the standard knows 23. */
const MOST_FILES = 60
/** Bytes of all files that are read, unpacked. */
const MOST_BYTES = 64 * 1024 * 1024
/** Bytes of an archive that are unpacked at once: a thousand times as much comes out at most. */
const PIECE = 16 * 1024

/**
 * Reads a bundle: the manifest, then the files that Letopis knows, each with the columns, the words and the references
 * that the standard wants. What is wrong with a row is returned, and the row is left out.
 *
 * @throws {FileRefused} it is no bundle of OneRoster 1.2 in bulk, or one of its files cannot be read
 */
export function readBundle(zip: Uint8Array): { readonly bundle: Bundle; readonly errors: FileError[] } {
  const files = unzipped(zip)
  const manifest = files.get('manifest.csv')
  if (manifest === undefined) throw new FileRefused('oneroster-manifest-missing')
  checkManifest(tableIn('manifest.csv', manifest), files)
  const errors: FileError[] = []
  const tables = TABLE_NAMES.map((name) => {
    const file = `${name}.csv`
    const bytes = files.get(file)
    if (bytes === undefined) throw new FileRefused('oneroster-file-missing', { file })
    return [name, checkedRows(name, tableIn(file, bytes), errors)] as const
  })
  const read = Object.fromEntries(tables) as Record<TableName, BundleTable>
  return { bundle: withoutDangling(read, errors), errors }
}

/**
 * The files at the root, unpacked piece by piece: what an archive says of its sizes may be a lie, so what comes out is
 * counted, and the rest is not unpacked.
 */
function unzipped(zip: Uint8Array): Map<string, Uint8Array> {
  const wanted = new Set(['manifest.csv', ...TABLE_NAMES.map((name) => `${name}.csv`)])
  const files = new Map<string, Uint8Array>()
  const open = new Set<string>()
  let [count, bytes] = [0, 0]
  const reader = new Unzip((file) => {
    count += 1
    if (count > MOST_FILES) throw new FileRefused('zip-too-large', { mostFiles: MOST_FILES })
    if (!wanted.has(file.name)) return
    const pieces: Uint8Array[] = []
    open.add(file.name)
    file.ondata = (error, piece, final) => {
      // What is thrown here comes back once, as an error of the unpacking.
      if (error !== null) {
        throw error instanceof FileRefused ? error : new FileRefused('zip-malformed', { file: file.name })
      }
      bytes += piece.length
      if (bytes > MOST_BYTES) throw new FileRefused('zip-too-large', { mostBytes: MOST_BYTES })
      pieces.push(piece)
      if (!final) return
      open.delete(file.name)
      files.set(file.name, Buffer.concat(pieces))
    }
    file.start()
  })
  reader.register(UnzipInflate)
  try {
    for (let from = 0; from < zip.length; from += PIECE) {
      reader.push(zip.subarray(from, from + PIECE), from + PIECE >= zip.length)
    }
  } catch (error) {
    throw error instanceof FileRefused ? error : new FileRefused('zip-malformed')
  }
  if (count === 0 || open.size > 0) throw new FileRefused('zip-malformed')
  return files
}

function tableIn(file: string, bytes: Uint8Array): BundleTable {
  try {
    const { header, rows } = readCsv(decodeText(bytes))
    const named = header.map((heading) => heading.trim())
    return {
      header: named,
      rows: rows.map(({ line, cells }) => {
        const filled = cells.map((cell, i) => [named[i] ?? '', unguarded(cell).trim()] as const)
        // Some systems write the word for what is not there.
        return {
          line,
          cells: Object.fromEntries(filled.filter(([, cell]) => cell !== '' && cell !== 'NULL')),
        }
      }),
    }
  } catch (error) {
    if (error instanceof FileRefused) throw new FileRefused(error.problem, { file, ...error.facts })
    throw error
  }
}

function checkManifest({ rows }: BundleTable, files: ReadonlyMap<string, unknown>): void {
  const said = new Map(rows.map(({ cells }) => [cells['propertyName'], cells['value'] ?? '']))
  const version = said.get('oneroster.version')
  if (version !== '1.2') throw new FileRefused('oneroster-version-unknown', { version: version ?? null })
  for (const name of [...TABLE_NAMES, ...OTHER_FILES]) {
    const mode = said.get(`file.${name}`) ?? ''
    if (mode.toLowerCase() === 'delta') throw new FileRefused('oneroster-delta', { file: `${name}.csv` })
  }
  for (const name of TABLE_NAMES) {
    const bulk = said.get(`file.${name}`)?.toLowerCase() === 'bulk'
    const file = `${name}.csv`
    if (!bulk || !files.has(file)) throw new FileRefused('oneroster-file-missing', { file })
  }
}

/** The rows that are as the standard wants them. */
function checkedRows(name: TableName, { header, rows }: BundleTable, errors: FileError[]): BundleTable {
  const file = `${name}.csv`
  const { required, cells: formats } = TABLES[name]
  const missing = required.filter((column) => !header.includes(column))
  if (missing.length > 0) throw new FileRefused('csv-column-missing', { file, missing })
  const repeated = header.find((column, i) => column !== '' && header.indexOf(column) !== i)
  if (repeated !== undefined) throw new FileRefused('csv-column-repeated', { file, heading: repeated })
  const seen = new Set<string>()
  const good = rows.filter(({ line, cells }) => {
    const before = errors.length
    const wrong = (column: string, problem: FileError['problem'], message: string): void => {
      errors.push({ file, line, column: header.indexOf(column) + 1, heading: column, problem, message })
    }
    for (const column of required) {
      if (cells[column] === undefined) wrong(column, 'cell-empty', 'ячейка не заполнена')
    }
    for (const [column, format] of Object.entries(formats)) {
      const cell = cells[column]
      const found = cell === undefined ? undefined : format.safeParse(cell).error?.issues[0]
      if (found !== undefined) wrong(column, 'cell-invalid', found.message)
    }
    const id = cells['sourcedId']
    if (id !== undefined && seen.has(id))
      wrong('sourcedId', 'cell-invalid', 'такой sourcedId в файле уже был')
    if (id !== undefined) seen.add(id)
    return errors.length === before
  })
  return { header, rows: good }
}

/** Leaves out the rows that name what the bundle does not have, and says so. */
function withoutDangling(read: Readonly<Record<TableName, BundleTable>>, errors: FileError[]): Bundle {
  const ids = Object.fromEntries(
    TABLE_NAMES.map((name) => [name, new Set(read[name].rows.map(({ cells }) => cells['sourcedId']))]),
  )
  const bundle = { ...read }
  for (const { from, column, to, list } of REFERENCES) {
    const { header, rows } = bundle[from]
    const good = rows.filter(({ line, cells }) => {
      const named = namesIn(cells[column], list)
      if (named.every((name) => ids[to]!.has(name))) return true
      const message = `в ${to}.csv такой строки нет, или она с ошибкой`
      const place = { column: header.indexOf(column) + 1, heading: column }
      errors.push({ file: `${from}.csv`, line, ...place, problem: 'cell-invalid', message })
      return false
    })
    bundle[from] = { header, rows: good }
  }
  return bundle
}

/** The ids in a cell. */
export function namesIn(cell: string | undefined, list?: true): string[] {
  if (cell === undefined) return []
  return list === true
    ? cell
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : [cell]
}

/** Writes a bundle: the files that there are, and a manifest that says so of each file of the standard. */
export function writeBundle(
  tables: Readonly<Record<TableName, ReadonlyArray<Readonly<Record<string, string>>>>>,
  { system, code }: { readonly system: string; readonly code: string },
): Uint8Array {
  const files = TABLE_NAMES.map((name) => {
    const rows = tables[name]
    const own = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    const columns = [...TABLES[name].columns, ...own.filter((column) => column.startsWith('metadata.'))]
    return [
      `${name}.csv`,
      textOf([columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]),
    ] as const
  })
  const manifest = [
    ['propertyName', 'value'],
    ['manifest.version', '1.0'],
    ['oneroster.version', '1.2'],
    ...[...TABLE_NAMES, ...OTHER_FILES]
      .toSorted()
      .map((name) => [`file.${name}`, TABLE_NAMES.some((known) => known === name) ? 'bulk' : 'absent']),
    ['source.systemName', system],
    ['source.systemCode', code],
  ]
  // The same school gives the same bytes, whenever it is asked.
  const mtime = new Date('2020-01-01T00:00:00')
  const all = [['manifest.csv', textOf(manifest)] as const, ...files]
  return zipSync(Object.fromEntries(all.map(([name, bytes]) => [name, [bytes, { mtime }]])))
}

const textOf = (rows: ReadonlyArray<readonly string[]>): Uint8Array =>
  new TextEncoder().encode(writeCsv(rows, { delimiter: ',', bom: false }))
