import { z } from 'zod'
import { TicketText } from '#events/support.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal } from '../refusal.ts'
import { onSupport, ownTicket } from './about.ts'

/** Ends the own ticket: the help is not needed any more, or a failed export has succeeded. */
export const withdrawTicket = defineCommand({
  ...onSupport,
  name: 'withdraw-ticket',
  path: 'support/tickets/:ticket',
  summary: 'Закрыть своё обращение в поддержку: помощь больше не нужна',
  operation: '38a',
  asOneself: true,
  input: z.strictObject({ ticket: Uuid, text: TicketText.nullable().default(null) }),
  needs: [],
  decide({ input: { ticket, text }, state, actor }) {
    const known = ownTicket(state, ticket, actor)
    if (isRefusal(known)) return known
    const data = { ticket, person: known.person, outcome: 'withdrawn', delivery: null, text } as const
    return [{ type: 'TicketClosed', data }]
  },
})
