import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { finalsExpectedOf, kindsOfPage, periodEndOf } from './finals.ts'
import { mayWriteOnPage, onPage, type PAGE_NEEDS, pageCommand, todayOf } from './ground.ts'
import { pageBeside, pagesAfterMoves } from '../pages-of-journal.ts'
import { pendingWorks } from './pending-works.ts'
import { isPostponed } from './period-lock.ts'
import { finalKey, type JournalPageState, occasionOf } from './state.ts'

const works = z.array(Uuid).max(400).default([])

const ClosePage = z.strictObject({
  ...onPage,
  excuse: works.describe('Работы, срок отметок за которые ещё не прошёл и которые остаются без отметок'),
  carry: works.describe(
    'Такие же работы, которые переносятся в следующий период: отметки за них ставят, пока открыт он, и считаются они в нём',
  ),
})

/**
 * Closes the page: from then on it takes no more entries (R-7V.1). The teacher does it, or the deputy or the head for
 * an idle one; not before the last school day, and not while a pupil has neither a final, nor a code, nor a
 * postponement (R-2.8a), a work still waits for its marks and is neither excused nor carried into the next period (R-D6),
 * or an exam has no final mark after it. Of a page that is open again it ends the reopening.
 */
export const closePage = pageCommand({
  name: 'close-page',
  summary: 'Закрыть страницу журнала за учебный период',
  operation: '11',
  input: ClosePage,
  pages: (_input, { page }, references) =>
    page === null
      ? []
      : [...pagesAfterMoves(page.journal, references), ...pageBeside(page, references, 'before')],
  may: mayWriteOnPage,
  passesLock: true,
  decide(given) {
    const { input, state, now } = given
    const today = todayOf(given)
    const end = periodEndOf(given)
    if (isRefusal(end)) return end
    const { closing } = state
    if (closing !== null && !closing.reopenings.some(({ until }) => now < until)) {
      return refuse('page-closed', { closedAt: closing.at })
    }
    if (today < end.lastDay) return refuse('period-not-over', { lastDay: end.lastDay, today })

    const [kind] = kindsOfPage(given)
    const without = finalsExpectedOf(given, end.lastDay).filter(
      (pupil) => !state.finals.has(finalKey(pupil, kind)),
    )
    const postponed = without.filter((pupil) => isPostponed(state, pupil, today))
    const finals = without.filter((pupil) => !postponed.includes(pupil))
    const pending = pendingWorks(given, end)
    const carried = carriedOf(given, pending)
    if (isRefusal(carried)) return carried
    const works = pending.filter(({ work }) => !input.excuse.includes(work) && !carried.works.includes(work))
    const exams = [...state.finals.values()]
      .filter((final) => final.kind === 'exam' && !state.finals.has(finalKey(final.pupil, 'final')))
      .map(({ pupil }) => pupil)
    if (finals.length > 0 || works.length > 0 || exams.length > 0)
      return refuse('closing-incomplete', { finals, works, exams })
    const excused = pending.map(({ work }) => work).filter((work) => !carried.works.includes(work))
    const { works: moved, into } = carried
    return [{ type: 'PageClosed', data: { postponed, excused, carried: moved, into } }]
  },
})

/** The works that are moved into the next period, and its page; only what stands on this page can be. */
function carriedOf(
  {
    input,
    state,
    references,
  }: Given<z.output<typeof ClosePage>, JournalPageState, (typeof PAGE_NEEDS)[number]>,
  pending: ReadonlyArray<{ readonly work: Uuid; readonly lesson: Uuid }>,
): { readonly works: Uuid[]; readonly into: Uuid | null } | Refusal {
  const { carry } = input
  if (carry.length === 0) return { works: [], into: null }
  const page = state.page!
  const [into] = pageBeside(page, references, 'after')
  if (into === undefined) return refuse('no-period-follows', { period: page.period })
  const here = pending.filter(({ lesson }) => occasionOf(state, lesson) !== undefined).map(({ work }) => work)
  const others = carry.filter((work) => !here.includes(work))
  if (others.length > 0) return refuse('work-not-pending', { works: others, pending: here })
  return { works: here.filter((work) => carry.includes(work)), into }
}
