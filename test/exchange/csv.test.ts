import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsv, unguarded, writeCsv } from '#exchange/csv.ts'
import { decodeText } from '#exchange/encoding.ts'
import { FileRefused } from '#exchange/file-refused.ts'

const refusal = (read: () => unknown): FileRefused => {
  try {
    read()
  } catch (error) {
    if (error instanceof FileRefused) return error
    throw error
  }
  return expect.fail('the file was read')
}

describe('a file of CSV', () => {
  it('that was written is read as it was, whatever stands in its cells', () => {
    const cell = fc
      .oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[=+\-@'\t;,"\n ]{0,6}$/))
      .map((text) => text.replaceAll('\r', ''))
    // A row without any text is no row.
    const row = fc.tuple(fc.constant('x'), cell, cell)
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1 }),
        fc.constantFrom(';' as const, ',' as const),
        (rows, delimiter) => {
          const header = ['a', 'b', 'c']
          const bytes = Buffer.from(writeCsv([header, ...rows], { delimiter }))
          const table = readCsv(decodeText(bytes))
          expect(table.header).toEqual(header)
          expect(table.rows.map(({ cells }) => cells.map(unguarded))).toEqual(rows)
        },
      ),
    )
  })

  it('keeps a table program from running what somebody typed', () => {
    const typed = ['=HYPERLINK("http://x")', '+1', '-1', '@x', '\t=1', "'=1", 'Иванов-Петров']
    const cells = readCsv(decodeText(Buffer.from(writeCsv([typed])))).header
    expect(cells).toEqual(['\'=HYPERLINK("http://x")', "'+1", "'-1", "'@x", "'\t=1", "''=1", 'Иванов-Петров'])
    expect(cells.map(unguarded)).toEqual(typed)
  })

  it('tells the line on which each row begins', () => {
    const { rows } = readCsv('a;b\r\n1;"x\r\ny"\r\n\r\n;;\r\n2;z\r3;q')
    expect(rows).toEqual([
      { line: 2, cells: ['1', 'x\ny'] },
      { line: 6, cells: ['2', 'z'] },
      { line: 7, cells: ['3', 'q'] },
    ])
  })

  it('is refused where it is none, with the line', () => {
    expect(refusal(() => readCsv('a;b\n1;2\n3;"4\n5;6\n'))).toMatchObject({
      problem: 'csv-malformed',
      facts: { line: 3 },
    })
    expect(refusal(() => readCsv('a;b\n1;2\n3;"4"5\n'))).toMatchObject({
      problem: 'csv-malformed',
      facts: { line: 3 },
    })
    expect(refusal(() => readCsv(`a;b\n1;${'x'.repeat(30_000)}\n`))).toMatchObject({
      problem: 'csv-malformed',
      facts: { line: 2 },
    })
    expect(refusal(() => readCsv(`a\n${'1\n'.repeat(50_001)}`))).toMatchObject({
      problem: 'csv-too-many-rows',
      facts: { rows: 50_001, most: 50_000 },
    })
    expect(readCsv(`a\n${'1\n'.repeat(50_000)}`).rows).toHaveLength(50_000)
  })

  it('in KOI8-R is not taken for Windows-1251', () => {
    // «Иванов» and «Петрова» in KOI8-R: small letters stand before capitals.
    const koi8 = Buffer.from([
      0xe9, 0xd7, 0xc1, 0xce, 0xcf, 0xd7, 0x0a, 0xf0, 0xc5, 0xd4, 0xd2, 0xcf, 0xd7, 0xc1,
    ])
    expect(refusal(() => decodeText(koi8))).toMatchObject({ problem: 'csv-encoding-unknown' })
  })
})
