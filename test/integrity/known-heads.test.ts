import { describe, expect, it } from 'vitest'
import type { Head } from '#integrity/heads.ts'
import { KnownHeads } from '#integrity/known-heads.ts'

const at = (rev: number): Head => ({ rev, hash: `hash of ${rev}` })

describe('known heads', () => {
  it('tells those that it has met, as they were met last, from the others', () => {
    const heads = new KnownHeads(10, false)
    heads.meet(
      new Map([
        ['a', at(1)],
        ['b', at(2)],
      ]),
    )
    heads.meet(new Map([['a', at(3)]]))
    const { known, others } = heads.of(['c', 'a', 'c', 'b', 'a'])
    expect([...known]).toEqual([
      ['a', at(3)],
      ['b', at(2)],
    ])
    expect(others).toEqual(['c'])
  })

  it('forgets those that were not met for longest, and none of those that come together', () => {
    const heads = new KnownHeads(3, true)
    heads.meet(
      new Map([
        ['a', at(0)],
        ['b', at(0)],
        ['c', at(0)],
      ]),
    )
    expect(heads.areAll).toBe(true)
    heads.meet(
      new Map([
        ['a', at(1)],
        ['d', at(0)],
      ]),
    )
    expect(heads.areAll).toBe(false)
    expect(heads.of(['a', 'b', 'c', 'd']).others).toEqual(['b'])
    const many = new Map(Array.from({ length: 5 }, (_, n) => [`many-${n}`, at(n)]))
    heads.meet(many)
    expect(heads.of(many.keys()).known).toEqual(many)
    expect(heads.of(['a', 'c', 'd']).known.size).toBe(0)
  })
})
