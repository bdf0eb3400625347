import { z } from 'zod'
import { Policy, STARTING_POLICY } from '#values/policy.ts'
import { LocalDate } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { policyFold } from './state.ts'

const AdoptPolicy = z.strictObject({
  effectiveFrom: LocalDate,
  policy: Policy.default(STARTING_POLICY).describe('По умолчанию — правила, с которых школа начинает'),
})

/** Adopts the rules of the school from a date on; what was recorded under earlier ones keeps its meaning (R-2.8b). */
export const adoptPolicy = defineCommand({
  name: 'adopt-policy',
  path: 'policy',
  summary: 'Ввести правила школы с указанной даты: обозначения, виды работ, сроки, причины исправлений',
  operation: '21',
  input: AdoptPolicy,
  fold: policyFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state }) {
    const { effectiveFrom, policy } = input
    const last = state.versions.at(-1)
    if (last !== undefined && effectiveFrom <= last.effectiveFrom) {
      return refuse('policy-out-of-order', { effectiveFrom, last: last.effectiveFrom })
    }
    const repeated = repeatedWord(policy)
    if (repeated !== undefined) return refuse('policy-ambiguous', { repeated })
    return [{ type: 'PolicyAdopted', data: input }]
  },
})

/** A word that one dictionary of the policy explains twice. */
function repeatedWord({
  valueCodes,
  kindsOfWork,
  lessonTypes,
  correctionReasons,
}: Policy): string | undefined {
  const dictionaries = [
    valueCodes.map(({ code }) => code),
    kindsOfWork.map(({ kind }) => kind),
    lessonTypes.map(({ type }) => type),
    correctionReasons.map(({ reason }) => reason),
  ]
  return dictionaries
    .map((words): string | undefined => words.find((word, i) => words.indexOf(word) !== i))
    .find((word) => word !== undefined)
}
