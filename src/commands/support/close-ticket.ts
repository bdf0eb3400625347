import { z } from 'zod'
import { TicketText } from '#events/support.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { onSupport, openTicket } from './about.ts'

const CloseTicket = z.strictObject({
  ticket: Uuid,
  outcome: z.enum(['solved', 'declined']).describe('solved — решено, declined — отказано'),
  text: TicketText.describe('Что сделано или почему отказано'),
})

/**
 * The support service ends a ticket. Where an export failed, its word is not enough: the data are handed over
 * (`letopis support deliver`), or whoever asked says that they are not needed any more (R-A3.4d).
 */
export const closeTicket = defineCommand({
  ...onSupport,
  name: 'close-ticket',
  path: 'support/tickets/:ticket',
  summary: 'Закрыть обращение в поддержку: решено или отказано',
  operation: '39b',
  input: CloseTicket,
  needs: [],
  decide({ input: { ticket, outcome, text }, state }) {
    const known = openTicket(state, ticket)
    if (isRefusal(known)) return known
    if (known.kind === 'export-failed') return refuse('delivery-needed', { ticket, dueAt: known.dueAt })
    return [{ type: 'TicketClosed', data: { ticket, person: known.person, outcome, delivery: null, text } }]
  },
})
