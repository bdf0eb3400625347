import { z } from 'zod'
import { refuse } from '../refusal.ts'
import { byOrder, named, notRecorded, onPlace, planCommand } from './planned.ts'
import { substituteOf } from './state.ts'

const WithdrawSubstitution = z.strictObject({ ...onPlace, ...byOrder })

/** Takes a substitution back before the lesson is recorded: its own teachers give it after all. */
export const withdrawSubstitution = planCommand({
  name: 'withdraw-substitution',
  summary: 'Отменить замену: урок проведёт учитель по нагрузке',
  input: WithdrawSubstitution,
  places: (input) => [input],
  decide(given) {
    const { journal, date, number, order } = given.input
    const substitute = substituteOf(given.state, journal, date, number)
    if (substitute === undefined) return refuse('substitution-unknown', { journal, date, number })
    const recorded = notRecorded(given, given.input)
    if (recorded !== null) return recorded
    return [{ type: 'SubstitutionWithdrawn', data: { ...named(given, given.input), substitute, order } }]
  },
})
