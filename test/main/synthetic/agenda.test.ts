import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Agenda } from '#main/synthetic/agenda.ts'

describe('an agenda', () => {
  it('is done in order of time, and of noting at one instant', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (times) => {
        const agenda = new Agenda()
        const done: Array<{ at: number; noted: number }> = []
        for (const [noted, at] of times.entries()) agenda.note(at, () => done.push({ at, noted }))
        agenda.doUntil(20)
        const noted = times.map((at, noted) => ({ at, noted }))
        expect(done).toEqual(noted.toSorted((a, b) => a.at - b.at || a.noted - b.noted))
      }),
    )
  })

  it('does what comes up meanwhile, and leaves what is due later', () => {
    const agenda = new Agenda()
    const done: string[] = []
    agenda.note(5, () => done.push('later'))
    agenda.note(1, () => {
      done.push('first')
      agenda.note(2, () => done.push('came up'))
    })
    agenda.doUntil(4)
    expect(done).toEqual(['first', 'came up'])
    agenda.doUntil(5)
    expect(done).toEqual(['first', 'came up', 'later'])
  })
})
