import { workId } from '#values/school.ts'
import { endOfDay, type Instant, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { isRefusal } from '../refusal.ts'
import { dateOfMarks } from './date-of-marks.ts'
import type { PeriodEnd } from './finals.ts'
import { type PAGE_NEEDS, policyFor, zoneOf } from './ground.ts'
import { otherStates } from '../pages-of-journal.ts'
import type { JournalPageState } from './state.ts'

interface PendingWork {
  readonly work: Uuid
  readonly lesson: Uuid
  readonly date: LocalDate | null
  readonly kind: string
  readonly dueAt: Instant
}

type OnPage = Given<unknown, JournalPageState, (typeof PAGE_NEEDS)[number]>

/**
 * The works of a period whose marks are still to come (R-D6): their deadline is ahead, and no mark of them stands. A lesson
 * of a type that is a kind of work, such as a test, is one before its first mark; its id is the one that it will have.
 * After bounds were moved, lessons of the period may stand on other pages, and on this one some of other periods.
 */
export function pendingWorks(
  given: OnPage,
  { from, until }: Pick<PeriodEnd, 'from' | 'until'>,
): PendingWork[] {
  const { state, pages, now } = given
  return [state, ...otherStates(state, pages)]
    .flatMap((page) => worksOf(given, page))
    .filter(({ date, dueAt }) => now <= dueAt && (date === null || (from <= date && date <= until)))
}

function worksOf(given: OnPage, { works, marks, lessons, page }: Readonly<JournalPageState>): PendingWork[] {
  const marked = new Set([...marks.values()].map(({ work }) => work))
  const begun = new Set([...works.values()].map(({ lesson }) => lesson))
  const held = [...works]
    .filter(([work]) => !marked.has(work))
    .map(([work, { lesson, kind, dueAt }]) => ({
      work,
      lesson,
      date: lessons.get(lesson)?.date ?? null,
      kind,
      dueAt,
    }))
  const expected = [...lessons].flatMap(([lesson, { date, type }]) => {
    if (begun.has(lesson) || page?.grading === 'none') return []
    const policy = policyFor(given, date)
    const known = isRefusal(policy) ? undefined : policy.kindsOfWork.find(({ kind }) => kind === type)
    if (known === undefined) return []
    const dueAt = endOfDay(dateOfMarks(given, date, known), zoneOf(given))
    return [{ work: workId(lesson, known.kind), lesson, date, kind: known.kind, dueAt }]
  })
  return [...held, ...expected]
}
