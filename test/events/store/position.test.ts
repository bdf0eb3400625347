import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePositions, expectedUntil, formatPosition, parsePosition } from '#events/store/position.ts'

const number = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
const position = fc.record({ commit: number, prepare: number })

describe('a position', () => {
  it('is written as commit and prepare, and read back', () => {
    expect(formatPosition({ commit: 12n, prepare: 10n })).toBe('12-10')
    fc.assert(
      fc.property(position, (any) => {
        expect(parsePosition(formatPosition(any))).toEqual(any)
      }),
    )
  })

  it.each([
    '',
    '12',
    '12-',
    '-12',
    '1-2-3',
    '01-1',
    '1 -1',
    '0x1-1',
    '1.5-1',
    '-1--1',
    '9223372036854775808-1',
  ])('is not read from %j', (text) => {
    expect(parsePosition(text)).toBe(null)
  })

  it('is ordered by commit, then by prepare, and comes after no position', () => {
    fc.assert(
      fc.property(position, position, (a, b) => {
        const order = a.commit === b.commit ? compare(a.prepare, b.prepare) : compare(a.commit, b.commit)
        expect(Math.sign(comparePositions(a, b))).toBe(order)
        expect(comparePositions(null, a)).toBeLessThan(0)
        expect(comparePositions(a, null)).toBeGreaterThan(0)
      }),
    )
    expect(comparePositions(null, null)).toBe(0)
  })
})

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

const at = (commit: bigint) => ({ commit, prepare: commit })

describe('of how many events', () => {
  it('is told by the share of the way, whether positions count events or bytes', () => {
    expect(expectedUntil(1_000, at(1_000n), at(26_089n))).toBe(26_089)
    expect(expectedUntil(1_000, at(700_000n), at(1_400_000n))).toBe(2_000)
  })

  it('is never fewer than have come, and none before the first', () => {
    expect(expectedUntil(1_500, at(1_500n), at(1_000n))).toBe(1_500)
    expect(expectedUntil(1_500, at(1_500n), null)).toBe(1_500)
    expect(expectedUntil(0, null, at(1_000n))).toBe(0)
  })
})
