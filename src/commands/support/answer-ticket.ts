import { z } from 'zod'
import { TicketText } from '#events/support.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { isRefusal } from '../refusal.ts'
import { onSupport, openTicket } from './about.ts'

/** The support service answers: the first answer is what is due in its working hours (R-7A.17b). */
export const answerTicket = defineCommand({
  ...onSupport,
  name: 'answer-ticket',
  path: 'support/tickets/:ticket',
  summary: 'Ответить на обращение в поддержку',
  operation: '39b',
  input: z.strictObject({ ticket: Uuid, text: TicketText }),
  needs: [],
  decide({ input: { ticket, text }, state }) {
    const known = openTicket(state, ticket)
    return isRefusal(known)
      ? known
      : [{ type: 'TicketAnswered', data: { ticket, person: known.person, text } }]
  },
})
