import { incidentFold } from '#commands/incident/state.ts'
import { incidentsOf } from '#commands/references.ts'
import { Receiver } from '#events/incident.ts'
import { dateAt } from '#values/time.ts'
import type { Asked } from '../view.ts'
import { type Duty, type DutyGround, NOTHING_MORE } from './duty.ts'

/** The notices of a breach that the head or the support service has not confirmed: a working day each. */
export async function dutiesOfNotices(
  { school, parts }: Asked<unknown>,
  { zone }: DutyGround,
): Promise<Duty[]> {
  const { state } = await parts.execution.streams.load(incidentFold, incidentsOf(school))
  return [...state.incidents.values()]
    .filter(({ withdrawn }) => withdrawn === null)
    .flatMap(({ incident, dueAt, receipts }) =>
      Receiver.options
        .filter((receiver) => receipts[receiver] === undefined)
        .map((receiver) => ({
          ...NOTHING_MORE,
          duty: 'notice',
          dueAt,
          date: dateAt(dueAt, zone),
          incident,
          kind: receiver,
          responsible: [],
        })),
    )
}
