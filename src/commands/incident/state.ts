import type { IncidentEvent, OfStream, Receiver, WindowFrom } from '#events/incident.ts'
import type { Decoded } from '#events/registry.ts'
import type { Role } from '#values/role.ts'
import type { Instant } from '#values/time.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

/** Who did something about an incident, in which role, and when it was recorded. */
export interface Act {
  readonly account: Uuid
  readonly role: Role
  readonly at: Instant
}

export interface Receipt extends Act {
  readonly person: Uuid
  readonly receivedAt: Instant
}

export interface Declaration extends Act {
  /** T0. */
  readonly noticeReceivedAt: Instant
  readonly receivedBy: Receiver
  readonly basis: WindowFrom
  readonly compromisedFrom: Instant | null
}

/** One operation of a list, and for suspect ones what became of it. */
export interface ListedOperation {
  readonly operation: Uuid
  readonly stream: string
  readonly rev: number
  readonly cause: Uuid | null
}
export interface SuspectOperation extends ListedOperation {
  state: 'open' | 'confirmed' | 'annulled'
  settled: (Act & { readonly order: unknown; readonly text: PersonalText | null }) | null
}

export interface Incident {
  readonly incident: Uuid
  readonly account: Uuid
  /** The last credential epoch that is worth nothing any more. */
  readonly credEpoch: number
  readonly learnedAt: Instant
  readonly compromisedFrom: Instant | null
  readonly dueAt: Instant
  readonly text: PersonalText | null
  readonly reported: Act
  readonly receipts: Partial<Record<Receiver, Receipt>>
  withdrawn: (Act & { readonly text: PersonalText }) | null
  declared: Declaration | null
  /** T1. */
  restored: (Act & { readonly newCredEpoch: number }) | null
  readonly voided: ListedOperation[]
  readonly suspects: Map<Uuid, SuspectOperation>
}

/** Every incident of the school, in order, and those of each account. */
export interface IncidentState {
  readonly incidents: Map<Uuid, Incident>
  readonly ofAccount: Map<Uuid, Incident[]>
}

export const incidentFold: Fold<IncidentState, IncidentEvent> = {
  category: 'incident',
  initial: () => ({ incidents: new Map(), ofAccount: new Map() }),
  on: {
    BreachReported: (state, event) => {
      const incident: Incident = {
        ...event.data,
        reported: actOf(event),
        receipts: {},
        withdrawn: null,
        declared: null,
        restored: null,
        voided: [],
        suspects: new Map(),
      }
      state.incidents.set(incident.incident, incident)
      const earlier = state.ofAccount.get(incident.account)
      if (earlier === undefined) state.ofAccount.set(incident.account, [incident])
      else earlier.push(incident)
    },
    BreachReceiptRecorded: (state, event) => {
      const { incident, by, person, receivedAt } = event.data
      const known = state.incidents.get(incident)
      if (known !== undefined) known.receipts[by] = { ...actOf(event), person, receivedAt }
    },
    BreachWithdrawn: (state, event) => {
      const known = state.incidents.get(event.data.incident)
      if (known !== undefined) known.withdrawn = { ...actOf(event), text: event.data.text }
    },
    CompromiseDeclared: (state, event) => {
      const { incident, noticeReceivedAt, receivedBy, basis, compromisedFrom } = event.data
      const known = state.incidents.get(incident)
      if (known !== undefined) {
        known.declared = { ...actOf(event), noticeReceivedAt, receivedBy, basis, compromisedFrom }
      }
    },
    OperationsVoided: (state, { data }) => {
      state.incidents.get(data.incident)?.voided.push(...operationsOf(data.streams))
    },
    OperationsSuspected: (state, { data }) => {
      const suspects = state.incidents.get(data.incident)?.suspects
      for (const operation of operationsOf(data.streams)) {
        suspects?.set(operation.operation, { ...operation, state: 'open', settled: null })
      }
    },
    AccessRestored: (state, event) => {
      const known = state.incidents.get(event.data.incident)
      if (known !== undefined) {
        known.restored = { ...actOf(event), newCredEpoch: event.data.newCredEpoch }
      }
    },
    SuspectOperationConfirmed: (state, event) => {
      const suspect = state.incidents.get(event.data.incident)?.suspects.get(event.data.operation)
      if (suspect === undefined) return
      suspect.state = 'confirmed'
      suspect.settled = { ...actOf(event), order: null, text: null }
    },
    SuspectOperationAnnulled: (state, event) => {
      const { incident, operation, order, text } = event.data
      const suspect = state.incidents.get(incident)?.suspects.get(operation)
      if (suspect === undefined) return
      suspect.state = 'annulled'
      suspect.settled = { ...actOf(event), order, text }
    },
  },
}

function actOf({ meta: { by, role, at } }: Decoded): Act {
  return { account: by, role, at }
}

function operationsOf(streams: readonly OfStream[]): ListedOperation[] {
  return streams.flatMap(({ stream, operations }) =>
    operations.map(({ id, rev, cause }) => ({ operation: id, stream, rev, cause })),
  )
}

/** The incident that closes an account now; undefined where none does. */
export function openIncident(state: Readonly<IncidentState>, account: Uuid): Incident | undefined {
  return state.ofAccount
    .get(account)
    ?.find(({ withdrawn, restored }) => withdrawn === null && restored === null)
}

/**
 * Why credentials of an epoch let nobody in (R-D7): a breach of the account is open, or they are those of before its
 * access was restored. Null where no breach stands in the way.
 */
export function cutBy(
  state: Readonly<IncidentState>,
  account: Uuid,
  cred: number,
): 'account-blocked' | 'new-credentials-needed' | null {
  if (openIncident(state, account) !== undefined) return 'account-blocked'
  const worthless = state.ofAccount
    .get(account)
    ?.some(({ withdrawn, credEpoch }) => withdrawn === null && cred <= credEpoch)
  return worthless === true ? 'new-credentials-needed' : null
}

/** When the access of an account was restored last; null where it never was. */
export function lastRestored(state: Readonly<IncidentState>, account: Uuid): Instant | null {
  return state.ofAccount.get(account)?.findLast(({ restored }) => restored !== null)?.restored?.at ?? null
}
