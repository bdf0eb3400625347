import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Decoded } from '#events/registry.ts'
import { query } from '#events/store/sql.ts'
import type { AnyTable } from '#projections/read-model.ts'
import { TouchedRows } from '#projections/touched-rows.ts'
import { WrittenKeys } from '#projections/written-keys.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'

/** Numbers that are put, added to and removed, by a letter; and a line for each that was put. */
const columns = { letter: 'text', number: 'integer' } as const
const of = (event: Decoded) => event.data as unknown as { letter: string; number: number }
const NUMBERS: AnyTable = {
  name: 'number',
  columns,
  key: ['letter'],
  on: {
    Put: (event) => [{ key: { letter: of(event).letter }, anew: true, to: () => ({ ...of(event) }) }],
    Added: (event) => [
      {
        key: { letter: of(event).letter },
        to: (row) => ({ ...of(event), number: ((row?.['number'] as number) ?? 0) + of(event).number }),
      },
    ],
    Removed: (event) => [{ key: { letter: of(event).letter }, to: () => undefined }],
  },
}
const LINES: AnyTable = {
  name: 'line',
  columns,
  key: ['number'],
  own: true,
  on: { Put: (event) => [{ key: { number: of(event).number }, to: () => ({ ...of(event) }) }] },
}

/** What happens to rows: an event, the end of a portion, or a stream whose rows are taken away behind one. */
type Step =
  | { readonly what: 'Put' | 'Added' | 'Removed'; readonly stream: string; readonly letter: string }
  | { readonly what: 'portion' }
  | { readonly what: 'replaced'; readonly stream: string }

const stream = fc.constantFrom('one.page-1', 'one.page-2')
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        what: fc.constantFrom('Put' as const, 'Added' as const, 'Removed' as const),
        stream,
        letter: fc.constantFrom('a', 'b'),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ what: 'portion' as const }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('replaced' as const), stream }) },
  ),
  { maxLength: 40 },
)

const added = (stream: string): Step => ({ what: 'Added', stream, letter: 'a' })
const [FIRST, SECOND, PORTION] = ['one.page-1', 'one.page-2', { what: 'portion' } as const] as const

/** Met again in the next portion; in the one after that; behind the one in which its stream was replaced; after it was removed. */
const EXAMPLES: ReadonlyArray<readonly Step[]> = [
  [added(SECOND), added(FIRST), PORTION, added(FIRST)],
  [added(SECOND), added(FIRST), PORTION, added(SECOND), PORTION, added(FIRST)],
  [added(SECOND), added(FIRST), { what: 'replaced', stream: FIRST }, added(FIRST)],
  [added(SECOND), added(FIRST), { what: 'Removed', stream: FIRST, letter: 'a' }, PORTION, added(FIRST)],
]

interface Standing {
  readonly stream: string
  readonly letter: string
  readonly number: number
}

describe('rows that events touch, written in portions', () => {
  eachEngine((engine) => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await engine.open()
      await query(database.kysely, 'create schema touched')
      for (const { name, key } of [NUMBERS, LINES])
        await query(
          database.kysely,
          `create table touched.${name} (school text, stream text, letter text, number integer, primary key (stream, ${key.join()}))`,
        )
    })

    /** As a rebuild does it: a portion is written while the events of the next are folded. */
    async function folded(given: readonly Step[], bare: boolean): Promise<unknown> {
      const { kysely } = database
      const written = bare ? new WrittenKeys(100) : null
      const tables = [NUMBERS, LINES].map((table) => new TouchedRows(table, 'touched', written, bare))
      let writing: Promise<void> = Promise.resolve()
      const write = async (replaced?: string): Promise<void> => {
        await writing
        const portions = tables.map((rows) => rows.take(replaced === undefined ? [] : [replaced]))
        writing = kysely.transaction().execute(async (transaction) => {
          for (const [i, rows] of tables.entries()) await rows.write(transaction, portions[i])
          if (replaced === undefined) return
          for (const name of ['number', 'line'])
            await query(transaction, `delete from touched.${name} where stream = $1`, [replaced])
        })
      }
      for (const [number, step] of given.entries()) {
        if (step.what === 'portion') await write()
        else if (step.what === 'replaced') await write(step.stream)
        else {
          const event = { type: step.what, stream: step.stream, meta: { school: 'one' } }
          const decoded = { ...event, data: { letter: step.letter, number } } as unknown as Decoded
          for (const rows of tables) await rows.fold(kysely, [decoded], writing)
        }
      }
      await write()
      await writing
      const standing = async (name: string): Promise<unknown[]> =>
        query(kysely, `select stream, letter, number from touched.${name} order by stream, letter, number`)
      const found = { numbers: await standing('number'), lines: await standing('line') }
      await query(kysely, 'truncate touched.number, touched.line')
      return found
    }

    it('stand as the events say, wherever a portion ends', async () => {
      const property = fc.asyncProperty(steps, fc.boolean(), async (given, bare) => {
        expect(await folded(given, bare)).toEqual(expected(given))
      })
      await fc.assert(property, {
        numRuns: 200,
        examples: [false, true].flatMap((bare) =>
          EXAMPLES.map((given) => [given, bare] as [Step[], boolean]),
        ),
      })
    })
  })
})

/** The same by the events alone, one after the other. */
function expected(given: readonly Step[]): unknown {
  const numbers = new Map<string, number>()
  let lines: Standing[] = []
  for (const [number, step] of given.entries()) {
    if (step.what === 'portion') continue
    if (step.what === 'replaced') {
      for (const key of numbers.keys()) if (key.startsWith(step.stream)) numbers.delete(key)
      lines = lines.filter(({ stream }) => stream !== step.stream)
      continue
    }
    const key = `${step.stream} ${step.letter}`
    if (step.what === 'Put') {
      numbers.set(key, number)
      lines.push({ stream: step.stream, letter: step.letter, number })
    } else if (step.what === 'Added') numbers.set(key, (numbers.get(key) ?? 0) + number)
    else numbers.delete(key)
  }
  const rows = [...numbers].map(([key, number]) => {
    const [stream, letter] = key.split(' ') as [string, string]
    return { stream, letter, number }
  })
  const place = ({ stream, letter, number }: Standing): string =>
    `${stream} ${letter} ${String(number).padStart(3)}`
  const inOrder = (a: Standing, b: Standing): number => (place(a) < place(b) ? -1 : 1)
  return { numbers: rows.toSorted(inOrder), lines: lines.toSorted(inOrder) }
}
