import { describe, expect, it } from 'vitest'
import { type Column, copiedArrays, copiedRows } from '#events/store/copied-columns.ts'
import { StoreUnavailable } from '#events/store/event-store.ts'
import { CopyOut, copyOut, query, sqlState } from '#events/store/sql.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'

const TEXTS = ['', 'a', '«Ёлка» 🌲', '\\N', 'a\tb\nc', 'x'.repeat(300_000)]

const rows = (where: string, columns = ['n', 'text'], most = TEXTS.length): CopyOut =>
  new CopyOut(columns, `from kept where ${where} order by n`, most)

describe('columns that are read by COPY', () => {
  eachEngine((engine) => {
    const open = async (): Promise<TestDatabase['kysely']> => {
      const { kysely } = await engine.open()
      await query(kysely, 'create table kept (n bigint, text text)')
      await query(
        kysely,
        'insert into kept select n, text from json_to_recordset($1::json) as k(n bigint, text text)',
        [JSON.stringify(TEXTS.map((text, n) => ({ n: n - 1, text })))],
      )
      return kysely
    }

    it('stand in the bytes as they are, a zero behind each', async () => {
      const { bytes, columns } = await copyOut(await open(), rows('true'))
      const [numbers, texts] = columns as [Column, Column]
      expect(Array.from(numbers.from, (at) => bytes.readBigInt64BE(at))).toEqual([-1n, 0n, 1n, 2n, 3n, 4n])
      expect(Array.from(texts.from, (from, i) => bytes.toString('utf8', from, texts.to[i]))).toEqual(TEXTS)
      for (const { to } of [numbers, texts])
        expect(Array.from(to.slice(0, -1), (at) => bytes[at])).toEqual([0, 0, 0, 0, 0])
    })

    it('are empty where no row is', async () => {
      const { columns } = await copyOut(await open(), rows('n > 100'))
      expect(columns.map(({ from, to }) => [from.length, to.length])).toEqual([
        [0, 0],
        [0, 0],
      ])
    })

    it('are refused where a value is null', async () => {
      const kysely = await open()
      await expect(copyOut(kysely, rows('n < 2', ['n', 'nullif(n, 1)']))).rejects.toThrow(RangeError)
      const { columns } = await copyOut(kysely, rows('n < 2'))
      expect(columns[0]!.from).toHaveLength(3)
    })

    it('leave a session in which something went wrong as any statement does', async () => {
      const kysely = await open()
      const refused = await copyOut(kysely, new CopyOut(['n'], 'from nowhere', 1)).catch(
        (error: unknown) => error,
      )
      expect(sqlState(refused)).toBe('42P01')
      const late = copyOut(kysely, rows('true', ['n / (n - 3)']))
      expect(sqlState(await late.catch((error: unknown) => error))).toBe('22012')
      expect((await copyOut(kysely, rows('n = 0'))).columns[0]!.from).toHaveLength(1)
      if (engine.name !== 'postgres') return
      const slow = kysely.transaction().execute(async (transaction) => {
        await query(transaction, 'set local statement_timeout = 20')
        return copyOut(transaction, new CopyOut(['n'], 'from kept, pg_sleep(30)', 1))
      })
      await expect(slow).rejects.toBeInstanceOf(StoreUnavailable)
      expect((await copyOut(kysely, rows('n = 0'))).columns[0]!.from).toHaveLength(1)
    })
  })
})

/** Rows as PostgreSQL documents the binary form of COPY. */
function binary(...given: ReadonlyArray<ReadonlyArray<Buffer | null>>): Buffer {
  const fields = given.map((row) =>
    Buffer.concat([
      Buffer.from(Uint16Array.of(row.length).buffer).swap16(),
      ...row.map((value) => Buffer.concat([int(value?.length ?? -1), value ?? Buffer.alloc(0)])),
    ]),
  )
  const head = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), int(0), int(0)])
  return Buffer.concat([head, ...fields, Buffer.from([0xff, 0xff])])
}

const int = (value: number): Buffer => Buffer.from(Int32Array.of(value).buffer).swap32()

/** An array as its binary form has it. */
const array = (values: readonly string[], { dimensions = 1, nulls = 0 } = {}): Buffer =>
  Buffer.concat([
    ...[dimensions, nulls, 25, values.length, 1].map(int),
    ...values.map((value) => Buffer.concat([int(value.length), Buffer.from(value)])),
  ])

describe('bytes that are no such columns', () => {
  const [a, b] = [Buffer.from('a'), Buffer.from('b')]

  it('are refused in rows', () => {
    expect(copiedRows(binary([a, b]), 2, 1).columns.map(({ from }) => from.length)).toEqual([1, 1])
    expect(() => copiedRows(Buffer.from('n,text\n1,a\n and what else stands there'), 2, 1)).toThrow(
      'not the binary form of COPY',
    )
    expect(() => copiedRows(binary([a]), 2, 1)).toThrow('1 columns in the place of 2')
    expect(() => copiedRows(binary([a, b], [a, b]), 2, 1)).toThrow('more than 1 rows')
    expect(() => copiedRows(binary([a, null]), 2, 1)).toThrow('a value is null')
    expect(() => copiedRows(binary([a, b]).subarray(0, -1), 2, 1)).toThrow(RangeError)
  })

  it('are refused in arrays', () => {
    const [one, other] = [array(['a', 'b']), array(['c', 'd'])]
    expect(copiedArrays(binary([one, other]), 2).columns.map(({ from }) => from.length)).toEqual([2, 2])
    expect(() => copiedArrays(binary([one]), 2)).toThrow('1 columns in the place of 2')
    for (const wrong of [array(['a', 'b'], { dimensions: 2 }), array(['a', 'b'], { nulls: 1 })])
      expect(() => copiedArrays(binary([one, wrong]), 2)).toThrow('not an array of values')
  })
})
