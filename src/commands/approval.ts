import type { Meta } from '#events/record.ts'
import type { Role } from '#values/role.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Refusal, refuse } from './refusal.ts'

/** Who approved something, and when. */
export interface Approved {
  readonly at: Instant
  readonly by: Uuid
  readonly role: Role
}

/** What may be changed again after it was approved: then the approval is of what stood before. */
export interface Approvable {
  /** The revision of the last change. */
  changed: number
  changedAt: Instant
  /** How many changes came since the approval, or since the beginning. */
  pending: number
  approved: (Approved & { readonly through: number }) | null
}

export const approvedBy = ({ at, by, role }: Pick<Meta, 'at' | 'by' | 'role'>): Approved => ({ at, by, role })

/** What stands with one change more. */
export function changedBy(
  known: Readonly<Approvable> | null | undefined,
  { revision, meta }: { readonly revision: bigint; readonly meta: Pick<Meta, 'at'> },
): Approvable {
  const pending = (known?.pending ?? 0) + 1
  return { changed: Number(revision), changedAt: meta.at, pending, approved: known?.approved ?? null }
}

/** Takes an approval over; whatever was changed after what was approved stays to be approved. */
export function takeApproval(known: Approvable, through: number, meta: Meta): void {
  known.approved = { ...approvedBy(meta), through }
  if (through >= known.changed) known.pending = 0
}

/** The head approves what he has read: the last change, and nothing that is approved already. */
export function notApprovable(known: Readonly<Approvable>, through: number): Refusal | null {
  const { changed, pending } = known
  if (through !== changed) return refuse('stale-version', { expected: through, actual: changed })
  return pending > 0 ? null : refuse('nothing-to-approve', { through })
}
