import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { FEWEST, type Group, type Hidden, hideSmall, type Leaf } from '#values/small-cells.ts'

const leaf = (id: string, ...counts: number[]): Leaf => ({ id, counts })
const shownOf = (groups: readonly Group[]) => {
  const { school, groups: grades, leaves } = hideSmall(groups)
  return { school, grades: [...grades].toSorted(), classes: [...leaves].toSorted() }
}

const grouped = (table: ReadonlyArray<ReadonlyArray<readonly [number, number]>>): Group[] =>
  table.map((grade, g) => ({
    id: `${g}`,
    leaves: grade.map((counts, c) => ({ id: `${g}.${c}`, counts })),
  }))

/** Whether a sum says something of one to four people. */
const small = (some: readonly Leaf[]) =>
  [0, 1].some((i) => {
    const sum = some.reduce((total, { counts }) => total + counts[i]!, 0)
    return sum > 0 && sum < FEWEST
  })

describe('small cells are hidden, and what would give them away (R-A2.19)', () => {
  it('a count of one to four is small; none and five are not', () => {
    expect(shownOf([{ id: '7', leaves: [leaf('7А', 0, 25), leaf('7Б', FEWEST, 20)] }]).classes).toEqual([])
    for (const few of [1, FEWEST - 1])
      expect(shownOf([{ id: '7', leaves: [leaf('7А', few, 25), leaf('7Б', 9, 20)] }]).classes).toEqual([
        '7А',
        '7Б',
      ])
  })

  it('one hidden class is not the difference between the grade and the others: the smallest other is hidden, too', () => {
    const grade = { id: '7', leaves: [leaf('7А', 3, 22), leaf('7Б', 8, 20), leaf('7В', 6, 15)] }
    expect(shownOf([grade])).toEqual({ school: false, grades: [], classes: ['7А', '7В'] })
  })

  it('several hidden classes whose sum is small are joined by another; one without anybody hides nobody', () => {
    const two = {
      id: '7',
      leaves: [leaf('7А', 1, 24), leaf('7Б', 2, 24), leaf('7В', 9, 20), leaf('7Г', 0, 0)],
    }
    expect(shownOf([two]).classes).toEqual(['7А', '7Б', '7В'])
  })

  it('a grade of one class goes with it, and another grade with that', () => {
    const groups = [
      { id: '7', leaves: [leaf('7А', 3, 22)] },
      { id: '8', leaves: [leaf('8А', 9, 20), leaf('8Б', 8, 20)] },
      { id: '9', leaves: [leaf('9А', 20, 20), leaf('9Б', 20, 20)] },
    ]
    expect(shownOf(groups)).toEqual({ school: false, grades: ['7', '8'], classes: ['7А', '8Б'] })
  })

  it('where nothing is left to hide behind, the school has no sum either', () => {
    expect(shownOf([{ id: '7', leaves: [leaf('7А', 3, 22)] }])).toEqual({
      school: true,
      grades: ['7'],
      classes: ['7А'],
    })
    expect(hideSmall([])).toEqual({ school: false, groups: new Set(), leaves: new Set() })
  })

  it('what another table hides stays hidden', () => {
    const groups = [{ id: '7', leaves: [leaf('7А', 9, 9), leaf('7Б', 9, 9), leaf('7В', 9, 10)] }]
    const before = { school: false, groups: new Set<string>(), leaves: new Set(['7В']) }
    expect([...hideSmall(groups, before).leaves].toSorted()).toEqual(['7А', '7В'])
  })

  const tables = fc.array(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 30 })), {
      minLength: 1,
      maxLength: 5,
    }),
    { minLength: 1, maxLength: 5 },
  )
  it('over random tables no small count is shown, and none follows from all that is shown', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const groups = grouped(table)
        const hidden = hideSmall(groups)
        const all = groups.flatMap(({ leaves }) => leaves)
        const ids = all.map(({ id }) => id)
        const row = (some: readonly Leaf[]) => ids.map((id) => (some.some((one) => one.id === id) ? 1 : 0))
        const shown = sumsShown(groups, hidden)
        // Whatever follows from sums by adding and taking away is in their span.
        const span = reduced(shown.map(row))
        for (const some of [...shown, ...all.map((one) => [one]), ...groups.map(({ leaves }) => leaves), all])
          if (small(some)) expect(isIn(span, row(some))).toBe(false)
        // What is left of a sum when all that is shown of it is taken away.
        const left = shown.map((some) => some.filter((leaf) => !isIn(span, row([leaf]))))
        for (const some of left) if (isIn(span, row(some))) expect(small(some)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})

/** The classes of every sum that is shown. */
function sumsShown(
  groups: readonly Group[],
  { school, groups: grades, leaves }: Hidden,
): Array<readonly Leaf[]> {
  return [
    ...(school ? [] : [groups.flatMap((group) => group.leaves)]),
    ...groups.filter(({ id }) => !grades.has(id)).map((group) => group.leaves),
    ...groups.flatMap((group) => group.leaves.filter(({ id }) => !leaves.has(id)).map((one) => [one])),
  ]
}

/** Rows in echelon form. */
function reduced(rows: readonly number[][]): number[][] {
  const found: number[][] = []
  for (const row of rows) {
    const rest = without(found, row)
    if (rest.some((value) => Math.abs(value) > 1e-9)) found.push(rest)
  }
  return found
}

function without(rows: readonly number[][], row: readonly number[]): number[] {
  let rest = [...row]
  for (const one of rows) {
    const lead = one.findIndex((value) => Math.abs(value) > 1e-9)
    const times = rest[lead]! / one[lead]!
    rest = rest.map((value, i) => value - times * one[i]!)
  }
  return rest
}

const isIn = (rows: readonly number[][], row: readonly number[]): boolean =>
  without(rows, row).every((value) => Math.abs(value) < 1e-6)
