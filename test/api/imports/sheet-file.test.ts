import { describe, expect, it } from 'vitest'
import { csvRows, xlsxRows } from '#api/imports/sheet-file.ts'
import { archive, excelDate, workbook, workbookOf } from '#support/workbook.ts'

const csv = (text: string) => csvRows(Buffer.from(text))
const unreadable = { reason: 'file-unreadable' }

describe('a CSV file', () => {
  it('is read with semicolons, commas or tabs, with the mark of Excel and Windows ends of lines', () => {
    const rows = [
      { line: 1, cells: ['Тема', 'Часы'] },
      { line: 2, cells: ['Степень, свойства', '2'] },
    ]
    expect(csv('\uFEFFТема;Часы\r\nСтепень, свойства;2\r\n')).toEqual(rows)
    expect(csv('Тема,Часы\n"Степень, свойства",2')).toEqual(rows)
    expect(csv('Тема\tЧасы\nСтепень, свойства\t 2 ')).toEqual(rows)
  })

  it('counts lines as an editor does, empty ones and those within a cell included, and names the one on which a row begins', () => {
    expect(csv('Тема\n\n"в две\nстроки"\nпоследняя').map(({ line }) => line)).toEqual([1, 3, 5])
  })

  it('is refused in Windows-1251, because its letters would become others', () => {
    const windows = Buffer.from([0xd2, 0xe5, 0xec, 0xe0, 0x0a, 0xd1, 0xf2])
    expect(() => csvRows(windows)).toThrow(expect.objectContaining(unreadable))
  })

  it('is refused where a quotation mark is not closed', () => {
    expect(() => csv('Тема\n"Степень')).toThrow(expect.objectContaining(unreadable))
  })
})

describe('a workbook', () => {
  it('is read from its first sheet: texts, numbers, dates and empty cells', async () => {
    const rows = [
      ['Тема', 'Часы', 'Дата'],
      ['Степень', 2, excelDate('2026-11-09')],
      [null, 1],
    ]
    expect(await xlsxRows(workbook(rows))).toEqual([
      { line: 1, cells: ['Тема', 'Часы', 'Дата'] },
      { line: 2, cells: ['Степень', '2', '2026-11-09'] },
      { line: 3, cells: ['', '1', ''] },
    ])
  })

  it('is refused where it is something else, or broken', async () => {
    for (const bytes of [Buffer.from('Тема;Часы'), Buffer.alloc(0), workbook([['Тема']]).subarray(0, 400)]) {
      await expect(xlsxRows(bytes)).rejects.toMatchObject(unreadable)
    }
    await expect(xlsxRows(archive({ 'a.txt': 'no workbook' }))).rejects.toMatchObject(unreadable)
  })

  it('is refused where a small file would unpack to a large one', async () => {
    const bomb = archive({ 'xl/worksheets/sheet1.xml': ' '.repeat(40_000_000) })
    expect(bomb.length).toBeLessThan(100_000)
    await expect(xlsxRows(bomb)).rejects.toMatchObject(unreadable)
    // It says that it is small, and is not: no more is unpacked than it said.
    const liar = archive({ 'xl/worksheets/sheet1.xml': ' '.repeat(40_000_000) }, 1_000)
    await expect(xlsxRows(liar)).rejects.toMatchObject(unreadable)
  })

  it('is given up where its sheet has a cell in the last row of the last column, and the service goes on', async () => {
    const far = '<c r="XFD1048576" t="inlineStr"><is><t>вот</t></is></c>'
    const sheet = workbookOf(`<sheetData><row r="1048576">${far}</row></sheetData>`)
    await expect(xlsxRows(sheet)).rejects.toMatchObject(unreadable)
    expect(await xlsxRows(workbook([['Тема']]))).toHaveLength(1)
  }, 30_000)
})
