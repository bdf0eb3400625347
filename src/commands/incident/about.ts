import type { Actor } from '../command.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { type Incident, incidentFold, type IncidentState } from './state.ts'
import type { Uuid } from '#values/uuid.ts'

/** What commands about an incident that was reported have alike. */
export const onIncidents = {
  fold: incidentFold,
  stream: () => WHOLE_SCHOOL,
} as const

/** An incident about which something may still be decided. */
export function standing(state: Readonly<IncidentState>, incident: Uuid): Incident | Refusal {
  const known = state.incidents.get(incident)
  if (known === undefined) return refuse('incident-unknown', { incident })
  if (known.withdrawn !== null) return refuse('incident-withdrawn', { incident, at: known.withdrawn.at })
  return known
}

/** Nobody decides about the breach of the own account: whoever has its password could. */
export function notOfOwn(actor: Actor, { account }: Pick<Incident, 'account'>): Refusal | null {
  return account === actor.account ? refuse('own-breach', { account }) : null
}

/**
 * Whether this person decides as the head of the school: the head himself, or the deputy where a deputy received the
 * report in his place, as when the head's own account is affected.
 */
function asHead(actor: Actor, incident: Incident): Refusal | null {
  const own = notOfOwn(actor, incident)
  if (own !== null || actor.role === 'head') return own
  return incident.receipts.head?.role === 'deputy' && actor.role === 'deputy'
    ? null
    : refuse('head-needed', { incident: incident.incident })
}

/** The incident about which this person may decide as the head of the school. */
export function standingForHead(
  state: Readonly<IncidentState>,
  incident: Uuid,
  actor: Actor,
): Incident | Refusal {
  const known = standing(state, incident)
  return isRefusal(known) ? known : (asHead(actor, known) ?? known)
}
