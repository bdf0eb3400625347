import type { AccessEvent, BlockReason } from '#events/access.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import type { Role } from '#values/role.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { z } from 'zod'
import type { Fold } from '../fold.ts'

interface Grant {
  readonly role: Role
  readonly from: LocalDate
  readonly until: LocalDate | null
}

/** One account: whose it is, in which roles that person may act, and whether he may enter. */
export interface AccessState {
  person: Uuid | null
  readonly grants: Grant[]
  /** The credential epoch: it grows with every activation and every restoring of access (п. 4.4). */
  cred: number
  /** The activation code that was issued last. */
  code: { readonly id: Uuid; readonly expires: Instant; readonly used: boolean } | null
  /** Whether the person came in by a code, and therefore answers for the rules; a password that was set at the opening is of a set-up. */
  activated: boolean
  /** The version of the rules that the person accepted last. */
  rules: string | null
  /** Credentials that were reported lost, until a new code was used. */
  lost: boolean
  blocked: z.output<typeof BlockReason> | null
  disabled: boolean
  /** By which external identities the person comes in, with the issuer of each. */
  readonly identities: Map<Uuid, string>
}

export const accessFold: Fold<AccessState, AccessEvent> = {
  category: 'access',
  initial: () => ({
    person: null,
    grants: [],
    cred: 1,
    code: null,
    activated: false,
    rules: null,
    lost: false,
    blocked: null,
    disabled: false,
    identities: new Map(),
  }),
  on: {
    AccountOpened: (state, { data }) => {
      state.person = data.person
    },
    RoleGranted: (state, { data }) => {
      state.grants.push(data)
    },
    ActivationCodeIssued: (state, { data: { code, expires } }) => {
      state.code = { id: code, expires, used: false }
    },
    AccountActivated: (state, { data: { code, cred } }) => {
      if (state.code?.id === code) state.code = { ...state.code, used: true }
      state.activated = true
      state.lost = false
      state.cred = cred
    },
    RulesAccepted: (state, { data }) => {
      state.rules = data.version
    },
    CredentialsReportedLost: (state) => {
      state.lost = true
    },
    AccountBlocked: (state, { data }) => {
      state.blocked = data.reason
    },
    AccountUnblocked: (state, { data }) => {
      state.blocked = null
      state.cred = data.cred
    },
    AccountDisabled: (state) => {
      state.disabled = true
    },
    ExternalIdentityLinked: (state, { data }) => {
      state.identities.set(data.identity, data.issuer)
    },
    ExternalIdentityUnlinked: (state, { data }) => {
      state.identities.delete(data.identity)
    },
  },
}

/** The roles in force on a date; `until` is the first day without the role. */
export function rolesOn(access: Readonly<AccessState>, date: LocalDate): Role[] {
  const inForce = access.grants.filter(
    (grant) => grant.from <= date && (grant.until === null || date < grant.until),
  )
  return [...new Set(inForce.map((grant) => grant.role))]
}

/** Why nobody may enter by this account; null where its person may. */
export function closedBy({
  disabled,
  blocked,
  lost,
}: Readonly<AccessState>): 'account-disabled' | 'account-blocked' | 'new-credentials-needed' | null {
  if (disabled) return 'account-disabled'
  if (blocked !== null) return 'account-blocked'
  return lost ? 'new-credentials-needed' : null
}

/** Whether the person has to accept the rules before anything else. */
export function owesRules({ activated, identities, rules }: Readonly<AccessState>): boolean {
  return (activated || identities.size > 0) && rules !== ACCESS_RULES.version
}
