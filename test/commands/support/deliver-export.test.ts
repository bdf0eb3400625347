import { describe, it } from 'vitest'
import { deliverExport } from '#commands/support/deliver-export.ts'
import { OPERATOR } from '#main/operator.ts'
import { given } from '#support/spec.ts'
import { mathematician, school } from '#support/class-7a.ts'
import { DELIVERY, TICKET, ticketClosed, ticketOpened } from '#support/tickets.ts'

const now = '2026-11-09T05:00:00.000Z'
const as = OPERATOR
const handed = { ticket: TICKET, delivery: DELIVERY }

describe('deliver-export', () => {
  it('R-A3.4d: ends the ticket with the digest and the result of the check', () => {
    const person = mathematician.person
    given(school, ticketOpened('export-failed'))
      .when(deliverExport, handed, { as, now })
      .records({
        type: 'TicketClosed',
        data: { ...handed, person, outcome: 'delivered', text: null },
      })
  })

  it('refuses a ticket about something else', () => {
    given(school, ticketOpened())
      .when(deliverExport, handed, { as, now })
      .refuses('ticket-not-of-export', { kind: 'question' })
  })

  it('refuses one that is closed, and one that nobody opened', () => {
    given(school, ticketOpened(), ticketClosed)
      .when(deliverExport, handed, { as, now })
      .refuses('ticket-closed')
    given(school).when(deliverExport, handed, { as, now }).refuses('ticket-unknown')
  })
})
