import { z } from 'zod'
import { TicketText } from '#events/support.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal } from '../refusal.ts'
import { onSupport, ownTicket } from './about.ts'

/** Says more in the own ticket. The deadline stays. */
export const addToTicket = defineCommand({
  ...onSupport,
  name: 'add-to-ticket',
  path: 'support/tickets/:ticket',
  summary: 'Дополнить своё обращение в поддержку',
  operation: '38a',
  asOneself: true,
  input: z.strictObject({ ticket: Uuid, text: TicketText }),
  needs: [],
  decide({ input: { ticket, text }, state, actor }) {
    const known = ownTicket(state, ticket, actor)
    return isRefusal(known)
      ? known
      : [{ type: 'TicketSupplemented', data: { ticket, person: known.person, text } }]
  },
})
