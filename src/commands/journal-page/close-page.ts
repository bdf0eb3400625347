import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { finalsExpectedOf, kindsOfPage, periodEndOf } from './finals.ts'
import { mayWriteOnPage, onPage, pageCommand, todayOf } from './ground.ts'
import { pagesAfterMoves } from '../pages-of-journal.ts'
import { pendingWorks } from './pending-works.ts'
import { isPostponed } from './period-lock.ts'
import { finalKey } from './state.ts'

const ClosePage = z.strictObject({
  ...onPage,
  excuse: z
    .array(Uuid)
    .max(400)
    .default([])
    .describe('Работы, срок отметок за которые ещё не прошёл и которые остаются без отметок'),
})

/**
 * Closes the page: from then on it takes no more entries (R-7V.1). The teacher does it, or the deputy or the head for
 * an idle one; not before the last school day, and not while a pupil has neither a final, nor a code, nor a
 * postponement (R-2.8a), a work still waits for its marks and is not excused (R-D6), or an exam has no final mark after
 * it. Of a page that is open again it ends the reopening.
 */
export const closePage = pageCommand({
  name: 'close-page',
  summary: 'Закрыть страницу журнала за учебный период',
  operation: '11',
  input: ClosePage,
  pages: (_input, { page }, references) => (page === null ? [] : pagesAfterMoves(page.journal, references)),
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
    const works = pending.filter(({ work }) => !input.excuse.includes(work))
    const exams = [...state.finals.values()]
      .filter((final) => final.kind === 'exam' && !state.finals.has(finalKey(final.pupil, 'final')))
      .map(({ pupil }) => pupil)
    if (finals.length > 0 || works.length > 0 || exams.length > 0)
      return refuse('closing-incomplete', { finals, works, exams })
    return [{ type: 'PageClosed', data: { postponed, excused: pending.map(({ work }) => work) } }]
  },
})
