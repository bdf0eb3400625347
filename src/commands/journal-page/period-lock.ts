import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { WHOLE_YEAR } from '../school-year/state.ts'
import { finalKey, type JournalPageState } from './state.ts'

/** Whom alone a write concerns. */
export interface Concern {
  readonly pupils: readonly Uuid[]
  /** It is a final, or a mark that justifies one: what a postponed pupil may still get. */
  readonly postponed: 'final' | 'mark' | null
}

/**
 * Nothing is written on a closed page (R-7V.1), with two exceptions: what a reopening covers until its end (R-D5),
 * and the postponed final of a pupil with the marks that justify it (R-5.5b, A-06). Whoever is given no `concern`
 * writes for the whole page.
 */
export function periodLock(
  state: Readonly<JournalPageState>,
  concern: Concern | null,
  now: Instant,
  today: LocalDate,
): Refusal | null {
  const { closing, page } = state
  if (closing === null) return null
  const open = closing.reopenings.filter(({ until }) => now < until)
  if (open.some(({ pupils }) => pupils === null)) return null
  const free = (pupil: Uuid) =>
    open.some(({ pupils }) => pupils?.has(pupil)) ||
    (concern?.postponed === 'final' && isPostponed(state, pupil, today)) ||
    (concern?.postponed === 'mark' && isPostponed(state, pupil, today) && !isFinal(state, pupil))
  if (concern !== null && concern.pupils.length > 0 && concern.pupils.every(free)) return null
  return refuse('period-locked', {
    period: page?.period,
    closedAt: closing.at,
    reopened: open.map(({ pupils, until }) => ({ pupils: [...(pupils ?? [])], until })),
  })
}

/** Whether the final of a pupil may still be set by a postponement on a day. */
export function isPostponed(state: Readonly<JournalPageState>, pupil: Uuid, today: LocalDate): boolean {
  const until = state.postponements.get(pupil)
  return until !== undefined && today <= until
}

function isFinal(state: Readonly<JournalPageState>, pupil: Uuid): boolean {
  return state.finals.has(finalKey(pupil, state.page?.period === WHOLE_YEAR ? 'year' : 'period'))
}
