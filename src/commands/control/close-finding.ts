import { z } from 'zod'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { findingNamed, findingOf, matterOfFinding, onFinding } from './ground.ts'

/** The administration has seen that what was found is put right, with an answer or without (R-7A.7). */
export const closeFinding = defineCommand({
  ...onFinding,
  name: 'close-finding',
  summary: 'Снять замечание проверки: исправлено',
  operation: '31',
  input: z.strictObject(findingNamed),
  concerns: matterOfFinding,
  decide({ input: { finding }, state }) {
    const found = findingOf(state, finding)
    if (found === undefined) return refuse('finding-unknown', { finding })
    return found.finding.state === 'fixed'
      ? []
      : [{ type: 'FindingFixed', data: { finding, pupil: found.finding.pupil } }]
  },
})
