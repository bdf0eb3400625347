import { dateAt, DAY, type Instant, type TimeZone } from '#values/time.ts'

/** A copy as rotation sees it. */
export interface Dated {
  readonly copy: number
  readonly at: Instant
}

/**
 * Which of the whole copies, given the oldest first, are not kept any more (R-A3.4b: daily copies, each kept 30 days).
 *
 * A copy is kept for `days` days. Past that it is still kept while it is the newest of its date and fewer than `days`
 * later dates have one: a service that stood still over the summer does not lose its old copies to the first new one.
 * So the newest copy is never among those that go.
 */
export function outdated(
  copies: readonly Dated[],
  now: Instant,
  days: number,
  zone: TimeZone,
): readonly number[] {
  const dates = new Set<string>()
  const gone: number[] = []
  for (const { copy, at } of copies.toReversed()) {
    const date = dateAt(at, zone)
    const isDaily = !dates.has(date) && dates.size < days
    dates.add(date)
    const isYoung = Date.parse(now) - Date.parse(at) < days * DAY
    if (!isDaily && !isYoung) gone.push(copy)
  }
  return gone
}
