import { describe, it } from 'vitest'
import { withdrawTicket } from '#commands/support/withdraw-ticket.ts'
import { given } from '#support/spec.ts'
import { deputy, mathematician, school } from '#support/class-7a.ts'
import { TICKET, ticketClosed, ticketOpened } from '#support/tickets.ts'

const now = '2026-11-09T05:00:00.000Z'
const as = mathematician
const ended = { ticket: TICKET }

describe('withdraw-ticket', () => {
  it('ends the own ticket, also one about an export that has succeeded since', () => {
    const person = mathematician.person
    const data = { ticket: TICKET, person, outcome: 'withdrawn', delivery: null, text: null } as const
    for (const kind of ['question', 'export-failed'] as const)
      given(school, ticketOpened(kind))
        .when(withdrawTicket, ended, { as, now })
        .records({ type: 'TicketClosed', data })
  })

  it('hears of no ticket of another', () => {
    given(school, ticketOpened()).when(withdrawTicket, ended, { as: deputy, now }).refuses('ticket-unknown')
  })

  it('refuses one that is closed, and one that nobody opened', () => {
    given(school, ticketOpened(), ticketClosed)
      .when(withdrawTicket, ended, { as, now })
      .refuses('ticket-closed')
    given(school).when(withdrawTicket, ended, { as, now }).refuses('ticket-unknown')
  })
})
