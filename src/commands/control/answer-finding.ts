import { z } from 'zod'
import { FindingText } from '#events/control.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { findingNamed, findingOf, notAnswerable, onFinding } from './ground.ts'

const AnswerFinding = z.strictObject({
  ...findingNamed,
  text: FindingText.describe('Что сделано, или почему остаётся как есть'),
})

/** The teacher of the journal, or the class teacher for diaries, answers a finding (R-7A.7). It stays open until it is seen to be fixed. */
export const answerFinding = defineCommand({
  ...onFinding,
  name: 'answer-finding',
  summary: 'Ответить на замечание проверки',
  operation: '31b',
  input: AnswerFinding,
  may(given) {
    const found = findingOf(given.state, given.input.finding)
    // Of a finding that is another's nobody hears more than that it is not his.
    return found === undefined ? null : notAnswerable(given, found.inspection.of)
  },
  decide({ input: { finding, text }, state }) {
    const found = findingOf(state, finding)
    if (found === undefined) return refuse('finding-unknown', { finding })
    if (found.finding.state === 'fixed') return refuse('finding-fixed', { finding })
    return [{ type: 'FindingAnswered', data: { finding, pupil: found.finding.pupil, text } }]
  },
})
