import { describe, it } from 'vitest'
import { answerTicket } from '#commands/support/answer-ticket.ts'
import { given } from '#support/spec.ts'
import { administrator, mathematician, school } from '#support/class-7a.ts'
import { TICKET, ticketClosed, ticketOpened } from '#support/tickets.ts'

const now = '2026-11-09T05:00:00.000Z'
const as = administrator
const answer = { ticket: TICKET, text: 'Обновите страницу' }

describe('answer-ticket', () => {
  it('answers, sealed by the key of who asked', () => {
    given(school, ticketOpened())
      .when(answerTicket, answer, { as, now })
      .records({ type: 'TicketAnswered', data: { ...answer, person: mathematician.person } })
  })

  it('refuses one that is closed, and one that nobody opened', () => {
    given(school, ticketOpened(), ticketClosed)
      .when(answerTicket, answer, { as, now })
      .refuses('ticket-closed')
    given(school).when(answerTicket, answer, { as, now }).refuses('ticket-unknown')
  })
})
