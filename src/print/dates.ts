import { Temporal } from 'temporal-polyfill'
import type { Instant, LocalDate, TimeZone } from '#values/time.ts'

/** `23.11.2026`, as a school writes it. */
export function shownDate(date: LocalDate): string {
  const [year, month, day] = date.split('-')
  return `${day}.${month}.${year}`
}

/** `23.11`: the head of a column, where the year is that of the page. */
export function dayAndMonth(date: LocalDate): string {
  return shownDate(date).slice(0, 5)
}

/** `23.11.2026 10:50:00 (Asia/Tomsk)`. */
export function shownInstant(instant: Instant, zone: TimeZone): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(zone)
  const time = local.toPlainTime().toString({ smallestUnit: 'second' })
  return `${shownDate(local.toPlainDate().toString() as LocalDate)} ${time} (${zone})`
}

const WEEKDAYS = ['понедельник', 'вторник', 'среда', 'четверг', 'пятница', 'суббота', 'воскресенье'] as const

export function weekdayName(date: LocalDate): string {
  return WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1]!
}
