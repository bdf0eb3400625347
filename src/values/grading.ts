import { z } from 'zod'
import { label } from './text.ts'

/** The grading system of a journal (R-F4; DOMAIN.md C.3). */
export const GradingSystem = z
  .enum(['g5', 'g10', 'g12', 'g100', 'pass', 'level', 'crit', 'none'])
  .meta({ id: 'GradingSystem' })
export type GradingSystem = z.infer<typeof GradingSystem>

/**
 * The value of a mark: points as an integer (signs and averages are never marks, C.1), or the text of a code or a
 * level such as «Зач», «Д», «повышенный».
 */
export const MarkValue = z.union([z.int().min(0).max(100), label(24)]).meta({ id: 'MarkValue' })
export type MarkValue = z.infer<typeof MarkValue>

/** The points that a system knows, both ends included; null where marks are not points. */
export const POINTS: Readonly<Record<GradingSystem, readonly [number, number] | null>> = {
  g5: [2, 5], // 1 is a value in law, practically unused: C.1
  g10: [1, 10],
  g12: [1, 12],
  g100: [0, 100],
  pass: null,
  level: null,
  crit: [2, 5], // what the scores of the criteria are converted to
  none: null,
}

/** One criterion of a work and the score that a pupil has for it. */
export const CriterionScore = z.strictObject({
  criterion: label(40),
  score: z.int().min(0).max(100),
  max: z.int().min(1).max(100),
})
export type CriterionScore = z.infer<typeof CriterionScore>
