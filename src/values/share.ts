/** A percentage with what it was counted from: `part` of `of`. */
export interface Share {
  readonly part: number
  readonly of: number
  /** One decimal, half up; null where there was nothing to count. */
  readonly percent: number | null
}

/** A percentage with two decimals, half up, counted in whole numbers; null where there was nothing to count. */
export function hundredths(part: number, of: number): number | null {
  return of === 0 ? null : Math.floor((20_000 * part + of) / (2 * of)) / 100
}

/** The share of two whole numbers, counted in whole numbers so that a half is a half. */
export function share(part: number, of: number): Share {
  const tenths = of === 0 ? null : Math.floor((2_000 * part + of) / (2 * of))
  return { part, of, percent: tenths === null ? null : tenths / 10 }
}
