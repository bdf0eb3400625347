import type { Uuid } from '#values/uuid.ts'
import type { Actor } from '../command.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { supportFold, type SupportState, type Ticket } from './state.ts'

/** What commands about support have alike. */
export const onSupport = {
  fold: supportFold,
  stream: () => WHOLE_SCHOOL,
} as const

/** A ticket in which something may still be said. */
export function openTicket(state: Readonly<SupportState>, ticket: Uuid): Ticket | Refusal {
  const known = state.tickets.get(ticket)
  if (known === undefined) return refuse('ticket-unknown', { ticket })
  return known.closed === null ? known : refuse('ticket-closed', { ticket, at: known.closed.at })
}

/** The same, of whoever asked: nobody hears that there is one of another. */
export function ownTicket(state: Readonly<SupportState>, ticket: Uuid, actor: Actor): Ticket | Refusal {
  const own = state.tickets.get(ticket)?.opened.account === actor.account
  return own ? openTicket(state, ticket) : refuse('ticket-unknown', { ticket })
}
