import { z } from 'zod'
import type { Receiver } from '#events/incident.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import type { Decision, Given } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { notOfOwn, standing } from './about.ts'
import type { IncidentState } from './state.ts'

export const Received = z.strictObject({
  incident: Uuid,
  receivedAt: Instant.describe('Когда сообщение получено; может быть раньше записи в журнал'),
})

/** One of the two receipts of a report, with person and time. Each is given once. */
export function received(
  by: Receiver,
  { input, state, actor, now }: Given<z.output<typeof Received>, IncidentState, never>,
): Decision {
  const incident = standing(state, input.incident)
  if (isRefusal(incident)) return incident
  const own = notOfOwn(actor, incident)
  if (own !== null) return own
  const { receivedAt } = input
  const earlier = incident.receipts[by]
  if (earlier !== undefined) {
    const same = earlier.account === actor.account && earlier.receivedAt === receivedAt
    return same ? [] : refuse('breach-received', { by, receivedAt: earlier.receivedAt })
  }
  if (receivedAt > now) return refuse('notice-in-future', { instant: receivedAt, now })
  if (receivedAt < incident.learnedAt) {
    return refuse('bounds-reversed', { learnedAt: incident.learnedAt, receivedAt })
  }
  // Two receipts by one person would be one word for two (п. 4.3 names both).
  const other = incident.receipts[by === 'head' ? 'support' : 'head']
  if (other?.account === actor.account)
    return refuse('second-person-needed', { receivedAt: other.receivedAt })
  const data = { incident: incident.incident, by, person: actor.person, receivedAt }
  return [{ type: 'BreachReceiptRecorded', data }]
}
