import type { PGlite } from '@electric-sql/pglite'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { newCluster, openCluster } from '#main/memory-cluster.ts'
import { PreparedStatements } from '#main/prepared-pglite.ts'

let pglite: PGlite
let prepared: PreparedStatements

beforeAll(async () => {
  pglite = await openCluster(await newCluster())
  prepared = new PreparedStatements(pglite)
  await pglite.exec('create table person (id text primary key, age int)')
})
afterAll(() => pglite.close())

const asking =
  (text: string, ...values: readonly unknown[]) =>
  () =>
    prepared.query(text, values)

/** How often the engine is entered. */
async function entries(work: () => Promise<unknown>): Promise<number> {
  const entered = vi.spyOn(pglite, 'execProtocolRawSync')
  try {
    await work()
    return entered.mock.calls.length
  } finally {
    entered.mockRestore()
  }
}

const value = fc.record({
  text: fc.option(fc.string({ unit: fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0')) })),
  whole: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  large: fc.option(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  yes: fc.option(fc.boolean()),
  document: fc.option(fc.record({ a: fc.array(fc.integer()), 'ключ "b"': fc.boolean() })),
  bytes: fc.option(fc.uint8Array()),
  list: fc.option(fc.array(fc.constantFrom('a', 'б', 'c "d"', '\\', '{}', ',', ''))),
})

it('answers what pglite.query answers, for values of all types that tables and parameters have', async () => {
  const text = `select $1::text as text, $2::int as whole, $3::bigint as large, $4::boolean as yes, $5::jsonb as document,
    $6::bytea as bytes, $7::text[] as list, $3::bigint::text as "Large", 7 as fixed`
  await fc.assert(
    fc.asyncProperty(value, async ({ text: first, whole, large, yes, document, bytes, list }) => {
      const values = [first, whole, large, yes, document, bytes, list]
      const { rows, fields } = await prepared.query(text, values)
      const asked = await pglite.query(text, values)
      expect(rows).toStrictEqual(asked.rows)
      expect(fields).toMatchObject(asked.fields)
    }),
  )
})

it('tells how many rows a statement changed', async () => {
  const put = 'insert into person (id, age) values ($1, $2), ($3, $4)'
  expect(await prepared.query(put, ['anna', 12, 'boris', 13])).toMatchObject({ affectedRows: 2, rows: [] })
  expect(await prepared.query('update person set age = $1', [14])).toMatchObject({ affectedRows: 2 })
  expect(await prepared.query('select id from person where age = $1', [14])).toMatchObject({
    affectedRows: 0,
    rows: [{ id: 'anna' }, { id: 'boris' }],
  })
  expect(await prepared.query('delete from person', [])).toMatchObject({ affectedRows: 2 })
})

it('enters the engine twice the first time, and then once', async () => {
  const ask = asking('select age from person where id = $1', 'anna')
  expect(await entries(ask)).toBe(2)
  expect(await entries(ask)).toBe(1)
  expect(await entries(asking('select count(*) from person'))).toBe(1)
})

it('keeps no statement of a rebuild, whose schema never comes again', async () => {
  await pglite.exec('create schema journal_8f0c2d11; create table journal_8f0c2d11.page (id text)')
  const ask = asking('select id from journal_8f0c2d11.page where id = $1', '7a')
  expect(await entries(ask)).toBe(2)
  expect(await entries(ask)).toBe(2)
})

it('throws the error of the engine, without the parameters, and goes on', async () => {
  const divide = 'select 12 / $1::int as result'
  const refused = await prepared.query(divide, ['0']).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: '22012', severity: 'ERROR', message: 'division by zero' })
  expect(Object.keys(refused as object)).not.toContain('params')
  expect(await prepared.query(divide, ['4'])).toMatchObject({ rows: [{ result: 3 }] })

  // One that cannot even be read is not kept.
  const unread = 'select age from nobody where id = $1'
  await expect(prepared.query(unread, ['anna'])).rejects.toMatchObject({ code: '42P01' })
  await pglite.exec('create table nobody (id text, age int)')
  expect(await prepared.query(unread, ['anna'])).toMatchObject({ rows: [] })
  await expect(prepared.query('select 1 / 0', [])).rejects.toMatchObject({ code: '22012' })
})

it('keeps its statements when a transaction is rolled back', async () => {
  const ask = asking('select id, age from person where age > $1', 1)
  await expect(
    pglite.transaction(async () => {
      await prepared.query('insert into person (id, age) values ($1, $2)', ['anna', 12])
      expect((await ask()).rows).toHaveLength(1)
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect((await ask()).rows).toEqual([])
})

it('finds the tables of a schema that took the place of another, as a rebuild puts one there', async () => {
  for (const schema of ['live', 'beside']) {
    await pglite.exec(
      `create schema ${schema}; create table ${schema}.page (id text primary key, title text)`,
    )
    await pglite.exec(`insert into ${schema}.page values ('7a', '${schema}')`)
  }
  const ask = asking('select title from live.page where id = $1', '7a')
  expect((await ask()).rows).toEqual([{ title: 'live' }])
  await pglite.exec('alter schema live rename to was; alter schema beside rename to live')
  expect((await ask()).rows).toEqual([{ title: 'beside' }])
})
