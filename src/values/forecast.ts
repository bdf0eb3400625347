/** A mark that counts, in points, and how much. */
export interface Weighted {
  readonly value: number
  readonly weight: number
}

export interface Average {
  /** Σ(w·m) and Σw: the average is their quotient, and is never rounded on the way. */
  readonly sum: number
  readonly weight: number
  /** Rounded half up: 3.5 is 4. */
  readonly rounded: number
}

/**
 * The final that the marks come to: their weighted average, rounded half up (DOMAIN.md C.3, G.6). The published rule
 * of the forecast: the service proposes by it, and the teacher sets. In integers alone, so that 3.5 is never 3.4999.
 * Null where no mark counts.
 */
export function weightedAverage(marks: readonly Weighted[]): Average | null {
  const weight = marks.reduce((total, mark) => total + mark.weight, 0)
  if (weight === 0) return null
  const sum = marks.reduce((total, mark) => total + mark.weight * mark.value, 0)
  const doubled = 2 * sum + weight
  return { sum, weight, rounded: (doubled - (doubled % (2 * weight))) / (2 * weight) }
}
