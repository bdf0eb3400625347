import { describe, it } from 'vitest'
import { closeTicket } from '#commands/support/close-ticket.ts'
import { given } from '#support/spec.ts'
import { administrator, mathematician, school } from '#support/class-7a.ts'
import { TICKET, ticketClosed, ticketOpened } from '#support/tickets.ts'

const now = '2026-11-09T05:00:00.000Z'
const as = administrator
const end = { ticket: TICKET, outcome: 'solved', text: 'Исправлено' } as const

describe('close-ticket', () => {
  it('ends a ticket with what was done', () => {
    given(school, ticketOpened())
      .when(closeTicket, end, { as, now })
      .records({ type: 'TicketClosed', data: { ...end, person: mathematician.person, delivery: null } })
  })

  it('R-A3.4d: refuses to end one about a failed export by word alone', () => {
    given(school, ticketOpened('export-failed'))
      .when(closeTicket, end, { as, now })
      .refuses('delivery-needed', { ticket: TICKET })
  })

  it('refuses one that is closed, and one that nobody opened', () => {
    given(school, ticketOpened(), ticketClosed).when(closeTicket, end, { as, now }).refuses('ticket-closed')
    given(school).when(closeTicket, end, { as, now }).refuses('ticket-unknown')
  })
})
