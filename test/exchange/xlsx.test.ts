import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { xlsxRows } from '#api/imports/sheet-file.ts'
import { writeXlsx } from '#exchange/xlsx.ts'

const rows = [
  ['Обучающийся', 'Отметка', '%'],
  ['Кузнецова <Анна> & "Ко"', '5', '85,7'],
  ['=HYPERLINK("http://x")', '-2', '007'],
  ['', 'две\nстроки', ''],
]

describe('R-7A.16f (part: the workbook): tables for a table program', () => {
  it('are read back as they were written', async () => {
    const read = await xlsxRows(writeXlsx([{ name: 'Отметки', rows }]))
    expect(read.map(({ cells }) => cells)).toEqual([
      rows[0],
      ['Кузнецова <Анна> & "Ко"', '5', '85.7'],
      ['=HYPERLINK("http://x")', '-2', '007'],
      ['', 'две\nстроки', ''],
    ])
  })

  it('hold no formula, whatever a text begins with, and numbers as numbers', () => {
    const files = unzipSync(writeXlsx([{ name: 'Отметки', rows }]))
    const sheet = new TextDecoder().decode(files['xl/worksheets/sheet1.xml'])
    expect(sheet).not.toContain('<f>')
    expect(sheet).toContain('<c r="B2"><v>5</v></c>')
    expect(sheet).toContain('<c r="C2"><v>85.7</v></c>')
    expect(sheet).toContain('<c r="C3" t="inlineStr">')
    expect(sheet).toContain('<c r="A3" t="inlineStr"><is><t xml:space="preserve">=HYPERLINK(')
  })

  it('name their columns beyond Z, their sheets as Excel takes them, and are the same bytes for the same tables', () => {
    const wide = [Array.from({ length: 30 }, (_, i) => `столбец ${i}`)]
    const sheets = [
      { name: 'Отметки: 7А/7Б', rows: wide },
      { name: 'Отметки: 7А/7Б', rows },
    ]
    const files = unzipSync(writeXlsx(sheets))
    expect(new TextDecoder().decode(files['xl/worksheets/sheet1.xml'])).toContain('<c r="AD1"')
    const book = new TextDecoder().decode(files['xl/workbook.xml'])
    expect([...book.matchAll(/<sheet name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
      'Отметки  7А 7Б',
      'Лист 2',
    ])
    expect(writeXlsx(sheets)).toEqual(writeXlsx(sheets))
    const control = writeXlsx([{ name: 'а', rows: [[`а\u0001б\u{d800}`]] }])
    expect(new TextDecoder().decode(unzipSync(control)['xl/worksheets/sheet1.xml'])).toContain('>аб')
  })
})
