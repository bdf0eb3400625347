import type { Order } from '#events/roster.ts'
import type { SchoolEvent } from '#events/school.ts'
import type { OutageWindow } from '#values/outage.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'

interface Agreement {
  readonly agreement: string
  readonly from: LocalDate
}

/** A registered outage, by whom and when; `withdrawn` says why it stands no longer. */
export interface RegisteredOutage extends OutageWindow {
  readonly text: string
  readonly order: { readonly number: string; readonly date: LocalDate } | null
  readonly measured: boolean
  readonly by: Uuid
  readonly at: Instant
  readonly withdrawn: { readonly text: string; readonly by: Uuid; readonly at: Instant } | null
}

/** The operator may see data of the school: who let him, from when, until when, why. */
export interface OperatorGrant {
  readonly by: Uuid
  readonly at: Instant
  readonly until: Instant
  readonly text: PersonalText
  readonly withdrawn: { readonly by: Uuid; readonly at: Instant; readonly text: PersonalText } | null
}

/** An edition of the matrix of rights from its first instant in this school on; `at` is when that was recorded. */
export type AppliedRights = Extract<SchoolEvent, { type: 'RightsEditionApplied' }>['data'] & {
  readonly at: Instant
}

/** A decision to abandon paper, by whom and when; `resumed` says when paper came back (R-T1). */
export interface PaperDecision {
  readonly decided: Extract<SchoolEvent, { type: 'PaperAbandoned' }>['data']
  readonly by: Uuid
  readonly at: Instant
  readonly resumed: {
    readonly from: LocalDate
    readonly order: Order
    readonly by: Uuid
    readonly at: Instant
  } | null
}

/** A report that was given to an authority, by whom and when (R-A2.19). */
export type AuthorityRelease = Extract<SchoolEvent, { type: 'AuthorityReportReleased' }>['data'] & {
  readonly by: Uuid
  readonly at: Instant
}

/** A school as the installation knows it. One that came by a copy of an older release has no name here. */
export interface SchoolState {
  name: string | null
  /** In the order in which they were recorded. */
  readonly agreements: Agreement[]
  readonly outages: Map<Uuid, RegisteredOutage>
  /** When its record was checked last, how many records there were, and how many checks there have been (R-F10). */
  checked: { readonly date: LocalDate; readonly records: number; readonly checks: number } | null
  /** The editions of the matrix of rights by which people were let in, in the order in which they were recorded. */
  readonly rights: AppliedRights[]
  /** In the order in which they were given. */
  readonly operatorGrants: OperatorGrant[]
  readonly paperDecisions: Map<Uuid, PaperDecision>
  /** In the order in which they left. */
  readonly authorityReleases: AuthorityRelease[]
}

export const schoolFold: Fold<SchoolState, SchoolEvent> = {
  category: 'school',
  initial: () => ({
    name: null,
    agreements: [],
    outages: new Map(),
    checked: null,
    rights: [],
    operatorGrants: [],
    paperDecisions: new Map(),
    authorityReleases: [],
  }),
  on: {
    SchoolRegistered: (state, { data }) => {
      state.name = data.name
    },
    ProcessingAgreementRecorded: (state, { data }) => {
      state.agreements.push(data)
    },
    OutageRegistered: (state, { data, meta: { by, at } }) => {
      state.outages.set(data.outage, { ...data, by, at, withdrawn: null })
    },
    OutageWithdrawn: (state, { data: { outage, text }, meta: { by, at } }) => {
      const known = state.outages.get(outage)
      if (known) state.outages.set(outage, { ...known, withdrawn: { text, by, at } })
    },
    RecordChecked: (state, { data: { date, records } }) => {
      state.checked = { date, records, checks: (state.checked?.checks ?? 0) + 1 }
    },
    OperatorReadGranted: (state, { data, meta: { by, at } }) => {
      state.operatorGrants.push({ ...data, by, at, withdrawn: null })
    },
    OperatorReadWithdrawn: (state, { data: { text }, meta: { by, at } }) => {
      for (const [i, grant] of state.operatorGrants.entries())
        if (isOpen(grant, at)) state.operatorGrants[i] = { ...grant, withdrawn: { by, at, text } }
    },
    PaperAbandoned: (state, { data, meta: { by, at } }) => {
      state.paperDecisions.set(data.decision, { decided: data, by, at, resumed: null })
    },
    PaperResumed: (state, { data: { decision, order, from }, meta: { by, at } }) => {
      const known = state.paperDecisions.get(decision)
      if (known) state.paperDecisions.set(decision, { ...known, resumed: { order, from, by, at } })
    },
    AuthorityReportReleased: (state, { data, meta: { by, at } }) => {
      state.authorityReleases.push({ ...data, by, at })
    },
    RightsEditionApplied: (state, { data, meta: { at } }) => {
      state.rights.push({ ...data, at })
    },
  },
}

const isOpen = ({ until, withdrawn }: OperatorGrant, now: Instant): boolean =>
  withdrawn === null && now < until

/** Whether the school lets the operator see its data at an instant (R-7G.5): never, unless it has said so. */
export function operatorMayRead({ operatorGrants }: Readonly<SchoolState>, now: Instant): boolean {
  return operatorGrants.some((grant) => isOpen(grant, now))
}

/** The decisions to abandon paper that nobody has taken back. */
export function standingPaperDecisions({ paperDecisions }: Readonly<SchoolState>): PaperDecision[] {
  return [...paperDecisions.values()].filter(({ resumed }) => resumed === null)
}

/** The outages that stand, in order of time. */
export function standingOutages({ outages }: Readonly<SchoolState>): RegisteredOutage[] {
  return [...outages.values()]
    .filter(({ withdrawn }) => withdrawn === null)
    .toSorted((a, b) => (a.from < b.from ? -1 : 1))
}

/** The edition of the matrix of rights by which people were let in at an instant; null before the first was recorded. */
export function rightsAt({ rights }: Readonly<SchoolState>, at: Instant): AppliedRights | null {
  return rights.findLast(({ from }) => from <= at) ?? null
}

/** The agreement in force on a date: of those that have begun the one that began last, and of those the newest record. */
export function agreementOn({ agreements }: Readonly<SchoolState>, date: LocalDate): Agreement | null {
  return agreements.reduce<Agreement | null>(
    (inForce, one) => (one.from <= date && one.from >= (inForce?.from ?? one.from) ? one : inForce),
    null,
  )
}
