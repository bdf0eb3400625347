import { z } from 'zod'
import { label } from './text.ts'
import {
  addDays,
  dateAt,
  type Instant,
  instantAt,
  LocalDate,
  LocalTime,
  type TimeZone,
  weekday,
  Weekday,
} from './time.ts'
import { isWorkingDay } from './working-day.ts'

/** When the support service works, by the clock of the school, and within how much of that time it answers (R-7A.17b). */
export const SupportHours = z.strictObject({
  effectiveFrom: LocalDate,
  /** Where it can be reached beside the journal: a telephone, an address. */
  channel: label(200),
  hours: z
    .array(z.strictObject({ weekday: Weekday, from: LocalTime, until: LocalTime }))
    .min(1)
    .max(28),
  answerMinutes: z.int().min(15).max(6_000),
})
export type SupportHours = Readonly<z.infer<typeof SupportHours>>

/** What holds until a school sets its own: working days from nine to six, an answer within a working day. */
export const USUAL_SUPPORT: Omit<SupportHours, 'effectiveFrom'> = {
  channel: 'обращение в журнале',
  hours: [1, 2, 3, 4, 5].map((weekday) => ({
    weekday,
    from: LocalTime.parse('09:00'),
    until: LocalTime.parse('18:00'),
  })),
  answerMinutes: 540,
}

/** The hours in force on a date; of two settings of one date the later recorded one holds. */
export function supportHoursOn(
  all: readonly SupportHours[],
  date: LocalDate,
): Omit<SupportHours, 'effectiveFrom'> {
  const begun = all.filter(({ effectiveFrom }) => effectiveFrom <= date)
  return begun.toSorted((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom)).at(-1) ?? USUAL_SUPPORT
}

/** The times of work of one date, in order; none on a day of rest of the whole country. */
export function workOn(
  all: readonly SupportHours[],
  date: LocalDate,
  zone: TimeZone,
): Array<{ readonly from: Instant; readonly until: Instant }> {
  const { hours } = supportHoursOn(all, date)
  const own = hours.filter((one) => one.weekday === weekday(date))
  if (!isWorkingDay(date, [weekday(date)])) return []
  return own
    .map(({ from, until }) => ({ from: instantAt(date, from, zone), until: instantAt(date, until, zone) }))
    .toSorted((a, b) => (a.from < b.from ? -1 : 1))
}

/** The instant at which so much working time of the support service has passed since another. */
export function afterWorkOf(
  all: readonly SupportHours[],
  since: Instant,
  minutes: number,
  zone: TimeZone,
): Instant {
  const start = Date.parse(since)
  let left = minutes * 60_000
  for (let date = dateAt(since, zone); ; date = addDays(date, 1)) {
    for (const { from, until } of workOn(all, date, zone)) {
      const begin = Math.max(Date.parse(from), start)
      const lasts = Math.max(0, Date.parse(until) - begin)
      if (left <= lasts) return new Date(begin + left).toISOString() as Instant
      left -= lasts
    }
  }
}

/** When the support service works next, or works now: the time of work that has not ended. */
export function nextWork(
  all: readonly SupportHours[],
  now: Instant,
  zone: TimeZone,
): { readonly from: Instant; readonly until: Instant } {
  for (let date = dateAt(now, zone); ; date = addDays(date, 1)) {
    const found = workOn(all, date, zone).find(({ until }) => now < until)
    if (found !== undefined) return found
  }
}
