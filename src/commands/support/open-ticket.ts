import { z } from 'zod'
import { RequestId, TicketKind, TicketText } from '#events/support.ts'
import { afterWorkOf, supportHoursOn } from '#values/support-hours.ts'
import { schoolYearOf } from '#values/school.ts'
import { dateAt, endOfDay, type Instant } from '#values/time.ts'
import { nextWorkingDay } from '#values/working-day.ts'
import { defineCommand, type Given } from '../command.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { onSupport } from './about.ts'
import type { SupportState } from './state.ts'

const OpenTicket = z.strictObject({
  kind: TicketKind.describe(
    'question — вопрос, fault — неисправность, access — вход, export-failed — выгрузка не удалась, other — другое',
  ),
  text: TicketText.describe('Что случилось, без сведений об обучающихся, которые для этого не нужны'),
  request: RequestId.nullable()
    .default(null)
    .describe('Номер неудавшегося обращения из ответа службы (X-Request-Id), если он известен'),
})

/** Whoever has so many open tickets is answered in these first. */
const MOST_OPEN = 20
/** Within so many working days after the day of the request the operator supplies the data or repairs the export (Пр3/4). */
const EXPORT_DAYS = 3

/** Asks the support service: anybody who has an account (R-7A.17b). */
export const openTicket = defineCommand({
  ...onSupport,
  name: 'open-ticket',
  path: 'support/tickets',
  summary: 'Обратиться в поддержку: вопрос, неисправность, неудавшаяся выгрузка',
  operation: '38a',
  asOneself: true,
  input: OpenTicket,
  needs: ['schoolYear'],
  year: (_input, _state, now) => schoolYearOf(dateAt(now, DEFAULT_ZONE)),
  decide(given) {
    const { input, state, actor, newId } = given
    const open = [...state.tickets.values()].filter(
      ({ opened, closed }) => closed === null && opened.account === actor.account,
    )
    if (open.length >= MOST_OPEN) return refuse('tickets-too-many', { open: open.length })
    const { kind, text, request } = input
    const data = { ticket: newId('ticket'), kind, person: actor.person, request, dueAt: dueAt(given), text }
    return [{ type: 'TicketOpened', data }]
  },
})

type Opening = Given<z.output<typeof OpenTicket>, SupportState, 'schoolYear'>

/** An answer is due in working hours of the support service, the data of a failed export in working days of the school. */
function dueAt({ input, state, references: { schoolYear }, now }: Opening): Instant {
  const zone = schoolYear.year?.zone ?? DEFAULT_ZONE
  const today = dateAt(now, zone)
  if (input.kind !== 'export-failed')
    return afterWorkOf(state.hours, now, supportHoursOn(state.hours, today).answerMinutes, zone)
  let due = today
  for (let left = EXPORT_DAYS; left > 0; left -= 1) due = nextWorkingDay(due, schoolYear.year?.schoolDays)
  return endOfDay(due, zone)
}
