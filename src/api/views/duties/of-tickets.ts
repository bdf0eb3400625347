import { doneAt } from '#commands/support/state.ts'
import { accountsWithRoles } from '#projections/school-directory/lists.ts'
import { holds } from '#projections/school-directory/queries.ts'
import { dateAt } from '#values/time.ts'
import { supportOf } from '../support.ts'
import type { Asked } from '../view.ts'
import { type Duty, type DutyGround, NOTHING_MORE } from './duty.ts'

/**
 * The tickets that the support service has not answered, and the failed exports whose data were not handed over (R-7A.17b,
 * R-A3.4d). Their responsible are the administrators of today.
 */
export async function dutiesOfTickets(asked: Asked<unknown>, { zone, today }: DutyGround): Promise<Duty[]> {
  const { school, parts } = asked
  const waiting = [...(await supportOf(asked)).tickets.values()].filter((ticket) => doneAt(ticket) === null)
  if (waiting.length === 0) return []
  const responsible = (await accountsWithRoles(parts.database, school))
    .filter(({ roles }) => roles.some((held) => held.role === 'system-administrator' && holds([held], today)))
    .map(({ person }) => person)
  return waiting.map(({ ticket, kind, dueAt }) => ({
    ...NOTHING_MORE,
    duty: 'ticket',
    dueAt,
    date: dateAt(dueAt, zone),
    ticket,
    kind,
    responsible,
  }))
}
