import { z } from 'zod'
import { MarkValue } from '#values/grading.ts'
import { checkFinal } from '../final-value.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { checkCorrection, correcting, gradingUnder, mayWriteOnPage, pageCommand, whyOf } from './ground.ts'
import { finalOf, ofFinal, onFinal } from './standing-final.ts'

const CorrectFinal = z.strictObject({ ...onFinal, ...correcting, value: MarkValue })

/** Corrects a final that stands, with version and reason, as any mark (R-2.8a, R-F19). */
export const correctFinal = pageCommand({
  name: 'correct-final',
  summary: 'Исправить итоговую отметку с указанием причины',
  operation: '5a',
  input: CorrectFinal,
  touches: ofFinal,
  may: mayWriteOnPage,
  decide(given) {
    const { input } = given
    const { value } = input
    const found = finalOf(given)
    if (isRefusal(found)) return found
    const { final, policy } = found
    const unfounded = checkCorrection(given, final, final.value, policy)
    if (unfounded !== null) return unfounded
    if (value === final.value) return refuse('same-value', { value })
    const invalid = checkFinal(gradingUnder(policy, given), policy, value)
    if (invalid !== null) return invalid
    const { pupil, kind, value: previous } = final
    return [{ type: 'FinalMarkCorrected', data: { pupil, kind, previous, value, ...whyOf(input) } }]
  },
})
