import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outdated } from '#main/backup/rotation.ts'
import { dateAt, Instant, plusMinutes } from '#values/time.ts'
import { ZONE } from '#support/copies.ts'

const BEGAN = Instant.parse('2026-09-01T19:30:00.000Z')
const DAY = 24 * 60

const copies = fc
  .array(fc.integer({ min: 1, max: 3 * DAY }), { maxLength: 120 })
  .map((gaps) => gaps.reduce<number[]>((all, gap) => [...all, (all.at(-1) ?? 0) + gap], []))
  .map((minutes) => minutes.map((minute, i) => ({ copy: i + 1, at: plusMinutes(BEGAN, minute) })))

describe('rotation (R-A3.4b)', () => {
  it('keeps whatever is younger than so many days, the newest, and so many daily ones if there are', () =>
    fc.assert(
      fc.property(
        copies,
        fc.integer({ min: 1, max: 40 }),
        fc.nat({ max: 5 * DAY }),
        (copies, days, later) => {
          const now = plusMinutes(copies.at(-1)?.at ?? BEGAN, later)
          const gone = new Set(outdated(copies, now, days, ZONE))
          const kept = copies.filter(({ copy }) => !gone.has(copy))
          const dates = (of: typeof copies) => new Set(of.map(({ at }) => dateAt(at, ZONE)))
          for (const { copy, at } of copies) {
            const age = Date.parse(now) - Date.parse(at)
            if (age < days * DAY * 60_000) expect(kept.map(({ copy }) => copy)).toContain(copy)
          }
          if (copies.length > 0) expect(kept.at(-1)).toEqual(copies.at(-1))
          expect(dates(kept).size).toBeGreaterThanOrEqual(Math.min(days, dates(copies).size))
          // What is old is there as a daily copy alone.
          const old = kept.filter(({ at }) => Date.parse(now) - Date.parse(at) >= days * DAY * 60_000)
          expect(dates(old).size).toBe(old.length)
          expect(old.length).toBeLessThanOrEqual(days)
        },
      ),
    ))

  it('lets nothing go that it kept a moment ago, but by the day', () => {
    const daily = Array.from({ length: 31 }, (_, n) => ({ copy: n + 1, at: plusMinutes(BEGAN, n * DAY) }))
    const now = daily.at(-1)!.at
    expect(outdated(daily, now, 30, ZONE)).toEqual([1])
    expect(outdated(daily.slice(0, 30), now, 30, ZONE)).toEqual([])
  })
})
