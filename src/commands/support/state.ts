import type { SupportEvent, TicketKind } from '#events/support.ts'
import type { Decoded } from '#events/registry.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Role } from '#values/role.ts'
import type { SupportHours } from '#values/support-hours.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

interface Act {
  readonly account: Uuid
  readonly role: Role
  readonly at: Instant
}

type Closed = Extract<SupportEvent, { type: 'TicketClosed' }>['data']

/** What was said in a ticket after it was opened. */
export interface Said extends Act {
  readonly by: 'support' | 'asker'
  readonly text: PersonalText
}

export interface Ticket {
  readonly ticket: Uuid
  /** In the order of the log, from 1: how people call it. */
  readonly number: number
  readonly kind: TicketKind
  readonly person: Uuid
  readonly request: string | null
  readonly dueAt: Instant
  readonly text: PersonalText
  readonly opened: Act
  readonly said: Said[]
  closed: (Act & Pick<Closed, 'outcome' | 'delivery' | 'text'>) | null
}

export interface SupportState {
  readonly hours: SupportHours[]
  readonly tickets: Map<Uuid, Ticket>
}

export const supportFold: Fold<SupportState, SupportEvent> = {
  category: 'support',
  initial: () => ({ hours: [], tickets: new Map() }),
  on: {
    SupportHoursSet: (state, { data }) => {
      state.hours.push(data)
    },
    TicketOpened: (state, event) => {
      const number = state.tickets.size + 1
      const ticket: Ticket = { ...event.data, number, opened: actOf(event), said: [], closed: null }
      state.tickets.set(ticket.ticket, ticket)
    },
    TicketSupplemented: (state, event) => {
      const { ticket, text } = event.data
      state.tickets.get(ticket)?.said.push({ ...actOf(event), by: 'asker', text })
    },
    TicketAnswered: (state, event) => {
      const { ticket, text } = event.data
      state.tickets.get(ticket)?.said.push({ ...actOf(event), by: 'support', text })
    },
    TicketClosed: (state, event) => {
      const { ticket, outcome, delivery, text } = event.data
      const known = state.tickets.get(ticket)
      if (known !== undefined) known.closed = { ...actOf(event), outcome, delivery, text }
    },
  },
}

function actOf({ meta: { by, role, at } }: Decoded): Act {
  return { account: by, role, at }
}

/** When what was asked for by the deadline was done: an answer, or, where an export failed, the end. Null is not yet. */
export function doneAt({ kind, said, closed }: Readonly<Ticket>): Instant | null {
  const answered = kind === 'export-failed' ? undefined : said.find(({ by }) => by === 'support')?.at
  return answered ?? closed?.at ?? null
}
