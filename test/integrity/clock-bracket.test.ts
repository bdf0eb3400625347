import { describe, expect, it } from 'vitest'
import { ClockBracket } from '#integrity/clock-bracket.ts'
import { Instant } from '#values/time.ts'

const noon = (seconds: number): Instant =>
  Instant.parse(new Date(Date.parse('2026-11-25T05:00:00.000Z') + seconds * 1_000).toISOString())

/** Records by their seconds after noon; a checkpoint, `[size, seconds]`, over those before it. */
function bracket(...steps: ReadonlyArray<number | readonly [size: number, seconds: number]>) {
  const clock = new ClockBracket()
  let leaf = 0
  for (const step of steps) {
    if (typeof step === 'number') clock.follow({ leaf, stream: 's', rev: leaf++, at: noon(step) })
    else clock.sealed(step[0], noon(step[1]))
  }
  return clock.found
}

describe('the times of records between checkpoints', () => {
  it('may wait a minute for their place, and differ from the clock of the sealer by five seconds', () => {
    const nothing = { earlier: null, later: null }
    expect(bracket(0, [1, 0], -60, [2, 1])).toEqual(nothing)
    expect(bracket(0, [1, 0], -60.001, [2, 1])).toMatchObject({
      earlier: { records: 1, first: { leaf: 1, checkpoint: { size: 1, at: noon(0) } } },
    })
    expect(bracket(5, [1, 0])).toEqual(nothing)
    expect(bracket(5.001, [1, 0])).toMatchObject({ later: { checkpoints: 1, first: { leaf: 0 } } })
  })

  it('are not earlier than a checkpoint where the sealer came late', () => {
    expect(bracket(0, [1, 7_200], 10, 20, [3, 7_210], 30).earlier).toBeNull()
    // Set back behind what was sealed, they are.
    expect(bracket(0, [1, 7_200], -100, -90).earlier).toMatchObject({ records: 2, first: { leaf: 1 } })
  })

  it('a record of the future is told once, and those of the right time after it are not early', () => {
    expect(bracket(0, 90_000, [2, 10], 20, [3, 30], 40, [4, 50])).toMatchObject({
      earlier: null,
      later: { checkpoints: 1, first: { leaf: 1, checkpoint: { size: 2 } } },
    })
  })

  it('a time that is none, as somebody may write it into a column, ends no verification', () => {
    const clock = new ClockBracket()
    clock.follow({ leaf: 0, stream: 's', rev: 0, at: 'yesterday' as Instant })
    clock.sealed(1, 'never' as Instant)
    clock.follow({ leaf: 1, stream: 's', rev: 1, at: noon(0) })
    clock.sealed(2, noon(0))
    expect(clock.found.later?.first.at).toBe('yesterday')
  })
})
