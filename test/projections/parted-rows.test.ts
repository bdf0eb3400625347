import { describe, expect, it } from 'vitest'
import { query } from '#events/store/sql.ts'
import { partedRows, partedTable } from '#projections/parted-rows.ts'
import { eachEngine } from '#support/databases.ts'
import { AN_ID, ANY_COLUMNS } from './any-columns.ts'

const TEXTS = ['', String.raw`\N`, '\\', 'a\tb\nc\rd', '«Ёлка» 🌲', '"', '{}', ' ', 'null']
/** What parts values and rows, and what stands for null, in a text. */
const SIGNS = ['\u001E', '\u001F', '\u001D', 'a\u001Eb\u001Fc', '\u001F\u001F']

const placed = (row: object) => ['one', 'one.page-1', row as never] as const

describe('rows in one text', () => {
  eachEngine((engine) => {
    it.each([
      { what: 'as people type them', texts: TEXTS },
      { what: 'with the very signs that part them', texts: [...TEXTS, ...SIGNS] },
    ])('come back as they were: $what', async ({ texts }) => {
      const { kysely } = await engine.open()
      const rows = [
        ...texts.map((text, number) => ({
          text,
          number,
          yes: number % 2 === 0,
          id: AN_ID,
          json: { [text]: [text] },
        })),
        { text: null, number: null, yes: null, id: null, json: null },
        { text: 'a', number: -1, yes: false, id: AN_ID, json: SIGNS.join('') },
      ]
      const found = await query(
        kysely,
        `select school, stream, text, number, yes, id, json from ${partedTable('r', ANY_COLUMNS)}`,
        partedRows(rows.map(placed), ANY_COLUMNS),
      )
      expect(found).toEqual(rows.map((row) => ({ school: 'one', stream: 'one.page-1', ...row })))
    })

    it('takes a value that is left out for null, and refuses one of another type', async () => {
      const { kysely } = await engine.open()
      const numbered = [...ANY_COLUMNS.slice(0, 2), ANY_COLUMNS[3]] as const
      const read = (row: object) =>
        query(kysely, `select number from ${partedTable('r', numbered)}`, partedRows([placed(row)], numbered))
      expect(await read({})).toEqual([{ number: null }])
      await expect(read({ number: 'three' })).rejects.toMatchObject({ code: '22P02' })
    })
  })
})
