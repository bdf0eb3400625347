import type { JournalPageEvent } from '#events/journal-page.ts'
import type { Uuid } from '#values/uuid.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import type { DisputeState, JournalPageState } from './state.ts'

/** A dispute that waits for an answer; `entry` is the mark that it must be about. */
export function openDispute(
  { disputes }: Readonly<JournalPageState>,
  dispute: Uuid,
  entry?: Uuid,
): DisputeState | Refusal {
  const found = disputes.get(dispute)
  if (found === undefined || (entry !== undefined && found.entry !== entry)) {
    return refuse('dispute-unknown', { dispute })
  }
  return found.open ? found : refuse('dispute-answered', { dispute })
}

/** What follows a correction or a withdrawal that answers a dispute (R-A1.p1); nothing where none is named. */
export function answerOf(
  state: Readonly<JournalPageState>,
  { dispute, entry }: { readonly dispute?: Uuid | undefined; readonly entry: Uuid },
  by: 'correction' | 'withdrawal',
): readonly JournalPageEvent[] | Refusal {
  if (dispute === undefined) return []
  const found = openDispute(state, dispute, entry)
  if (isRefusal(found)) return found
  const { work, lesson, pupil } = found
  return [{ type: 'DisputeUpheld', data: { dispute, entry, work, lesson, pupil, by } }]
}
