import { describe, expect, it } from 'vitest'
import { CopyText, query } from '#events/store/sql.ts'
import { copyLines } from '#projections/copy-lines.ts'
import { WrittenKeys, keyPrefix } from '#projections/written-keys.ts'
import { eachEngine } from '#support/databases.ts'
import { AN_ID, ANY_COLUMNS } from './any-columns.ts'

const TEXTS = ['', '\\N', '\\', 'a\tb\nc\rd', '\\t', '«Ёлка» 🌲', '"', '\\.', ' ']

describe('rows that are sent by COPY', () => {
  eachEngine((engine) => {
    it('come back as they were, whatever their texts hold', async () => {
      const { kysely } = await engine.open()
      await query(
        kysely,
        'create table sent (school text, stream text, text text, number integer, yes boolean, id uuid, json jsonb)',
      )
      const rows = [
        ...TEXTS.map((text, number) => ({
          text,
          number,
          yes: number % 2 === 0,
          id: AN_ID,
          json: { of: [text] },
        })),
        { text: null, number: null, yes: null, id: null, json: null },
        { text: 'a', number: -1, yes: false, id: AN_ID, json: 'only a text' },
      ]
      const lines = copyLines(
        rows.map((row) => ['one', 'one.page-1', row] as const),
        ANY_COLUMNS,
      )
      await query(kysely, 'copy sent (school, stream, text, number, yes, id, json) from stdin', [
        new CopyText(lines),
      ])
      expect(await query(kysely, 'select text, number, yes, id, json from sent')).toEqual(rows)
    })

    it('are part of the transaction, and all of them are refused where one is', async () => {
      const { kysely } = await engine.open()
      await query(kysely, 'create table sent (school text, stream text, number integer)')
      const columns = [...ANY_COLUMNS.slice(0, 2), ANY_COLUMNS[3]] as const
      const send = (...numbers: unknown[]) =>
        kysely.transaction().execute(async (transaction) => {
          await query(transaction, `insert into sent values ('before', 'before', 0)`)
          const rows = numbers.map((number) => ['one', 'one.page-1', { number } as never] as const)
          await query(transaction, 'copy sent (school, stream, number) from stdin', [
            new CopyText(copyLines(rows, columns)),
          ])
        })
      await expect(send(1, 2, 'three')).rejects.toMatchObject({ code: '22P02' })
      expect(await query(kysely, 'select * from sent')).toEqual([])
      await send(...Array.from({ length: 20_000 }, (_, n) => n))
      expect(await query(kysely, 'select count(*)::int as rows from sent')).toEqual([{ rows: 20_001 }])
    })
  })
})

describe('the keys that a build has written', () => {
  it('are never forgotten, and hardly ever is one taken for known that is not', () => {
    const keys = new WrittenKeys(400_000)
    const prefix = keyPrefix('class_journal.cell', 'tomsk35.journalPage-1')
    const known = Array.from({ length: 200_000 }, (_, n) => `lesson ${n} pupil ${n % 7}`)
    expect(known.filter((id) => keys.meets(prefix, id)).length).toBeLessThan(5)
    expect(known.every((id) => keys.meets(prefix, id))).toBe(true)
    const elsewhere = keyPrefix('class_journal.cell', 'tomsk35.journalPage-2')
    expect(known.filter((id) => keys.meets(elsewhere, id)).length).toBeLessThan(20)
  })

  it('are kept also where many more come than were expected', () => {
    const keys = new WrittenKeys(0)
    const prefix = keyPrefix('class_journal.cell', 'tomsk35.journalPage-1')
    const known = Array.from({ length: 10_000 }, (_, n) => `lesson ${n}`)
    for (const id of known) keys.meets(prefix, id)
    expect(known.every((id) => keys.meets(prefix, id))).toBe(true)
  })
})
