import { z } from 'zod'
import { isRefusal, refuse } from '../refusal.ts'
import { checkCorrection, correcting, mayWriteOnPage, pageCommand, whyOf } from './ground.ts'
import { finalOf, ofFinal, onFinal } from './standing-final.ts'

const WithdrawFinal = z.strictObject({ ...onFinal, ...correcting })

/**
 * Takes back a final that should not stand, as one given to the wrong pupil. Not of a page that was closed: when a
 * reopening ends by itself, everybody must still have a final.
 */
export const withdrawFinal = pageCommand({
  name: 'withdraw-final',
  summary: 'Отозвать итоговую отметку с указанием причины',
  operation: '5a',
  input: WithdrawFinal,
  touches: ofFinal,
  may: mayWriteOnPage,
  decide(given) {
    const { input, state } = given
    const found = finalOf(given)
    if (isRefusal(found)) return found
    const { final, policy } = found
    if (state.closing !== null) return refuse('final-of-closed-page', { closedAt: state.closing.at })
    const unfounded = checkCorrection(given, final, final.value, policy)
    if (unfounded !== null) return unfounded
    const { pupil, kind, value: previous } = final
    return [{ type: 'FinalMarkWithdrawn', data: { pupil, kind, previous, ...whyOf(input) } }]
  },
})
