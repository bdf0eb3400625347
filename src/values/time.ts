import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'

/** A calendar date in the school's zone, `2026-11-23`. */
export const LocalDate = z.iso.date().brand<'LocalDate'>().meta({ id: 'LocalDate' })
export type LocalDate = z.infer<typeof LocalDate>

/** A wall-clock time of the school, `08:30`. */
export const LocalTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as HH:MM')
  .brand<'LocalTime'>()
  .meta({ id: 'LocalTime' })
export type LocalTime = z.infer<typeof LocalTime>

/** An instant in UTC with milliseconds, `2026-11-23T01:30:00.000Z`. Such texts compare in order of time. */
export const Instant = z.iso.datetime({ precision: 3 }).brand<'Instant'>().meta({ id: 'Instant' })
export type Instant = z.infer<typeof Instant>

/** An IANA time zone name that this machine knows, `Asia/Tomsk`. */
export const TimeZone = z
  .string()
  .refine(isTimeZone, 'часовой пояс IANA, например Asia/Tomsk')
  .brand<'TimeZone'>()
  .meta({ id: 'TimeZone' })
export type TimeZone = z.infer<typeof TimeZone>

/** Tells the time. Real at the edge, injected everywhere: no rule and no test reads the machine's clock. */
export type Clock = () => Instant

export const systemClock: Clock = () => {
  const now = Date.now()
  if (now !== lastTold.now) lastTold = { now, instant: new Date(now).toISOString() as Instant }
  return lastTold.instant
}
/** A request asks several times within a millisecond, and the text takes longer to make than to keep. */
let lastTold = { now: Number.NaN, instant: '' as Instant }

/** In milliseconds: a day of UTC has no other length. */
export const DAY = 86_400_000

/** ISO 8601 weekday: 1 is Monday, 7 is Sunday. */
export const Weekday = z.int().min(1).max(7)

/** A date needs no zone, so it may be a day of UTC: a diary asks hundreds of times, and the calendar is slow. */
export function weekday(date: LocalDate): number {
  return new Date(Date.parse(date)).getUTCDay() || 7
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10) as LocalDate
}

/** Every date from `from` to `until`, both included. */
export function datesBetween(from: LocalDate, until: LocalDate): LocalDate[] {
  const dates: LocalDate[] = []
  for (let date = from; date <= until; date = addDays(date, 1)) dates.push(date)
  return dates
}

/** The Monday of the week of `date`. */
export function mondayOf(date: LocalDate): LocalDate {
  return addDays(date, 1 - weekday(date))
}

/**
 * In milliseconds: since 1973 midnight has come to every zone at a whole quarter of an hour of UTC, so that within one a
 * zone has one date. Every request asks for today, and the calendar is slow.
 */
const QUARTER = 900_000
const SINCE = Date.parse('1973-01-01T00:00:00.000Z') / QUARTER
let lastAsked: { readonly quarter: number; readonly zone: TimeZone; readonly date: LocalDate } | null = null

/** The date that a calendar on the school's wall shows at `instant`. */
export function dateAt(instant: Instant, zone: TimeZone): LocalDate {
  const quarter = Math.floor(Date.parse(instant) / QUARTER)
  if (lastAsked?.quarter === quarter && lastAsked.zone === zone) return lastAsked.date
  const date = Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString() as LocalDate
  if (quarter >= SINCE) lastAsked = { quarter, zone, date }
  return date
}

/**
 * The instant at which the school's clock shows `time` on `date`, the first one where it shows it twice. A time that
 * the clock leaves out is counted on from before the gap: 02:30 between 02:00 and 03:00 is shown as 03:30.
 */
export function instantAt(date: LocalDate, time: string, zone: TimeZone): Instant {
  const zoned = Temporal.PlainDate.from(date).toZonedDateTime({
    timeZone: zone,
    plainTime: Temporal.PlainTime.from(time),
  })
  return new Date(zoned.epochMilliseconds).toISOString() as Instant
}

/**
 * The last second of `date`: deadlines "within the day" end here (REQUIREMENTS.md, time conventions). Counted back
 * from the next day, because where clocks change at midnight 23:59:59 may come twice or not at all.
 */
export function endOfDay(date: LocalDate, zone: TimeZone): Instant {
  const nextDay = Temporal.PlainDate.from(date).add({ days: 1 }).toZonedDateTime(zone)
  return new Date(nextDay.epochMilliseconds - 1000).toISOString() as Instant
}

export function plusMinutes(instant: Instant, minutes: number): Instant {
  return new Date(Date.parse(instant) + minutes * 60_000).toISOString() as Instant
}

/**
 * Whole seconds by which `recordedAt` is past `dueAt`; 0 is on time. The regulation counts in seconds
 * (23:59:59 is on time, 00:00:00 is late), so milliseconds after the last good second do not make it late.
 */
export function secondsLate(recordedAt: Instant, dueAt: Instant): number {
  // Instants are in the order of their texts, and most records are on time.
  if (recordedAt <= dueAt) return 0
  return Math.floor(Date.parse(recordedAt) / 1000) - Math.floor(Date.parse(dueAt) / 1000)
}

function isTimeZone(name: string): boolean {
  try {
    return Temporal.Now.zonedDateTimeISO(name).timeZoneId !== ''
  } catch {
    return false
  }
}
