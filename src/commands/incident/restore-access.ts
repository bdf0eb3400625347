import { z } from 'zod'
import { Order } from '#events/roster.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { onIncidents, standingForHead } from './about.ts'

const RestoreAccess = z.strictObject({
  incident: Uuid,
  order: Order.optional().describe('Приказ, если издан'),
})

/**
 * The head approves that the person of the account may come in again (T1, R-D7). With new credentials only: those of
 * before stay worthless, and the administrator issues a new activation code.
 */
export const restoreAccess = defineCommand({
  ...onIncidents,
  name: 'restore-access',
  path: 'incidents/:incident',
  summary: 'Одобрить восстановление доступа; прежние реквизиты не действуют, нужен новый код активации',
  operation: '41a',
  input: RestoreAccess,
  needs: [],
  decide({ input, state, actor }) {
    const incident = standingForHead(state, input.incident, actor)
    if (isRefusal(incident)) return incident
    if (incident.restored !== null) return refuse('access-restored', { at: incident.restored.at })
    const { account, credEpoch } = incident
    const data = { account, newCredEpoch: credEpoch + 1, order: input.order ?? null }
    return [{ type: 'AccessRestored', data: { incident: incident.incident, ...data } }]
  },
})
