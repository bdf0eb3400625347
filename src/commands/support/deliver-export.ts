import { z } from 'zod'
import { supportEvents } from '#events/support.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { onSupport, openTicket } from './about.ts'

const { delivery } = supportEvents.TicketClosed.data.shape

/**
 * The operator hands over what an export failed to give, and the ticket ends with it (R-A3.4d). It is in no address: the
 * service itself gives it after it has verified the file, so that nobody can say so of another.
 */
export const deliverExport = defineCommand({
  ...onSupport,
  name: 'deliver-export',
  path: 'support/tickets/:ticket',
  summary: 'Передать данные вместо неудавшейся выгрузки',
  operation: '39c',
  input: z.strictObject({ ticket: Uuid, delivery: delivery.unwrap() }),
  needs: [],
  decide({ input: { ticket, delivery }, state }) {
    const known = openTicket(state, ticket)
    if (isRefusal(known)) return known
    if (known.kind !== 'export-failed') return refuse('ticket-not-of-export', { ticket, kind: known.kind })
    const data = { ticket, person: known.person, outcome: 'delivered', delivery, text: null } as const
    return [{ type: 'TicketClosed', data }]
  },
})
