import type { Policy, ValueCode } from '#values/policy.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { JournalPageState } from './state.ts'

/** The codes that attendance may hold: absence and lateness (DOMAIN.md C.2). */
export function attendanceCode(policy: Policy, code: string): ValueCode | Refusal {
  const known = policy.valueCodes.find((value) => value.code === code)
  const attendance = policy.valueCodes.filter(({ kind }) => kind === 'absence' || kind === 'lateness')
  if (known === undefined)
    return refuse('code-unknown', { code, codes: attendance.map((value) => value.code) })
  if (!attendance.includes(known))
    return refuse('code-not-attendance', { code, codes: attendance.map((value) => value.code) })
  return known
}

/** Whether a code says that the pupil was away, and rightly so. */
export function isExcused(policy: Policy, code: string | null): boolean {
  return policy.valueCodes.some(
    (value) => value.code === code && value.kind === 'absence' && value.valid === true,
  )
}

export function isAbsence(policy: Policy, code: string | null): boolean {
  return policy.valueCodes.some((value) => value.code === code && value.kind === 'absence')
}

/**
 * Whether a value is given for what the pupil did at the lesson: points, a level, a pass. A debt («Д») is not: it
 * stands for work still owed, also by somebody who was away.
 */
export function isEarned(policy: Policy, value: number | string): boolean {
  return !policy.valueCodes.some(({ code, kind }) => code === value && kind === 'note')
}

/**
 * Those of `pupils` who have earned a mark at a lesson: they cannot have been absent from it (DOMAIN.md C.2). The credit
 * of a topic that was missed is no such mark.
 */
export function markedAt(
  state: Readonly<JournalPageState>,
  policy: Policy,
  lesson: Uuid,
  pupils: readonly Uuid[],
): Uuid[] {
  const marked = [...state.marks.values()].filter(
    (mark) => mark.lesson === lesson && !mark.credit && isEarned(policy, mark.value),
  )
  return pupils.filter((pupil) => marked.some((mark) => mark.pupil === pupil))
}

/** The credits of a missed topic that stand in a cell: each rests on the absence for a valid reason (R-2.5c). */
export function creditsAt(state: Readonly<JournalPageState>, lesson: Uuid, pupil: Uuid): Uuid[] {
  return [...state.marks]
    .filter(([, mark]) => mark.credit && mark.lesson === lesson && mark.pupil === pupil)
    .map(([entry]) => entry)
}
