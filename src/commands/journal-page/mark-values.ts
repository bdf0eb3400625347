import { type CriterionScore, type GradingSystem, type MarkValue, POINTS } from '#values/grading.ts'
import { gradingRules, type Policy } from '#values/policy.ts'
import { type Refusal, refuse } from '../refusal.ts'

/** Whether a value may stand as a mark in this grading system (R-F13, R-F4): null is yes. */
export function checkValue(grading: GradingSystem, policy: Policy, value: MarkValue): Refusal | null {
  if (grading === 'none') return refuse('marks-switched-off', { grading })
  const range = POINTS[grading]
  const codes = policy.valueCodes
    .filter(({ kind }) => kind === 'note' || kind === 'credit')
    .map(({ code }) => code)
  const levels = grading === 'level' ? gradingRules(policy, 'level')!.levels : []
  if (typeof value === 'string') {
    return codes.includes(value) || levels.includes(value)
      ? null
      : refuse('value-outside-grading', { value, grading, points: range, codes, levels })
  }
  const inside = range !== null && range[0] <= value && value <= range[1]
  return inside ? null : refuse('value-outside-grading', { value, grading, points: range, codes, levels })
}

/** What is said of a pupil: a value, or scores from which one follows. */
export interface Said {
  readonly value?: MarkValue | undefined
  readonly criteria?: readonly CriterionScore[] | undefined
}

/** Whether anything is said of the pupil at all. */
export const isSaid = ({ value, criteria }: Said): boolean => value !== undefined || criteria !== undefined
export const NOTHING_SAID = { error: 'нужна отметка или баллы по критериям', path: ['value'] }

/**
 * The value of a mark and the scores on which it rests. In a system of criteria the sum of the scores, as a share of
 * the greatest sum, becomes a mark by the school's table (C.3); a code such as «Д» stands without scores.
 */
export function valueOf(
  grading: GradingSystem,
  policy: Policy,
  { value, criteria }: Said,
): { readonly value: MarkValue; readonly criteria: CriterionScore[] | null } | Refusal {
  if (criteria === undefined) {
    if (value === undefined || (grading === 'crit' && typeof value === 'number'))
      return refuse('criteria-needed', { grading })
    return checkValue(grading, policy, value) ?? { value, criteria: null }
  }
  if (grading !== 'crit') return refuse('criteria-not-used', { grading })
  const beyond = criteria.find(({ score, max }) => score > max)
  if (beyond !== undefined) return refuse('score-outside-criterion', { ...beyond })
  const names = criteria.map(({ criterion }) => criterion)
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined) return refuse('criteria-needed', { grading, repeated })
  const converted = convert(policy, criteria)
  if (value !== undefined && value !== converted)
    return refuse('value-outside-grading', { value, grading, converted })
  return checkValue(grading, policy, converted) ?? { value: converted, criteria: [...criteria] }
}

/** In whole numbers: 100 × sum is compared with per cent × greatest sum, so that no fraction is rounded. */
function convert(policy: Policy, criteria: readonly CriterionScore[]): number {
  const sum = criteria.reduce((total, { score }) => total + score, 0)
  const most = criteria.reduce((total, { max }) => total + max, 0)
  const { marks } = gradingRules(policy, 'crit')!
  return marks.findLast(({ fromPercent }) => 100 * sum >= fromPercent * most)!.mark
}
