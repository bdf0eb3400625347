import { describe, it } from 'vitest'
import { addToTicket } from '#commands/support/add-to-ticket.ts'
import { given } from '#support/spec.ts'
import { deputy, mathematician, school } from '#support/class-7a.ts'
import { TICKET, ticketClosed, ticketOpened } from '#support/tickets.ts'

const now = '2026-11-09T05:00:00.000Z'
const as = mathematician
const more = { ticket: TICKET, text: 'И сегодня тоже' }

describe('add-to-ticket', () => {
  it('says more in the own ticket', () => {
    given(school, ticketOpened())
      .when(addToTicket, more, { as, now })
      .records({ type: 'TicketSupplemented', data: { ...more, person: mathematician.person } })
  })

  it('hears of no ticket of another', () => {
    given(school, ticketOpened()).when(addToTicket, more, { as: deputy, now }).refuses('ticket-unknown')
  })

  it('refuses one that is closed, and one that nobody opened', () => {
    given(school, ticketOpened(), ticketClosed).when(addToTicket, more, { as, now }).refuses('ticket-closed')
    given(school).when(addToTicket, more, { as, now }).refuses('ticket-unknown')
  })
})
