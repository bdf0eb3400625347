import { z } from 'zod'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { areSame, receivedAlready } from './assessment-ground.ts'
import {
  checkCorrection,
  checkMembers,
  correcting,
  mayWriteOnPage,
  onPage,
  pageCommand,
  policyFor,
  whyOf,
} from './ground.ts'

const CorrectAssessmentResults = z.strictObject({
  ...onPage,
  assessment: Uuid,
  receivedAt: Instant.describe('Какое получение исправляется: его время, как оно записано'),
  ...correcting,
  pupils: z.array(Uuid).max(200).describe('Чьи результаты получены на самом деле; пустой — ничьи'),
})

/**
 * Corrects whose results came with a receipt (R-F19). Its 24 hours run on from the receipt as it was recorded:
 * a pupil who is named late is late.
 */
export const correctAssessmentResults = pageCommand({
  name: 'correct-assessment-results',
  summary: 'Исправить, чьи результаты испытания получены',
  operation: '4b',
  input: CorrectAssessmentResults,
  touches({ input: { assessment, receivedAt, pupils }, state }) {
    const said = state.assessments.get(assessment)?.receipts.get(receivedAt)?.pupils ?? []
    const differing = [...pupils, ...said].filter(
      (pupil) => !(pupils.includes(pupil) && said.includes(pupil)),
    )
    return { pupils: differing, postponed: 'mark' }
  },
  may: mayWriteOnPage,
  decide(given) {
    const { input, state } = given
    const { assessment, receivedAt, pupils } = input
    const held = state.assessments.get(assessment)
    if (held === undefined) return refuse('assessment-unknown', { assessment })
    const receipt = held.receipts.get(receivedAt)
    if (receipt === undefined) return refuse('assessment-results-not-received', { assessment, receivedAt })
    const policy = policyFor(given, held.date)
    if (isRefusal(policy)) return policy
    const unfounded = checkCorrection(given, receipt, receipt.pupils, policy)
    if (unfounded !== null) return unfounded
    const refused = checkMembers(given, held.date, pupils) ?? receivedAlready(held, receivedAt, pupils)
    if (refused !== null) return refused
    const previous = [...receipt.pupils]
    if (areSame(previous, pupils)) return refuse('same-value', { pupils })
    return [
      {
        type: 'AssessmentResultsCorrected',
        data: { assessment, receivedAt, previous, pupils, ...whyOf(input) },
      },
    ]
  },
})
