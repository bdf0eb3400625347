import { dateAt, endOfDay, type Instant, type LocalDate, secondsLate, type TimeZone } from './time.ts'
import type { Uuid } from './uuid.ts'

/** A time in which the school could not work with the journal, `from` ≤ t < `until`, as it is registered (R-A2.7). */
export interface OutageWindow {
  readonly outage: Uuid
  readonly from: Instant
  readonly until: Instant
  /** The last day for entering from paper; null sets none. */
  readonly enterBy: LocalDate | null
}

/** The reason of an entry that came late by an outage, in the dictionary that a school starts with: «сбой». */
export const OUTAGE_REASON = 'technical-failure'

/** An entry of a lesson: for which day, due when, and made when; what is not made yet is asked about now. */
interface Entry {
  readonly date: LocalDate
  readonly dueAt: Instant
  readonly at: Instant
}

/**
 * The registered outage by which an entry is late through no fault of the teacher: its deadline falls into it, or the
 * outage touches the day of the lesson and the entry was due on that day. Null where none excuses it, where the last day
 * for entering from paper has passed, and of what is in time.
 */
export function excusing<Window extends OutageWindow>(
  windows: readonly Window[],
  { date, dueAt, at }: Entry,
  zone: TimeZone,
): Window | null {
  if (windows.length === 0 || secondsLate(at, dueAt) === 0) return null
  const sameDay = dateAt(dueAt, zone) === date
  const excuses = ({ from, until, enterBy }: Window): boolean => {
    const dueWithin = from <= dueAt && dueAt < until
    const dayTouched = sameDay && dateAt(from, zone) <= date && date <= dateAt(lastOf(until), zone)
    const stillTime = enterBy === null || secondsLate(at, endOfDay(enterBy, zone)) === 0
    return (dueWithin || dayTouched) && stillTime
  }
  return windows.find(excuses) ?? null
}

/** The last instant before the end. */
function lastOf(until: Instant): Instant {
  return new Date(Date.parse(until) - 1).toISOString() as Instant
}

/** When an entry was due that was made `lateBy` seconds after it: to the second, as lateness is counted. */
export function dueOf(at: Instant, lateBy: number): Instant {
  return new Date((Math.floor(Date.parse(at) / 1000) - lateBy) * 1000).toISOString() as Instant
}
