import { z } from 'zod'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { CriterionScore, MarkValue } from '#values/grading.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { isAbsence, isEarned } from './attendance-codes.ts'
import {
  checkCorrection,
  correcting,
  gradingUnder,
  mayWriteOnPage,
  onPage,
  pageCommand,
  whyOf,
} from './ground.ts'
import { isSaid, NOTHING_SAID, valueOf } from './mark-values.ts'
import { answerOf } from './open-dispute.ts'
import { markOf, ofMark } from './standing-mark.ts'

const CorrectMark = z
  .strictObject({
    ...onPage,
    ...correcting,
    entry: Uuid,
    dispute: Uuid.optional().describe('Обращение, на которое отвечает исправление'),
    value: MarkValue.optional(),
    criteria: z.array(CriterionScore).min(1).max(20).optional(),
  })
  .refine(isSaid, NOTHING_SAID)

/** Corrects a mark that stands. The earlier value stays in the record and in the history of the cell (R-F19, R-D2). */
export const correctMark = pageCommand({
  name: 'correct-mark',
  summary: 'Исправить отметку с указанием причины',
  operation: '4a',
  input: CorrectMark,
  touches: ofMark,
  may: mayWriteOnPage,
  decide(given) {
    const { input, state } = given
    const { entry } = input
    const found = markOf(given)
    if (isRefusal(found)) return found
    const { mark, policy, lesson } = found
    const unfounded = checkCorrection(given, mark, mark.value, policy)
    if (unfounded !== null) return unfounded
    const said = valueOf(gradingUnder(policy, given), policy, input)
    if (isRefusal(said)) return said
    const { value, criteria } = said
    if (value === mark.value && canonicalJson(criteria) === canonicalJson(mark.criteria))
      return refuse('same-value', { value })
    const answer = answerOf(state, input, 'correction')
    if (isRefusal(answer)) return answer
    const { work, pupil } = mark
    const absent = isAbsence(policy, lesson.attendance?.codes.get(pupil)?.code ?? null)
    if (mark.credit && !isEarned(policy, value)) return refuse('credit-not-earned', { value })
    if (absent && !mark.credit && isEarned(policy, value))
      return refuse('mark-on-absent', { pupils: [pupil] })
    return [
      {
        type: 'MarkCorrected',
        data: {
          entry,
          work,
          lesson: mark.lesson,
          pupil,
          previous: mark.value,
          value,
          criteria,
          ...whyOf(input),
        },
      },
      ...answer,
    ]
  },
})
