import type { Policy } from '#values/policy.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { type PAGE_NEEDS, policyFor } from './ground.ts'
import type { Concern } from './period-lock.ts'
import { type JournalPageState, type LessonState, type MarkState, occasionOf } from './state.ts'

type OnMark = Given<{ entry: Uuid }, JournalPageState, (typeof PAGE_NEEDS)[number]>

/** The mark of which a command speaks, with its lesson and the rules of that day. */
export function markOf(
  given: OnMark,
): { mark: MarkState; lesson: Pick<LessonState, 'attendance'>; policy: Policy } | Refusal {
  const { entry } = given.input
  const mark = given.state.marks.get(entry)
  const lesson = mark && occasionOf(given.state, mark.lesson)
  if (mark === undefined || lesson === undefined) return refuse('mark-unknown', { entry })
  const policy = policyFor(given, lesson.date)
  return isRefusal(policy) ? policy : { mark, lesson, policy }
}

/** A correction of a mark concerns the pupil who has it. */
export function ofMark({ input, state }: OnMark): Concern {
  const mark = state.marks.get(input.entry)
  return { pupils: mark === undefined ? [] : [mark.pupil], postponed: 'mark' }
}
