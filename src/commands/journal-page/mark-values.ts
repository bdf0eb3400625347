import { type GradingSystem, type MarkValue, POINTS } from '#values/grading.ts'
import type { Policy } from '#values/policy.ts'
import { type Refusal, refuse } from '../refusal.ts'

/** Whether a value may stand as a mark in this grading system (R-F13, R-F4): null is yes. */
export function checkValue(grading: GradingSystem, policy: Policy, value: MarkValue): Refusal | null {
  if (grading === 'none') return refuse('marks-switched-off', { grading })
  const range = POINTS[grading]
  const codes = policy.valueCodes
    .filter(({ kind }) => kind === 'note' || kind === 'credit')
    .map(({ code }) => code)
  if (typeof value === 'string') {
    return codes.includes(value)
      ? null
      : refuse('value-outside-grading', { value, grading, points: range, codes })
  }
  const inside = range !== null && range[0] <= value && value <= range[1]
  return inside ? null : refuse('value-outside-grading', { value, grading, points: range, codes })
}
