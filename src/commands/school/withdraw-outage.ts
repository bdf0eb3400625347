import { z } from 'zod'
import { OutageText } from '#events/school.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { schoolFold } from './state.ts'

const WithdrawOutage = z.strictObject({ outage: Uuid, text: OutageText.describe('Почему запись ошибочна') })

/** Takes back an outage that was registered by mistake: from now on it excuses nothing. */
export const withdrawOutage = defineCommand({
  name: 'withdraw-outage',
  path: 'outages/:outage',
  summary: 'Отозвать ошибочно зарегистрированный перерыв в работе',
  operation: '46',
  input: WithdrawOutage,
  fold: schoolFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input: { outage, text }, state }) {
    const known = state.outages.get(outage)
    if (known === undefined) return refuse('outage-unknown', { outage })
    return known.withdrawn === null ? [{ type: 'OutageWithdrawn', data: { outage, text } }] : []
  },
})
