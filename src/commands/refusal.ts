/**
 * Why a command is refused. The word is the answer's machine code, the last part of its problem type, and the
 * name under which its rule, its spec and its HTTP status are found (`grep lesson-not-in-timetable`).
 * A new reason does not compile until `api/problems.ts` gives it a status and its Russian wording.
 */
export const REASONS = [
  // who
  'role-not-held',
  'role-not-permitted',
  'role-ambiguous',
  'journal-not-taught',
  'class-not-led',
  'reason-only',
  'diary-not-yours',
  // what is there
  'school-exists',
  'school-year-unknown',
  'school-year-exists',
  'bounds-reversed',
  'date-outside-year',
  'period-unknown',
  'period-exists',
  'period-overlap',
  'period-outside-year',
  'holidays-outside-year',
  'bells-overlap',
  'policy-missing',
  'policy-out-of-order',
  'policy-ambiguous',
  'subject-unknown',
  'subject-exists',
  'pupil-unknown',
  'pupil-exists',
  'pupil-released',
  'pupil-in-class',
  'pupil-not-in-class',
  'pupil-in-group',
  'pupil-not-in-group',
  'staff-unknown',
  'staff-exists',
  'staff-released',
  'staff-in-office',
  'class-unknown',
  'class-exists',
  'group-unknown',
  'group-exists',
  'individual-plan-taken',
  'journal-unknown',
  'journal-exists',
  'journal-not-of-class',
  'teacher-assigned',
  'teacher-not-assigned',
  'slot-conflict',
  'page-unknown',
  'page-exists',
  'account-unknown',
  'account-exists',
  'role-exists',
  'login-taken',
  'representative-exists',
  'representative-unknown',
  // an account and its credentials
  'account-not-own',
  'account-blocked',
  'account-not-blocked',
  'account-disabled',
  'account-not-of-class',
  'new-credentials-needed',
  'activation-code-invalid',
  'activation-code-expired',
  'activation-code-used',
  'identity-taken',
  'identity-unknown',
  'service-token-exists',
  'service-token-unknown',
  'service-token-revoked',
  'rules-accepted',
  'rules-other-version',
  'password-wrong',
  'password-same',
  // a lesson and its cells
  'lesson-unknown',
  'lesson-exists',
  'lesson-not-in-timetable',
  'lesson-in-future',
  'date-outside-period',
  'date-in-holidays',
  'lesson-type-unknown',
  'pupil-not-member',
  'pupil-repeated',
  'attendance-taken',
  'attendance-not-taken',
  'code-unknown',
  'code-not-attendance',
  'kind-of-work-unknown',
  'value-outside-grading',
  'marks-switched-off',
  'mark-exists',
  'mark-unknown',
  'mark-on-absent',
  'weight-differs',
  'homework-exists',
  'homework-unknown',
  'homework-due-before-lesson',
  'comment-unknown',
  'comment-not-own',
  'reason-required',
  'reason-unknown',
  'same-value',
  // concurrency and repetition
  'stale-version',
  'stale-revision',
  'command-id-reused',
  'record-too-large',
] as const
export type Reason = (typeof REASONS)[number]

/** A rule says no. `detail` names what was found, so that the answer can be specific: ids, values, versions. */
export interface Refusal {
  readonly refused: Reason
  readonly detail: Readonly<Record<string, unknown>>
}

export function refuse(refused: Reason, detail: Readonly<Record<string, unknown>> = {}): Refusal {
  return { refused, detail }
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}
