import type { JournalPageEvent } from '#events/journal-page.ts'
import { INTERNAL_CONTROL, type KindId, type KindOfWork, type Policy } from '#values/policy.ts'
import { workId } from '#values/school.ts'
import { endOfDay, type Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { testOfInternalControl } from '../test-schedule/state.ts'
import { dateOfMarks } from './date-of-marks.ts'
import { type PAGE_NEEDS, zoneOf } from './ground.ts'
import type { JournalPageState, LessonState } from './state.ts'

type OnLesson = Given<
  { readonly lesson: Uuid; readonly kind: KindId; readonly weight?: number | undefined },
  JournalPageState,
  (typeof PAGE_NEEDS)[number] | 'testSchedule'
>

interface WorkOfLesson {
  readonly work: Uuid
  readonly dueAt: Instant
  /** What is to be recorded before the first mark of it. */
  readonly held: readonly JournalPageEvent[]
}

/** The work of a kind at a lesson: the one that was held, or the one that is held by being marked now. */
export function workOfLesson(given: OnLesson, lesson: LessonState, policy: Policy): WorkOfLesson | Refusal {
  const { input, state } = given
  const { kind } = input
  const known = policy.kindsOfWork.find((of) => of.kind === kind)
  if (known === undefined) return refuse('kind-of-work-unknown', { kind, kinds: policy.kindsOfWork })
  const work = workId(input.lesson, kind)
  const held = state.works.get(work)
  if (held !== undefined) {
    // The deadline is that of the day on which the work was held, whatever the school decides later (R-2.5b).
    return input.weight !== undefined && input.weight !== held.weight
      ? refuse('weight-differs', { weight: input.weight, held: held.weight })
      : { work, dueAt: held.dueAt, held: [] }
  }
  const test = testMarked(given, lesson)
  if (isRefusal(test)) return test
  const weight = input.weight ?? known.weight
  const days = (of: KindOfWork) => endOfDay(dateOfMarks(given, lesson.date, of), zoneOf(given))
  const control = policy.kindsOfWork.find((of) => of.kind === INTERNAL_CONTROL)
  // Written work that is a test of internal control has the shorter of both deadlines.
  const [dueAt] = [known, ...(test === null || control === undefined ? [] : [control])].map(days).toSorted()
  const data = { work, lesson: input.lesson, kind, weight, test, dueAt: dueAt! }
  return { work, dueAt: dueAt!, held: [{ type: 'WorkHeld', data }] }
}

/**
 * The test of internal control whose column this is: the one that the schedule has for the day, as work of its form or
 * of the kind of such tests, which is marked nowhere else. A test has one column (R-7A.11).
 */
function testMarked({ state, references, input }: OnLesson, { date }: LessonState): Uuid | null | Refusal {
  const journal = state.page!.journal
  const planned = testOfInternalControl(references.testSchedule, journal, date)
  const column = [...state.works.values()].find(({ test }) => test !== null && test === planned?.test)
  if (input.kind === INTERNAL_CONTROL) {
    if (planned === null) return refuse('test-not-planned', { journal, date })
    if (column !== undefined)
      return refuse('test-has-column', { test: planned.test, lesson: column.lesson, kind: column.kind })
  }
  if (planned === null || column !== undefined) return null
  return [INTERNAL_CONTROL, planned.form].includes(input.kind) ? planned.test : null
}
