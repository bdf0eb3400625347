import { addDays, dateAt, type Instant, instantAt, type LocalDate, type TimeZone } from '#values/time.ts'

/** A time of every day: `HH:MM` on the clock of `zone`. */
export interface TimeOfDay {
  readonly at: string
  readonly zone: TimeZone
}

/** The newest of the appointed times that are past, and the day whose time it is. */
export function lastAppointed(
  { at, zone }: TimeOfDay,
  now: Instant,
): { readonly date: LocalDate; readonly time: Instant } {
  const today = dateAt(now, zone)
  const time = instantAt(today, at, zone)
  if (time <= now) return { date: today, time }
  const yesterday = addDays(today, -1)
  return { date: yesterday, time: instantAt(yesterday, at, zone) }
}
