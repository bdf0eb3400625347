import { strToU8, zipSync } from 'fflate'

/** A sheet of a workbook: its name, and its rows from the first on. */
export interface XlsxSheet {
  readonly name: string
  readonly rows: ReadonlyArray<readonly string[]>
}

/** The oldest date that ZIP knows: the same tables are the same bytes. */
const MTIME = new Date('1980-01-01T00:00:00')
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/**
 * A workbook as every table program opens it (ECMA-376, SpreadsheetML). What reads as a number is one, so that it can be
 * counted with; everything else stands as text in its cell, where nothing is taken for a formula, whatever it begins with.
 */
export function writeXlsx(sheets: readonly XlsxSheet[]): Uint8Array {
  const numbered = sheets.map((sheet, i) => ({ ...sheet, file: `sheet${i + 1}.xml`, id: i + 1 }))
  const names = sheetNames(sheets.map(({ name }) => name))
  const parts: Record<string, string> = {
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>${numbered
      .map(({ file }) => `<Override PartName="/xl/worksheets/${file}" ContentType="${TYPE}.worksheet+xml"/>`)
      .join('')}</Types>`,
    '_rels/.rels': relations([['rId1', 'officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${numbered
      .map(({ id }) => `<sheet name="${xml(names[id - 1]!)}" sheetId="${id}" r:id="rId${id}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      numbered.map(({ id, file }) => [`rId${id}`, 'worksheet', `worksheets/${file}`]),
    ),
    ...Object.fromEntries(numbered.map(({ file, rows }) => [`xl/worksheets/${file}`, sheetXml(rows)])),
  }
  const files = Object.entries(parts).map(([name, text]) => [name, [strToU8(HEAD + text), { mtime: MTIME }]])
  return zipSync(Object.fromEntries(files))
}

const relations = (of: ReadonlyArray<readonly [id: string, type: string, target: string]>): string =>
  `<Relationships xmlns="${PACKAGE}/relationships">${of
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`

function sheetXml(rows: XlsxSheet['rows']): string {
  const lines = rows.map(
    (cells, at) =>
      `<row r="${at + 1}">${cells.map((text, i) => cell(text, `${column(i)}${at + 1}`)).join('')}</row>`,
  )
  return `<worksheet xmlns="${MAIN}"><sheetData>${lines.join('')}</sheetData></worksheet>`
}

/** `4`, `-2`, `85,7`: as we write numbers. A number of a document that begins with a nought is none. */
const NUMBER = /^(?:0|-?[1-9]\d{0,14})(?:,\d{1,6})?$/

function cell(text: string, at: string): string {
  if (text === '') return ''
  if (NUMBER.test(text)) return `<c r="${at}"><v>${text.replace(',', '.')}</v></c>`
  return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${xml(text)}</t></is></c>`
}

/** A, …, Z, AA, … of a column counted from 0. */
function column(index: number): string {
  const before = Math.floor(index / 26)
  return (before === 0 ? '' : column(before - 1)) + String.fromCodePoint(65 + (index % 26))
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text within XML 1.0, without the signs that it cannot hold. */
const xml = (text: string): string =>
  text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign]!)

/** Excel wants names of at most 31 signs, without some, and each once. */
function sheetNames(names: readonly string[]): string[] {
  const used = new Set<string>()
  return names.map((name, i) => {
    const short = name.replaceAll(/[[\]:*?/\\]/g, ' ').slice(0, 31)
    const one = short.trim() === '' || used.has(short.toLowerCase()) ? `Лист ${i + 1}` : short
    used.add(one.toLowerCase())
    return one
  })
}
