/** A percentage with what it was counted from: `part` of `of`. */
export interface Share {
  readonly part: number
  readonly of: number
  /** One decimal, half up; null where there was nothing to count. */
  readonly percent: number | null
}

/** A percentage with two decimals, half up, counted in whole numbers; null where there was nothing to count. */
export function hundredths(part: number, of: number): number | null {
  return percent(part, of, 100)
}

/** @param steps how many there are in one per cent */
function percent(part: number, of: number, steps: number): number | null {
  return of === 0 ? null : Math.floor((200 * steps * part + of) / (2 * of)) / steps
}

/** The share of two whole numbers, counted in whole numbers so that a half is a half. */
export function share(part: number, of: number): Share {
  return { part, of, percent: percent(part, of, 10) }
}
