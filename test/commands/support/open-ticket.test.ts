import { describe, it } from 'vitest'
import { openTicket } from '#commands/support/open-ticket.ts'
import { setSupportHours } from '#commands/support/set-support-hours.ts'
import { given, type Past } from '#support/spec.ts'
import { administrator, id, mathematician, past, school } from '#support/class-7a.ts'
import { ticketOpened } from '#support/tickets.ts'

const text = 'Не открывается страница'
const as = mathematician
const due = (kind: 'question' | 'export-failed', now: string, dueAt: string, ...before: Past[]) =>
  given(school, before)
    .when(openTicket, { kind, text }, { as, now })
    .records({
      type: 'TicketOpened',
      data: { kind, text, dueAt, person: as.person, request: null },
    })

describe('open-ticket', () => {
  it('R-7A.17b: an answer is due when so many working minutes have passed, to the second', () => {
    // Monday 10:50:07 in Tomsk: seven hours and some are left of the day until six, the rest of nine is on Tuesday.
    due('question', '2026-11-09T03:50:07.000Z', '2026-11-10T03:50:07.000Z')
    // After hours, the time begins on the next working day at nine.
    due('question', '2026-11-09T11:00:00.000Z', '2026-11-10T11:00:00.000Z')
    // Friday evening and Saturday: Monday.
    due('question', '2026-11-13T12:00:00.000Z', '2026-11-16T11:00:00.000Z')
    due('question', '2026-11-14T03:00:00.000Z', '2026-11-16T11:00:00.000Z')
    // Wednesday 4 November is a day of rest of the whole country.
    due('question', '2026-11-03T04:00:00.000Z', '2026-11-05T04:00:00.000Z')
  })

  it('R-7A.17b: the hours of the school count, from the day on which they are in force, with a break in the middle', () => {
    const hours = [
      { weekday: 1, from: '09:00', until: '13:00' },
      { weekday: 1, from: '14:00', until: '16:00' },
      { weekday: 2, from: '09:00', until: '13:00' },
    ]
    const set = given(school)
      .when(
        setSupportHours,
        { effectiveFrom: '2026-11-09', channel: 'кабинет 105', hours, answerMinutes: 300 },
        { as: administrator, now: '2026-11-06T03:00:00.000Z' },
      )
      .records('SupportHoursSet')
      .map((event) => past('support', 'main', event))
    // Monday 10:50: 130 minutes before the break, 120 after it, 50 on Tuesday.
    due('question', '2026-11-09T03:50:00.000Z', '2026-11-10T02:50:00.000Z', ...set)
    // On Friday the usual hours held still: an hour of nine is left of it, six more are on Monday by the new ones, two on Tuesday.
    due('question', '2026-11-06T10:00:00.000Z', '2026-11-10T04:00:00.000Z', ...set)
  })

  it('R-A3.4d: the data of a failed export are due at the end of the third working day after the day of the request', () => {
    due('export-failed', '2026-11-09T03:50:00.000Z', '2026-11-12T16:59:59.000Z')
    // The last second of Monday, and the first of Tuesday.
    due('export-failed', '2026-11-09T16:59:59.999Z', '2026-11-12T16:59:59.000Z')
    due('export-failed', '2026-11-09T17:00:00.000Z', '2026-11-13T16:59:59.000Z')
    // Over a weekend, and over a day of rest of the whole country.
    due('export-failed', '2026-11-12T03:00:00.000Z', '2026-11-17T16:59:59.000Z')
    due('export-failed', '2026-10-30T03:00:00.000Z', '2026-11-05T16:59:59.000Z')
  })

  it('refuses one more to whoever has twenty open', () => {
    const many = Array.from({ length: 20 }, (_, i) => ticketOpened('question', id(`ticket/${i}`)))
    given(school, many)
      .when(openTicket, { kind: 'other', text }, { as, now: '2026-11-09T04:00:00.000Z' })
      .refuses('tickets-too-many', { open: 20 })
    given(school, many)
      .when(openTicket, { kind: 'other', text }, { as: administrator, now: '2026-11-09T04:00:00.000Z' })
      .records('TicketOpened')
  })
})
