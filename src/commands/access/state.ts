import type { AccessEvent, BlockReason } from '#events/access.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import type { Competence, Scope } from '#values/competence.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import type { Role } from '#values/role.ts'
import { dateAt, type Instant, type LocalDate, type TimeZone } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { z } from 'zod'
import type { Fold } from '../fold.ts'
import { type PolicyState, policyOn } from '../policy/state.ts'

interface Grant {
  readonly role: Role
  readonly from: LocalDate
  /** The first day without the role; null is open. */
  until: LocalDate | null
  /** The first instant without it, where it ends within a day. */
  endsAt: Instant | null
  /** The part of the school for which it was granted; null is all of it. */
  readonly scope: Scope | null
}

/** The first day or the first instant without a role: one of the two. */
export interface Ending {
  readonly from: LocalDate | null
  readonly at: Instant | null
}

/** One account: whose it is, in which roles that person may act, and whether he may enter. */
export interface AccessState {
  person: Uuid | null
  readonly grants: Grant[]
  /** The credential epoch: it grows with every activation and every restoring of access (п. 4.4). */
  cred: number
  /** The epoch that began with the last activation: an unblocking begins one as well, with the password of before. */
  renewed: number
  /** The activation code that was issued last. */
  code: {
    readonly id: Uuid
    readonly expires: Instant
    readonly used: boolean
    readonly issuedAt: Instant
  } | null
  /** The last application for access that the school has: of which day, and which rules its writer knew. */
  application: { readonly version: string; readonly appliedOn: LocalDate } | null
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
    renewed: 0,
    code: null,
    application: null,
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
      state.grants.push({ ...data, endsAt: null })
    },
    RoleEnded: (state, { data: { role, from, at } }) => {
      for (const grant of state.grants) {
        if (grant.role !== role || !outlasts(grant, { from, at })) continue
        if (from !== null) grant.until = from
        grant.endsAt = at ?? grant.endsAt
      }
    },
    ActivationCodeIssued: (state, { data: { code, expires }, meta }) => {
      state.code = { id: code, expires, used: false, issuedAt: meta.at }
    },
    AccessApplicationReceived: (state, { data: { version, appliedOn } }) => {
      state.application = { version, appliedOn }
    },
    AccountActivated: (state, { data: { code, cred } }) => {
      if (state.code?.id === code) state.code = { ...state.code, used: true }
      state.activated = true
      state.lost = false
      state.cred = cred
      state.renewed = cred
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
  // An epoch that was once passed never comes again, whoever passed it: tokens of it would be good again.
  evenVoid: {
    AccountActivated: (state, { data: { code, cred } }) => {
      if (state.code?.id === code) state.code = { ...state.code, used: true }
      state.cred = Math.max(state.cred, cred)
    },
    AccountUnblocked: (state, { data }) => {
      state.cred = Math.max(state.cred, data.cred)
    },
  },
}

/** Whether a grant has not ended by then. A day and an instant are compared by the day of the instant, in UTC. */
export function outlasts({ until, endsAt }: Readonly<Grant>, { from, at }: Ending): boolean {
  const day = from ?? at!.slice(0, 10)
  if (until !== null && until <= day) return false
  return endsAt === null || (at === null ? day < endsAt.slice(0, 10) : at < endsAt)
}

/** What is held at an instant, which the calendar of the school shows as `date`. */
function inForce({ grants }: Readonly<AccessState>, now: Instant, date: LocalDate): Grant[] {
  return grants.filter(
    ({ from, until, endsAt }) =>
      from <= date && (until === null || date < until) && (endsAt === null || now < endsAt),
  )
}

/** The roles held at an instant. */
export function rolesAt(access: Readonly<AccessState>, now: Instant, zone: TimeZone): Role[] {
  return [...new Set(inForce(access, now, dateAt(now, zone)).map(({ role }) => role))]
}

/** For which parts of the school the account is a deputy at an instant; null is all of it, whatever else was granted. */
export function competenceAt(access: Readonly<AccessState>, now: Instant, zone: TimeZone): Competence {
  const scopes = inForce(access, now, dateAt(now, zone))
    .filter(({ role }) => role === 'deputy')
    .map(({ scope }) => scope)
  return scopes.includes(null) ? null : scopes.filter((scope) => scope !== null)
}

/** The next instant at which a role ends within a day; null where none does. */
export function nextEnding({ grants }: Readonly<AccessState>, now: Instant): Instant | null {
  let next: Instant | null = null
  for (const { endsAt } of grants)
    if (endsAt !== null && now < endsAt && (next === null || endsAt < next)) next = endsAt
  return next
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

/**
 * Whether a person cannot come in yet because the school has no application for access (R-A1.p2): it is asked of those
 * who hold nothing but the roles that the rules of the school name, and not of whoever has come in before.
 */
export function owesApplication(
  { activated, application, grants }: Readonly<AccessState>,
  policy: Readonly<PolicyState>,
  today: LocalDate,
): boolean {
  if (activated || application !== null) return false
  const { accessApplications } = policyOn(policy, today) ?? STARTING_POLICY
  const asked: readonly Role[] = accessApplications
  const held = grants.filter((grant) => outlasts(grant, { from: today, at: null }))
  return held.length > 0 && held.every(({ role }) => asked.includes(role))
}

/** Whether the person has to accept the rules before anything else. */
export function owesRules({ activated, identities, rules }: Readonly<AccessState>): boolean {
  return (activated || identities.size > 0) && rules !== ACCESS_RULES.version
}
