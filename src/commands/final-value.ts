import { type GradingSystem, type MarkValue, POINTS } from '#values/grading.ts'
import { gradingRules, type Policy } from '#values/policy.ts'
import { type Refusal, refuse } from './refusal.ts'

/**
 * Whether a value may stand as a final (R-2.8a): a value of the grading system of the journal, or one of the codes
 * that the school has for it (осв, н/а, безотм). Where no marks are given, only a code: null is yes.
 */
export function checkFinal(grading: GradingSystem, policy: Policy, value: MarkValue): Refusal | null {
  const points = POINTS[grading]
  const codes = policy.valueCodes
    .filter(({ kind }) => kind === 'final' || (kind === 'credit' && grading === 'pass'))
    .map(({ code }) => code)
  const levels = grading === 'level' ? gradingRules(policy, 'level')!.levels : []
  const known =
    typeof value === 'string'
      ? codes.includes(value) || levels.includes(value)
      : points !== null && points[0] <= value && value <= points[1]
  return known ? null : refuse('value-outside-grading', { value, grading, points, codes, levels })
}
