import { z } from 'zod'
import { meaningfulText } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { notOfOwn, onIncidents, standing } from './about.ts'

const WithdrawBreach = z.strictObject({
  incident: Uuid,
  text: meaningfulText(500).describe('Почему нарушения не было'),
})

/** The report was mistaken: the account is open again with its credentials. Not after operations were declared void. */
export const withdrawBreach = defineCommand({
  ...onIncidents,
  name: 'withdraw-breach',
  path: 'incidents/:incident',
  summary: 'Отозвать ошибочное сообщение о нарушении: доступ открывается снова',
  operation: '39',
  input: WithdrawBreach,
  needs: [],
  decide({ input, state, actor }) {
    const incident = standing(state, input.incident)
    if (isRefusal(incident)) return incident
    const own = notOfOwn(actor, incident)
    if (own !== null) return own
    if (incident.declared !== null) return refuse('compromise-declared', { at: incident.declared.at })
    if (incident.restored !== null) return refuse('access-restored', { at: incident.restored.at })
    const { account } = incident
    return [{ type: 'BreachWithdrawn', data: { incident: incident.incident, account, text: input.text } }]
  },
})
