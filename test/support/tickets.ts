import type { TicketKind } from '#events/support.ts'
import { Instant } from '#values/time.ts'
import { id, mathematician, past } from './class-7a.ts'
import type { Past } from './spec.ts'

export const TICKET = id('ticket/1')
const person = mathematician.person

/** The mathematician asks the support service. */
export const ticketOpened = (kind: TicketKind = 'question', ticket = TICKET): Past =>
  past(
    'support',
    'main',
    {
      type: 'TicketOpened',
      data: {
        ticket,
        kind,
        person,
        request: null,
        dueAt: Instant.parse('2026-11-10T03:50:00.000Z'),
        text: 'Не открывается страница',
      },
    },
    '2026-11-09T03:50:00.000Z',
    mathematician,
  )

export const ticketClosed: Past = past('support', 'main', {
  type: 'TicketClosed',
  data: { ticket: TICKET, person, outcome: 'solved', delivery: null, text: null },
})

/** What was handed over, as the operator found it. */
export const DELIVERY = {
  kind: 'package',
  package: id('package/delivered'),
  sha512: 'ab'.repeat(64),
  bytes: 204_800,
  records: 41,
  result: 'verified',
  origin: 'journal.school35.example/log',
  size: 1_204,
} as const
