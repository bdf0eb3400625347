import { z } from 'zod'
import { Scope } from '#values/competence.ts'
import { Role } from '#values/role.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventDefinition, type EventsOf, v1 } from './define.ts'

/** Why an activation code was issued: for the first log-in, after credentials were lost, or on request. */
export const CodeReason = z.enum(['first', 'lost', 'reset'])
/** How credentials came to be nobody's or somebody else's. */
export const LossReason = z.enum(['lost', 'exposed'])
export const BlockReason = z.enum(['breach-suspected', 'misuse', 'own-request', 'absence'])
export const UnblockReason = z.enum(['checked', 'breach-settled', 'returned'])
export const DisableReason = z.enum(['left-school', 'opened-in-error', 'own-request'])

/** A version of the rules of access, `2026-1`. */
export const RulesVersion = z.string().regex(/^\d{4}-\d{1,3}$/, 'версия правил вида 2026-1')

const RoleGranted = z.strictObject({
  account: Uuid,
  role: Role,
  from: LocalDate,
  until: LocalDate.nullable(),
  scope: Scope.nullable(),
})
/** A role of version 1 was one for the whole school. */
const roleGranted: EventDefinition<typeof RoleGranted> = {
  v: 2,
  data: RoleGranted,
  upcast: { 1: (data: object) => ({ ...data, scope: null }) },
}

/**
 * An account is one person's. Log-in names, passwords and codes never stand in an event; `code` is the id of an
 * activation code, from which nobody learns it; `identity` is that of a link with somebody at an external issuer. `cred`
 * is the credential epoch that begins. A role is granted for a part of the school, or for all of it (`scope` null); it
 * ends on the first day without it (`from`) or at an instant (`at`), one of the two, and with it every grant of the role.
 */
export const accessEvents = {
  AccountOpened: v1(z.strictObject({ account: Uuid, person: Uuid })),
  RoleGranted: roleGranted,
  RoleEnded: v1(
    z.strictObject({ account: Uuid, role: Role, from: LocalDate.nullable(), at: Instant.nullable() }),
  ),
  ActivationCodeIssued: v1(
    z.strictObject({ account: Uuid, code: Uuid, expires: Instant, reason: CodeReason }),
  ),
  AccessApplicationReceived: v1(
    z.strictObject({ account: Uuid, version: RulesVersion, appliedOn: LocalDate }),
  ),
  AccountActivated: v1(z.strictObject({ account: Uuid, code: Uuid, cred: z.int().min(1) })),
  RulesAccepted: v1(z.strictObject({ account: Uuid, version: RulesVersion })),
  PasswordReplaced: v1(z.strictObject({ account: Uuid })),
  LogInNameReplaced: v1(z.strictObject({ account: Uuid })),
  CredentialsReportedLost: v1(z.strictObject({ account: Uuid, reason: LossReason })),
  AccountBlocked: v1(z.strictObject({ account: Uuid, reason: BlockReason })),
  AccountUnblocked: v1(z.strictObject({ account: Uuid, reason: UnblockReason, cred: z.int().min(1) })),
  AccountDisabled: v1(z.strictObject({ account: Uuid, reason: DisableReason })),
  ExternalIdentityLinked: v1(z.strictObject({ account: Uuid, identity: Uuid, issuer: z.url() })),
  ExternalIdentityUnlinked: v1(z.strictObject({ account: Uuid, identity: Uuid })),
}
export type AccessEvent = EventsOf<typeof accessEvents>
