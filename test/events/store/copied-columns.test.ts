import { describe, expect, it } from 'vitest'
import { copiedColumns } from '#events/store/copied-columns.ts'
import { StoreUnavailable } from '#events/store/event-store.ts'
import { copyOut, query, sqlState } from '#events/store/sql.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'

const TEXTS = ['', 'a', '«Ёлка» 🌲', '\\N', 'a\tb\nc', 'x'.repeat(300_000)]

const arrays = (where: string): string =>
  `select array_agg(n order by n), array_agg(text order by n) from kept where ${where}`

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
      const bytes = await copyOut(await open(), arrays('true'))
      const [numbers, texts] = copiedColumns(bytes, 2)!
      expect(Array.from(numbers!.from, (at) => bytes.readBigInt64BE(at))).toEqual([-1n, 0n, 1n, 2n, 3n, 4n])
      expect(Array.from(texts!.from, (from, i) => bytes.toString('utf8', from, texts!.to[i]))).toEqual(TEXTS)
      expect(Array.from(numbers!.to.slice(0, -1), (to) => bytes[to])).toEqual([0, 0, 0, 0, 0])
    })

    it('are none where no row is', async () => {
      expect(copiedColumns(await copyOut(await open(), arrays('n > 100')), 2)).toBeNull()
    })

    it('are refused where they are other columns, no arrays, or hold a null', async () => {
      const kysely = await open()
      expect(() => copiedColumns(Buffer.from('n,text\n1,a\n and what else stands there'), 2)).toThrow(
        RangeError,
      )
      const read = async (select: string) => copiedColumns(await copyOut(kysely, select), 2)
      await expect(read('select array_agg(n) from kept')).rejects.toThrow('1 columns in the place of 2')
      await expect(read('select array_agg(n), array[[1, 2]] from kept')).rejects.toThrow(
        'not an array of values',
      )
      await expect(read('select array_agg(n), array[1, null] from kept')).rejects.toThrow(
        'not an array of values',
      )
    })

    it('leave a session in which something went wrong as any statement does', async () => {
      const kysely = await open()
      const refused = await copyOut(kysely, 'select array_agg(n) from nowhere').catch(
        (error: unknown) => error,
      )
      expect(sqlState(refused)).toBe('42P01')
      const late = copyOut(kysely, "select array_agg(n / 0) from kept where text > ''")
      expect(sqlState(await late.catch((error: unknown) => error))).toBe('22012')
      expect(copiedColumns(await copyOut(kysely, arrays('n = 0')), 2)![0]!.from).toHaveLength(1)
      if (engine.name !== 'postgres') return
      const slow = kysely.transaction().execute(async (transaction) => {
        await query(transaction, 'set local statement_timeout = 20')
        return copyOut(transaction, 'select array_agg(n) from kept, pg_sleep(30)')
      })
      await expect(slow).rejects.toBeInstanceOf(StoreUnavailable)
      expect(copiedColumns(await copyOut(kysely, arrays('n = 0')), 2)![0]!.from).toHaveLength(1)
    })
  })
})
