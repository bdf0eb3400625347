import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { query } from '#events/store/sql.ts'
import { Month, monthAt, monthReport } from '#main/availability.ts'
import { type Outage, OutageLedger } from '#main/outage-ledger.ts'
import { Instant, TimeZone } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { eachEngine } from '#support/databases.ts'

const TOMSK = TimeZone.parse('Asia/Tomsk')

/** A time of November 2026 by the clock of Tomsk (UTC+7). */
const at = (text: string): Instant =>
  Instant.parse(new Date(`2026-11-${text.replace(' ', 'T')}+07:00`).toISOString())

/** So many seconds after. */
const after = (instant: Instant, seconds: number): Instant =>
  Instant.parse(new Date(Date.parse(instant) + seconds * 1_000).toISOString())

/** As the clock of Tomsk shows it: `10T20:30:03`. */
const local = (instant: Instant): string =>
  new Date(Date.parse(instant) + 7 * 3_600_000).toISOString().slice(8, 19)

eachEngine((engine) => {
  let opened: ReturnType<typeof engine.open> | undefined

  /** An installation whose processes a test starts, stops and kills at its own times. */
  async function installation() {
    opened ??= engine.open()
    const { kysely } = await opened
    await query(kysely, 'truncate operations.process, operations.outage, operations.maintenance')
    const ledger = new OutageLedger(kysely)
    const start = async (now: Instant) => {
      const id = Uuid.parse(randomUUID())
      await ledger.sign(id, now)
      return {
        /** Signs every ten seconds until `until`, as a process does; its last sign is not later. */
        async lives(from: Instant, until: Instant): Promise<Outage[]> {
          const found: Outage[] = []
          for (let now = after(from, 10); now <= until; now = after(now, 10))
            found.push(...(await ledger.sign(id, now)))
          return found
        },
        signs: (now: Instant) => ledger.sign(id, now),
        stops: (now: Instant) => ledger.stop(id, now),
      }
    }
    const november = (now: Instant) => monthReport(ledger, Month.parse('2026-11'), TOMSK, now)
    /** Outages as `from until kind`, by the clock of Tomsk. */
    const told = async (now = at('30 23:00:00')): Promise<string[]> => {
      const { outages } = await november(now)
      return outages.map(({ began, ended, kind }) => `${local(began)} ${local(ended)} ${kind}`)
    }
    return { ledger, start, november, told }
  }

  /** An outage of so many seconds from `began`, as it comes about. */
  async function outage(
    { start }: Awaited<ReturnType<typeof installation>>,
    began: Instant,
    seconds: number,
    kind: Outage['kind'],
  ): Promise<void> {
    const process = await start(after(began, -60))
    await process.lives(after(began, -60), began)
    if (kind === 'planned') await process.stops(began)
    const next = await start(after(began, seconds))
    await next.stops(after(began, seconds))
  }

  describe('the ledger of outages', () => {
    it('R-A3.2b: an orderly stop is a planned break, from the stop to the next start, to the second', async () => {
      const { start, told } = await installation()
      const first = await start(at('10 20:00:00'))
      await first.lives(at('10 20:00:00'), at('10 20:30:00'))
      await first.stops(at('10 20:30:03'))
      const second = await start(at('10 20:41:08'))
      await second.lives(at('10 20:41:08'), at('10 20:45:00'))
      expect(await told(at('10 20:45:00'))).toEqual(['10T20:30:03 10T20:41:08 planned'])
    })

    it('R-A3.2c: a process that was killed leaves an emergency, from its last sign of life', async () => {
      const { start, told } = await installation()
      const first = await start(at('10 20:00:00'))
      await first.lives(at('10 20:00:00'), at('10 20:30:07'))
      await start(at('10 20:44:00'))
      expect(await told(at('10 20:44:00'))).toEqual(['10T20:30:00 10T20:44:00 emergency'])
    })

    it('counts a process that was killed and replaced at once, when its silence is certain', async () => {
      const { start, told } = await installation()
      const first = await start(at('10 20:00:00'))
      await first.lives(at('10 20:00:00'), at('10 20:30:00'))
      const second = await start(at('10 20:30:06'))
      expect(await told(at('10 20:30:06'))).toEqual([])
      await second.lives(at('10 20:30:06'), at('10 20:31:00'))
      expect(await told(at('10 20:31:00'))).toEqual(['10T20:30:00 10T20:30:06 emergency'])
    })

    it('counts every outage of a service that is killed again and again', async () => {
      const { start, told } = await installation()
      for (const second of ['00', '12', '24', '36']) await start(at(`10 20:00:${second}`))
      const last = await start(at('10 20:00:48'))
      await last.lives(at('10 20:00:48'), at('10 20:02:00'))
      expect(await told(at('10 20:02:00'))).toEqual([
        '10T20:00:00 10T20:00:12 emergency',
        '10T20:00:12 10T20:00:24 emergency',
        '10T20:00:24 10T20:00:36 emergency',
        '10T20:00:36 10T20:00:48 emergency',
      ])
    })

    it('knows no outage while one of several processes lives: a rolling restart, one that is killed', async () => {
      const { start, told } = await installation()
      const [one, two] = [await start(at('10 20:00:00')), await start(at('10 20:00:04'))]
      for (let n = 1; n <= 6; n++) {
        await one.signs(after(at('10 20:00:00'), n * 10))
        await two.signs(after(at('10 20:00:04'), n * 10))
      }
      await one.stops(at('10 20:01:06'))
      const three = await start(at('10 20:01:08'))
      for (let n = 1; n <= 6; n++) {
        await two.signs(after(at('10 20:01:04'), n * 10))
        await three.signs(after(at('10 20:01:08'), n * 10))
      }
      // The second is killed, the third goes on.
      await three.lives(at('10 20:02:08'), at('10 20:05:00'))
      expect(await told(at('10 20:05:00'))).toEqual([])
    })

    it('knows an outage of several processes once, whoever comes back first', async () => {
      const { start, told } = await installation()
      const [one, two] = [await start(at('10 20:00:00')), await start(at('10 20:00:04'))]
      await one.lives(at('10 20:00:00'), at('10 20:10:00'))
      await two.signs(at('10 20:10:04'))
      const [three, four] = [await start(at('10 20:20:00')), await start(at('10 20:20:01'))]
      for (let n = 1; n <= 6; n++) {
        await three.signs(after(at('10 20:20:00'), n * 10))
        await four.signs(after(at('10 20:20:01'), n * 10))
      }
      expect(await told(at('10 20:21:01'))).toEqual(['10T20:10:04 10T20:20:00 emergency'])
    })

    it('counts a time in which processes lived and could not serve: their engines were away', async () => {
      const { start, told } = await installation()
      const process = await start(at('10 20:00:00'))
      await process.lives(at('10 20:00:00'), at('10 20:01:00'))
      expect(await process.signs(at('10 20:06:30'))).toEqual([
        { began: at('10 20:01:00'), ended: at('10 20:06:30'), kind: 'emergency', reason: null },
      ])
      expect(await told(at('10 20:06:30'))).toEqual(['10T20:01:00 10T20:06:30 emergency'])
    })

    it('shows an outage that lasts, until now, and that nobody lives', async () => {
      const { start, november, told } = await installation()
      await start(at('10 20:00:00'))
      expect((await november(at('10 20:00:20'))).up).toBe(true)
      expect(await told(at('10 20:00:20'))).toEqual([])
      expect((await november(at('10 20:09:00'))).up).toBe(false)
      expect(await told(at('10 20:09:00'))).toEqual(['10T20:00:00 10T20:09:00 emergency'])
    })

    it('R-A3.2a: what was announced is planned, even when it was not an orderly stop; the rest is not', async () => {
      const { ledger, start, november } = await installation()
      await ledger.announce({ began: at('10 22:00:00'), ended: at('10 22:40:00'), reason: 'замена диска' })
      const process = await start(at('10 21:50:00'))
      await process.lives(at('10 21:50:00'), at('10 21:58:00'))
      await start(at('10 22:50:00'))
      const { outages } = await november(at('10 22:50:00'))
      expect(outages.map(({ kind, seconds, reason }) => [kind, seconds, reason])).toEqual([
        ['emergency', 120, null],
        ['planned', 2_400, 'замена диска'],
        ['emergency', 600, null],
      ])
    })
  })

  describe('the report of a month', () => {
    it('is empty before the first sign, and covers the time from it until now', async () => {
      const { start, november } = await installation()
      expect(await november(at('10 00:00:00'))).toMatchObject({
        covered: null,
        availability: null,
        exceeded: [],
      })
      const process = await start(at('10 00:00:00'))
      await process.signs(at('10 00:00:10'))
      expect(await november(at('10 00:00:20'))).toMatchObject({
        covered: { from: at('10 00:00:00'), until: at('10 00:00:20'), seconds: 20 },
        availability: 100,
        planned: { count: 0, seconds: 0, longest: 0 },
      })
    })

    it.each([
      ['planned', 3_600, []],
      ['planned', 3_601, ['planned-single']],
      ['emergency', 900, []],
      ['emergency', 901, ['emergency-single']],
    ] as const)('R-A3.2b, R-A3.2c: %s of %d seconds exceeds %j', async (kind, seconds, limits) => {
      const school = await installation()
      await outage(school, at('10 20:00:00'), seconds, kind)
      const { exceeded } = await school.november(after(at('10 20:00:00'), seconds))
      expect(exceeded.map(({ limit }) => limit)).toEqual(limits)
      if (limits.length > 0) expect(exceeded).toMatchObject([{ seconds, began: at('10 20:00:00') }])
    })

    it('R-A3.2b: planned breaks are 240 minutes a month at most, together', async () => {
      const { ledger, november } = await installation()
      const process = Uuid.parse(randomUUID())
      const live = async (from: Instant, until: Instant) => {
        for (let now = from; now <= until; now = after(now, 20)) await ledger.sign(process, now)
      }
      await live(at('09 23:58:00'), at('10 00:00:00'))
      for (const hour of ['00', '02', '04', '06']) {
        await ledger.stop(process, at(`10 ${hour}:00:00`))
        await ledger.sign(process, after(at(`10 ${hour}:00:00`), 3_600))
        await ledger.stop(process, after(at(`10 ${hour}:00:00`), 3_600))
        // Between the breaks the service lives as another process.
        const other = Uuid.parse(randomUUID())
        for (let s = 3_600; s <= 7_200; s += 20) await ledger.sign(other, after(at(`10 ${hour}:00:00`), s))
        await ledger.stop(other, after(at(`10 ${hour}:00:00`), 7_200))
      }
      const full = await november(at('10 08:00:00'))
      expect(full).toMatchObject({ planned: { count: 4, seconds: 14_400, longest: 3_600 }, exceeded: [] })
      const over = await november(at('10 08:00:01'))
      expect(over.exceeded).toEqual([
        { limit: 'planned-total', seconds: 14_401, permitted: 14_400, began: null },
      ])
    })

    it('is cut at local midnight: an outage over the end of a month belongs to both, and is measured whole', async () => {
      const school = await installation()
      await outage(school, at('30 23:50:00'), 1_000, 'emergency')
      const now = after(at('30 23:50:00'), 1_000)
      const [november, december] = await Promise.all(
        ['2026-11', '2026-12'].map((month) => monthReport(school.ledger, Month.parse(month), TOMSK, now)),
      )
      expect(november).toMatchObject({ emergency: { count: 1, seconds: 600 } })
      expect(december).toMatchObject({ emergency: { count: 1, seconds: 400 } })
      // 400 and 600 seconds are each permitted, 1000 are not.
      for (const report of [november, december])
        expect(report!.exceeded).toMatchObject([{ limit: 'emergency-single', seconds: 1_000 }])
    })

    it('has the availability in percent of the time that it covers, and never rounds it up', async () => {
      const school = await installation()
      const process = await school.start(at('10 00:00:00'))
      await process.stops(at('10 00:00:00'))
      await school.start(at('10 00:00:01'))
      expect((await school.november(at('10 00:00:11'))).availability).toBe(90.909)
    })
  })
})

describe('the month of an instant', () => {
  it('is that of the calendar on the wall of the school', () => {
    const instant = Instant.parse('2026-11-30T17:00:00.000Z')
    expect(monthAt(instant, TOMSK)).toBe('2026-12')
    expect(monthAt(Instant.parse('2026-11-30T16:59:59.999Z'), TOMSK)).toBe('2026-11')
    expect(monthAt(instant, TimeZone.parse('Europe/Moscow'))).toBe('2026-11')
  })
})
