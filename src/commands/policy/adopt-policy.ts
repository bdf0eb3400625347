import { z } from 'zod'
import { Policy, POLICY_PRESETS, type PolicyPreset } from '#values/policy.ts'
import { POINTS } from '#values/grading.ts'
import { misfitOf } from '#values/report-form.ts'
import { LocalDate } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { policyFold } from './state.ts'

const PRESETS = Object.keys(POLICY_PRESETS) as PolicyPreset[]
const AdoptPolicy = z
  .strictObject({
    effectiveFrom: LocalDate,
    preset: z
      .enum(PRESETS)
      .optional()
      .describe('Готовые правила по имени: letopis (по умолчанию) или tesh-2015, пример п. 2.8'),
    policy: Policy.optional().describe('Собственные правила школы, целиком'),
  })
  .refine(({ preset, policy }) => preset === undefined || policy === undefined, {
    error: 'готовые правила или собственные, не то и другое',
    path: ['preset'],
  })

/** Adopts the rules of the school from a date on; what was recorded under earlier ones keeps its meaning (R-2.8b). */
export const adoptPolicy = defineCommand({
  name: 'adopt-policy',
  path: 'policy',
  summary:
    'Ввести правила школы с указанной даты: обозначения, виды работ, сроки, причины исправлений, формы отчётов',
  operation: '21',
  input: AdoptPolicy,
  fold: policyFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state }) {
    const { effectiveFrom } = input
    const policy = input.policy ?? POLICY_PRESETS[input.preset ?? 'letopis']
    const last = state.versions.at(-1)
    if (last !== undefined && effectiveFrom <= last.effectiveFrom) {
      return refuse('policy-out-of-order', { effectiveFrom, last: last.effectiveFrom })
    }
    const repeated = repeatedWord(policy)
    if (repeated !== undefined) return refuse('policy-ambiguous', { repeated })
    const disorder = disorderOf(policy)
    if (disorder !== null) return disorder
    for (const form of policy.reportForms) {
      const misfit = misfitOf(form)
      if (misfit !== null) return refuse('report-form-unfit', { report: form.report, ...misfit })
    }
    return [{ type: 'PolicyAdopted', data: { effectiveFrom, policy } }]
  },
})

/** A word that one dictionary of the policy explains twice. */
function repeatedWord({
  valueCodes,
  kindsOfWork,
  lessonTypes,
  correctionReasons,
  gradings,
  journalTypes,
  assessmentsInSummary,
  reportForms,
}: Policy): string | undefined {
  const dictionaries = [
    valueCodes.map(({ code }) => code),
    kindsOfWork.map(({ kind }) => kind),
    lessonTypes.map(({ type }) => type),
    correctionReasons.map(({ reason }) => reason),
    gradings.map(({ system }) => system),
    journalTypes.map(({ type }) => type),
    assessmentsInSummary,
    reportForms.map(({ report }) => report),
    ...gradings.map((rules): string[] => (rules.system === 'level' ? rules.levels : [])),
  ]
  return dictionaries
    .map((words): string | undefined => words.find((word, i) => words.indexOf(word) !== i))
    .find((word) => word !== undefined)
}

/** Grading rules that contradict themselves: quality below success, a threshold outside the points, marks out of order. */
function disorderOf({ gradings, valueCodes }: Policy): Refusal | null {
  for (const rules of gradings) {
    const { system } = rules
    if (rules.system === 'level') {
      const place = (level: string) => rules.levels.indexOf(level)
      if (place(rules.success) < 0 || place(rules.quality) < place(rules.success))
        return refuse('grading-disordered', { system, success: rules.success, quality: rules.quality })
      const taken = rules.levels.find((level) => valueCodes.some(({ code }) => code === level))
      if (taken !== undefined) return refuse('policy-ambiguous', { repeated: taken })
    } else if (rules.system === 'crit') {
      const inOrder = rules.marks.every(({ mark, fromPercent }, i) => {
        const before = rules.marks[i - 1]
        return before === undefined
          ? fromPercent === 0
          : before.mark < mark && before.fromPercent < fromPercent
      })
      if (!inOrder) return refuse('grading-disordered', { system, marks: rules.marks })
    } else {
      const [least, most] = POINTS[system]!
      const { success, quality } = rules
      if (success < least || quality < success || most < quality)
        return refuse('grading-disordered', { system, success, quality, points: [least, most] })
    }
  }
  return null
}
