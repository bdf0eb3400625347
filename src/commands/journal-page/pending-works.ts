import { pageId, workId } from '#values/school.ts'
import { endOfDay, type Instant, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { isRefusal } from '../refusal.ts'
import { dateOfMarks } from './date-of-marks.ts'
import type { PeriodEnd } from './finals.ts'
import { gradingUnder, type PAGE_NEEDS, policyFor, zoneOf } from './ground.ts'
import { otherStates } from '../pages-of-journal.ts'
import { type JournalPageState, occasionOf } from './state.ts'

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
 * After bounds were moved, lessons of the period may stand on other pages, and on this one some of other periods; works
 * that the closing of another page has moved here belong here, and those that were moved from here do not.
 */
export function pendingWorks(
  given: OnPage,
  { from, until }: Pick<PeriodEnd, 'from' | 'until'>,
): PendingWork[] {
  const { state, pages, now } = given
  const own = pageId(state.page!.journal, state.page!.period)
  return [state, ...otherStates(state, pages)].flatMap((page) =>
    worksOf(given, page).filter(({ work, date, dueAt }) => {
      const into = page.carried.get(work)
      const here = into === undefined ? date === null || (from <= date && date <= until) : into === own
      return here && now <= dueAt
    }),
  )
}

function worksOf(given: OnPage, state: Readonly<JournalPageState>): PendingWork[] {
  // A work that stands for a credit alone waits for nobody, unless the lesson itself was that work.
  const marked = new Set(
    [...state.marks.values()]
      .filter(
        ({ credit, lesson, work }) =>
          !credit || state.lessons.get(lesson)?.type !== state.works.get(work)?.kind,
      )
      .map(({ work }) => work),
  )
  const begun = new Set([...state.works.values()].map(({ lesson }) => lesson))
  const held = [...state.works]
    .filter(([work]) => !marked.has(work))
    .map(([work, { lesson, kind, dueAt }]) => ({
      work,
      lesson,
      date: occasionOf(state, lesson)?.date ?? null,
      kind,
      dueAt,
    }))
  const expected = [...state.lessons].flatMap(([lesson, { date, type }]) => {
    const policy = policyFor(given, date)
    if (begun.has(lesson) || isRefusal(policy) || gradingUnder(policy, given) === 'none') return []
    const known = policy.kindsOfWork.find(({ kind }) => kind === type)
    if (known === undefined) return []
    const dueAt = endOfDay(dateOfMarks(given, date, known), zoneOf(given))
    return [{ work: workId(lesson, known.kind), lesson, date, kind: known.kind, dueAt }]
  })
  return [...held, ...expected]
}
