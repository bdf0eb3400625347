import type { LocalDate } from '#values/time.ts'
import { type Refusal, refuse } from '../refusal.ts'

interface Bounds {
  readonly period: string
  readonly from: LocalDate
  readonly until: LocalDate
}

/** Whether periods lie within the year, each after the one before it, and each once (R-F3): null is yes. */
export function checkBounds(
  periods: readonly Bounds[],
  { from: first, until: last }: { readonly from: LocalDate; readonly until: LocalDate },
): Refusal | null {
  for (const [i, { period, from, until }] of periods.entries()) {
    const before = periods.slice(0, i)
    if (before.some((known) => known.period === period)) return refuse('period-exists', { period })
    if (until < from) return refuse('bounds-reversed', { period, from, until })
    if (from < first || last < until)
      return refuse('period-outside-year', { period, from: first, until: last })
    const previous = before.at(-1)
    if (previous !== undefined && from <= previous.until)
      return refuse('period-overlap', { period, with: previous.period })
  }
  return null
}
