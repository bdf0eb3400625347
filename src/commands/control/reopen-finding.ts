import { z } from 'zod'
import { FindingText } from '#events/control.ts'
import { LocalDate } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { findingNamed, findingOf, matterOfFinding, onFinding, todayOf } from './ground.ts'
import { isAnswered } from './state.ts'

const ReopenFinding = z.strictObject({
  ...findingNamed,
  text: FindingText.describe('Что ещё не так'),
  remedyBy: LocalDate.nullable().default(null).describe('Новый последний день; null — прежний'),
})

/** Opens a finding again that was taken for fixed, or leaves it open where the answer will not do (R-7A.7). */
export const reopenFinding = defineCommand({
  ...onFinding,
  name: 'reopen-finding',
  summary: 'Вернуть замечание проверки: не исправлено или ответа мало',
  operation: '31',
  input: ReopenFinding,
  concerns: matterOfFinding,
  decide(given) {
    const { input, state } = given
    const { finding, text, remedyBy } = input
    const found = findingOf(state, finding)
    if (found === undefined) return refuse('finding-unknown', { finding })
    if (found.finding.state === 'open' && !isAnswered(found.finding))
      return refuse('finding-open', { finding })
    const today = todayOf(given)
    if (remedyBy !== null && remedyBy < today)
      return refuse('bounds-reversed', { from: today, until: remedyBy })
    return [{ type: 'FindingReopened', data: { finding, pupil: found.finding.pupil, text, remedyBy } }]
  },
})
