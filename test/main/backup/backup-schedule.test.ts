import { describe, expect, it } from 'vitest'
import { BackupSchedule } from '#main/backup/backup-schedule.ts'
import { Instant, plusMinutes, TimeZone } from '#values/time.ts'

const ZONE = TimeZone.parse('Asia/Tomsk')

/** A clock that the schedule itself turns on: while it waits, time passes. Nothing waits for real. */
function simulated(began: string, lastGood: string | null, { at = '02:30', zone = ZONE } = {}) {
  let now = Instant.parse(began)
  let last = lastGood === null ? null : Instant.parse(lastGood)
  const made: string[] = []
  const waits: number[] = []
  let failing = 0
  let takes = 0
  let until: { instant: string; reached: () => void } | null = null
  const maker = {
    lastGood: () => last,
    make: async () => {
      if (failing > 0) {
        failing--
        return false
      }
      made.push(now)
      last = now
      now = plusMinutes(now, takes)
      return true
    },
  }
  const wait = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    waits.push(milliseconds)
    if (until !== null && now >= until.instant) {
      until.reached()
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      return
    }
    now = Instant.parse(new Date(Date.parse(now) + milliseconds).toISOString())
  }
  const schedule = new BackupSchedule(maker, { at, zone, clock: () => now, wait })
  return {
    made,
    waits,
    fail: (times: number) => (failing = times),
    take: (minutes: number) => (takes = minutes),
    sleep: (minutes: number) => (now = plusMinutes(now, minutes)),
    copied: (instant: string) => (last = Instant.parse(instant)),
    /** Runs until the clock shows `instant`, and stops. */
    async run(instant: string): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      until = { instant, reached: resolve }
      schedule.start()
      await promise
      await schedule.stop()
    },
  }
}

describe('the schedule of backups', () => {
  it('R-A3.4b (daily): makes one a day at its time, by the calendar of the school', async () => {
    const days = simulated('2026-11-20T12:00:00.000Z', '2026-11-19T19:30:01.000Z')
    await days.run('2026-11-24T00:00:00.000Z')
    expect(days.made).toEqual([20, 21, 22, 23].map((day) => `2026-11-${day}T19:30:00.000Z`))
  })

  it('catches up at the start with a day that was missed, once', async () => {
    const days = simulated('2026-11-20T12:00:00.000Z', '2026-11-16T19:30:01.000Z')
    await days.run('2026-11-20T20:00:00.000Z')
    expect(days.made).toEqual(['2026-11-20T12:00:00.000Z', '2026-11-20T19:30:00.000Z'])
  })

  it('begins with one where there is none', async () => {
    const days = simulated('2026-11-20T12:00:00.000Z', null)
    await days.run('2026-11-20T13:00:00.000Z')
    expect(days.made).toEqual(['2026-11-20T12:00:00.000Z'])
  })

  it('tries again ten minutes after a failure, until it succeeds', async () => {
    const days = simulated('2026-11-20T19:00:00.000Z', '2026-11-19T19:30:01.000Z')
    days.fail(3)
    await days.run('2026-11-21T10:00:00.000Z')
    expect(days.made).toEqual(['2026-11-20T20:00:00.000Z'])
  })

  it('counts a copy that somebody made on demand after the time of the day', async () => {
    const days = simulated('2026-11-20T20:00:00.000Z', '2026-11-20T19:45:00.000Z')
    await days.run('2026-11-21T10:00:00.000Z')
    expect(days.made).toEqual([])
  })

  it('never sleeps longer than a quarter of an hour, so that a clock that was set is noticed', async () => {
    const days = simulated('2026-11-20T12:00:00.000Z', '2026-11-20T11:00:00.000Z')
    await days.run('2026-11-21T12:00:00.000Z')
    expect(Math.max(...days.waits)).toBe(15 * 60_000)
    expect(days.made).toHaveLength(1)
  })

  it('keeps its time of day over a change to summer time', async () => {
    const zone = TimeZone.parse('Europe/Berlin')
    const days = simulated('2026-03-27T00:00:00.000Z', '2026-03-27T00:00:00.000Z', { at: '03:30', zone })
    await days.run('2026-03-30T12:00:00.000Z')
    expect(days.made).toEqual([
      '2026-03-27T02:30:00.000Z',
      '2026-03-28T02:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T01:30:00.000Z',
    ])
  })

  it('stops when it is told to, also while it waits, and can start again', async () => {
    const days = simulated('2026-11-20T12:00:00.000Z', '2026-11-19T19:30:01.000Z')
    await days.run('2026-11-20T13:00:00.000Z')
    await days.run('2026-11-20T20:00:00.000Z')
    expect(days.made).toEqual(['2026-11-20T19:30:00.000Z'])
  })
})
