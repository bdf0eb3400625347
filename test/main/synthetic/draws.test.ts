import { describe, expect, it } from 'vitest'
import { Draws, drawsOf } from '#main/synthetic/draws.ts'

const many = (count: number, draw: () => number) => Array.from({ length: count }, draw)
const first = (seed: string, path: string) => drawsOf(seed)(path).word()
const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length

describe('draws', () => {
  it('are those of the reference xoshiro128**', () => {
    const draws = new Draws([1, 2, 3, 4])
    expect(many(8, () => draws.word())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849,
    ])
  })

  it('are the same for the same seed and path, and others for another path or seed', () => {
    expect(first('letopis', 'class/7А')).toBe(first('letopis', 'class/7А'))
    expect(first('letopis', 'class/7А')).not.toBe(first('letopis', 'class/7Б'))
    expect(first('letopis', 'class/7А')).not.toBe(first('annals', 'class/7А'))
  })

  it('follow the laws that they are named after', () => {
    const draws = drawsOf('laws')('of/chance')
    const normal = many(20_000, () => draws.normal(0.75))
    expect(mean(normal)).toBeCloseTo(0, 1)
    expect(Math.sqrt(mean(normal.map((x) => x * x)))).toBeCloseTo(0.75, 1)
    expect(mean(many(20_000, () => draws.poisson()))).toBeCloseTo(1, 1)
    expect(mean(many(20_000, () => draws.failures(1 / 5.5)))).toBeGreaterThan(4.3)
    expect(mean(many(5_000, () => draws.discipline()))).toBeCloseTo(0.8, 1)
    const dice = many(6_000, () => draws.between(1, 6))
    expect(new Set(dice)).toEqual(new Set([1, 2, 3, 4, 5, 6]))
  })
})
