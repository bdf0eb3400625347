import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { isRefusal } from '../refusal.ts'
import { checkCorrection, correcting, mayWriteOnPage, onPage, pageCommand, whyOf } from './ground.ts'
import { answerOf } from './open-dispute.ts'
import { markOf, ofMark } from './standing-mark.ts'

const WithdrawMark = z.strictObject({
  ...onPage,
  ...correcting,
  entry: Uuid,
  dispute: Uuid.optional().describe('Обращение, на которое отвечает отзыв'),
})

/** Takes back a mark that should not stand, as one given to the wrong pupil. It stays in the record (R-F19). */
export const withdrawMark = pageCommand({
  name: 'withdraw-mark',
  summary: 'Отозвать отметку с указанием причины',
  operation: '4a',
  input: WithdrawMark,
  touches: ofMark,
  may: mayWriteOnPage,
  decide(given) {
    const { input } = given
    const found = markOf(given)
    if (isRefusal(found)) return found
    const { mark, policy } = found
    const unfounded = checkCorrection(given, mark, mark.value, policy)
    if (unfounded !== null) return unfounded
    const answer = answerOf(given.state, input, 'withdrawal')
    if (isRefusal(answer)) return answer
    const { work, lesson, pupil, value: previous } = mark
    return [
      { type: 'MarkWithdrawn', data: { entry: input.entry, work, lesson, pupil, previous, ...whyOf(input) } },
      ...answer,
    ]
  },
})
