import { describe, expect, it } from 'vitest'
import { dueOf, excusing } from '#values/outage.ts'
import { Instant, LocalDate, TimeZone } from '#values/time.ts'
import { id } from '#support/class-7a.ts'

const TOMSK = TimeZone.parse('Asia/Tomsk')
const at = (text: string) => Instant.parse(text)
const MONDAY = LocalDate.parse('2026-11-09')
/** The end of Monday in Tomsk. */
const DUE = at('2026-11-09T16:59:59.000Z')
const LATER = at('2026-11-12T03:00:00.000Z')

/** From nine to eleven on Monday evening, unless other bounds are named. */
const window = (from = '2026-11-09T14:00:00.000Z', until = '2026-11-09T16:00:00.000Z', enterBy?: string) => [
  {
    outage: id('outage'),
    from: at(from),
    until: at(until),
    enterBy: enterBy === undefined ? null : LocalDate.parse(enterBy),
  },
]
const excused = (windows: ReturnType<typeof window>, entry: object = {}) =>
  excusing(windows, { date: MONDAY, dueAt: DUE, at: LATER, ...entry }, TOMSK) !== null

describe('an outage excuses what came late', () => {
  it('when it touches the day of the lesson and the entry was due that day, to the millisecond', () => {
    expect(excused(window())).toBe(true)
    expect(excused([])).toBe(false)
    // It ends with the midnight before Monday, and a millisecond later; it begins with the next midnight, and before.
    expect(excused(window('2026-11-08T10:00:00.000Z', '2026-11-08T17:00:00.000Z'))).toBe(false)
    expect(excused(window('2026-11-08T10:00:00.000Z', '2026-11-08T17:00:00.001Z'))).toBe(true)
    expect(excused(window('2026-11-09T17:00:00.000Z', '2026-11-10T10:00:00.000Z'))).toBe(false)
    expect(excused(window('2026-11-09T16:59:59.999Z', '2026-11-10T10:00:00.000Z'))).toBe(true)
  })

  it('when the deadline falls into it, but no work that was due a week later', () => {
    const inAWeek = { dueAt: at('2026-11-16T16:59:59.000Z'), at: at('2026-11-18T03:00:00.000Z') }
    expect(excused(window(), inAWeek)).toBe(false)
    expect(excused(window('2026-11-16T16:59:59.000Z', '2026-11-17T02:00:00.000Z'), inAWeek)).toBe(true)
    expect(excused(window('2026-11-16T12:00:00.000Z', '2026-11-16T16:59:59.000Z'), inAWeek)).toBe(false)
  })

  it('until the last day for entering from paper is over', () => {
    const by = window(undefined, undefined, '2026-11-12')
    expect(excused(by, { at: at('2026-11-12T16:59:59.999Z') })).toBe(true)
    expect(excused(by, { at: at('2026-11-12T17:00:00.000Z') })).toBe(false)
  })

  it('and nothing that is in time', () => {
    expect(excused(window(), { at: at('2026-11-09T16:59:59.999Z') })).toBe(false)
  })
})

it('the deadline follows from when something was recorded and by how much it was late', () => {
  expect(dueOf(at('2026-11-10T05:00:00.000Z'), 43_201)).toBe(DUE)
  expect(dueOf(at('2026-11-09T17:00:00.500Z'), 1)).toBe(DUE)
})
