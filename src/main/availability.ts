import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { type Instant, instantAt, type LocalDate, type TimeZone } from '#values/time.ts'
import type { Outage, OutageLedger, Standing } from './outage-ledger.ts'

/** `2026-11`, by the calendar of the school. */
export const Month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'месяц вида 2026-11')
  .brand<'Month'>()
export type Month = z.infer<typeof Month>

/** What the regulation permits, in seconds: R-A3.2b, R-A3.2c. */
export const PERMITTED = {
  'planned-total': 240 * 60,
  'planned-single': 60 * 60,
  'emergency-single': 15 * 60,
} as const
export type Limit = keyof typeof PERMITTED

export interface Exceeded {
  readonly limit: Limit
  readonly seconds: number
  readonly permitted: number
  /** The beginning of the one outage that was too long; null for a sum. */
  readonly began: Instant | null
}

interface Sum {
  readonly count: number
  readonly seconds: number
  readonly longest: number
}

/** One month of the ledger. Seconds are whole: those that the clock shows between the beginning and the end. */
export interface MonthReport {
  readonly month: Month
  readonly zone: TimeZone
  /** The part of the month that the ledger covers: from its beginning, until now; null when it covers nothing. */
  readonly covered: { readonly from: Instant; readonly until: Instant; readonly seconds: number } | null
  readonly up: boolean
  readonly planned: Sum
  readonly emergency: Sum
  /** The time in which the service could be used, in percent of what is covered, rounded down to thousandths. */
  readonly availability: number | null
  readonly exceeded: readonly Exceeded[]
  /** Cut at the ends of the month; `seconds` is what falls into it, `whole` how long the outage was in all. */
  readonly outages: ReadonlyArray<Outage & { readonly seconds: number; readonly whole: number }>
}

/** The report of a month, by the local midnights of the zone. */
export async function monthReport(
  ledger: OutageLedger,
  month: Month,
  zone: TimeZone,
  now: Instant,
): Promise<MonthReport> {
  const bounds = boundsOf(month, zone)
  return reportOf(await ledger.standing(bounds.from, bounds.until, now), { month, zone, now, ...bounds })
}

/** The month that the calendar on the school's wall shows. */
export function monthAt(now: Instant, zone: TimeZone): Month {
  const { year, month } = Temporal.Instant.from(now).toZonedDateTimeISO(zone)
  return Month.parse(`${year}-${String(month).padStart(2, '0')}`)
}

function boundsOf(month: Month, zone: TimeZone): { from: Instant; until: Instant } {
  const first = Temporal.PlainYearMonth.from(month)
  const startOf = (yearMonth: Temporal.PlainYearMonth): Instant =>
    instantAt(yearMonth.toPlainDate({ day: 1 }).toString() as LocalDate, '00:00', zone)
  return { from: startOf(first), until: startOf(first.add({ months: 1 })) }
}

interface Of {
  readonly month: Month
  readonly zone: TimeZone
  readonly now: Instant
  readonly from: Instant
  readonly until: Instant
}

function reportOf({ since, outages, up }: Standing, { month, zone, now, from, until }: Of): MonthReport {
  const begins = since === null ? until : latest(from, since)
  const ends = earliest(until, now)
  const covered = begins < ends ? { from: begins, until: ends, seconds: secondsBetween(begins, ends) } : null
  const own = outages.map((outage) => {
    const cut = { ...outage, began: latest(outage.began, from), ended: earliest(outage.ended, until) }
    const whole = secondsBetween(outage.began, outage.ended)
    return { ...cut, seconds: secondsBetween(cut.began, cut.ended), whole }
  })
  const planned = sumOf(own.filter(({ kind }) => kind === 'planned'))
  const emergency = sumOf(own.filter(({ kind }) => kind === 'emergency'))
  const down = planned.seconds + emergency.seconds
  const share = covered === null || covered.seconds === 0 ? null : 1 - down / covered.seconds
  const availability = share === null ? null : Math.floor(share * 100_000) / 1_000
  const exceeded = exceededBy(own, planned.seconds)
  return { month, zone, covered, up, planned, emergency, availability, exceeded, outages: own }
}

/** A single outage is measured whole: one that lasts over the end of a month is not two short ones. */
function exceededBy(outages: MonthReport['outages'], plannedTotal: number): Exceeded[] {
  const total = over('planned-total', plannedTotal, null)
  const single = outages.map(({ kind, whole, began }) => over(`${kind}-single`, whole, began))
  return [total, ...single].filter((exceeded) => exceeded !== null)
}

function over(limit: Limit, seconds: number, began: Instant | null): Exceeded | null {
  const permitted = PERMITTED[limit]
  return seconds > permitted ? { limit, seconds, permitted, began } : null
}

function sumOf(outages: ReadonlyArray<{ seconds: number }>): Sum {
  const seconds = outages.map((outage) => outage.seconds)
  return {
    count: seconds.length,
    seconds: seconds.reduce((sum, each) => sum + each, 0),
    longest: Math.max(0, ...seconds),
  }
}

const secondsBetween = (began: Instant, ended: Instant): number =>
  Math.floor(Date.parse(ended) / 1_000) - Math.floor(Date.parse(began) / 1_000)
const latest = (a: Instant, b: Instant): Instant => (a > b ? a : b)
const earliest = (a: Instant, b: Instant): Instant => (a < b ? a : b)
