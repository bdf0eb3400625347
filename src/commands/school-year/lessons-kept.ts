import { keyOf, type KeptFor } from '#values/calendar-for.ts'
import { pageId } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { periodLock } from '../journal-page/period-lock.ts'
import type { JournalPageState } from '../journal-page/state.ts'
import type { References } from '../references.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { learningOf } from '../roster/state.ts'
import { type Period, periodsFor, type SchoolYearState } from './state.ts'

type Ground = Pick<References, 'roster' | 'teachingLoad'>

/** The journals of a year for whose learners the periods are kept that are kept for these. */
function journalsOf(of: KeptFor, state: Readonly<SchoolYearState>, { roster, teachingLoad }: Ground): Uuid[] {
  const key = keyOf(of)
  return [...teachingLoad.journals].flatMap(([journal, { learners }]) => {
    const learning = learningOf(roster, learners)
    return periodsFor(state, learning).some((period) => keyOf(period) === key) ? [journal] : []
  })
}

/** Every page of every journal that a change of these periods may touch. */
export function pagesTouched(
  of: KeptFor,
  before: Readonly<SchoolYearState>,
  after: Readonly<SchoolYearState>,
  ground: Ground,
): Uuid[] {
  const journals = new Set([...journalsOf(of, before, ground), ...journalsOf(of, after, ground)])
  const periods = new Set([...before.periods, ...after.periods].map(({ period }) => period))
  return [...journals].flatMap((journal) => [...periods].map((period) => pageId(journal, period)))
}

const same = (one: Period | undefined, other: Period | undefined): boolean =>
  one?.from === other?.from && one?.until === other?.until

/**
 * Whether every lesson that was recorded lies in a period also after a change, and no closed page gets or loses one, nor
 * has other bounds than it was closed with (R-F3): null is yes. Lessons stay on the pages on which they were recorded and
 * belong to the period of their date (docs/decisions/0064).
 */
export function lessonsKept(
  before: Readonly<SchoolYearState>,
  after: Readonly<SchoolYearState>,
  pages: Iterable<Readonly<JournalPageState>>,
  { roster, teachingLoad }: Ground,
  now: Instant,
): Refusal | null {
  const open = [...pages].filter(({ page }) => page !== null)
  for (const [journal, those] of Map.groupBy(open, ({ page }) => page!.journal)) {
    const learners = teachingLoad.journals.get(journal)?.learners
    if (learners === undefined) continue
    const learning = learningOf(roster, learners)
    const [was, is] = [periodsFor(before, learning), periodsFor(after, learning)]
    for (const state of those) {
      const { period } = state.page!
      const [then, later] = [was, is].map((some) => some.find((known) => known.period === period))
      if (same(then, later)) continue
      // A whole page is spoken of, so that no postponement and no reopening for some pupils lets it through.
      const locked = periodLock(state, null, now, later?.until ?? then!.until)
      if (locked !== null) return { ...locked, detail: { ...locked.detail, journal } }
      if (later === undefined)
        return refuse('page-exists', { page: pageId(journal, period), journal, period })
    }
    const lesson = those
      .flatMap(({ lessons }) => [...lessons.values()])
      .find(({ date }) => !is.some(({ from, until }) => from <= date && date <= until))
    if (lesson !== undefined) return refuse('lesson-outside-period', { journal, date: lesson.date })
  }
  return null
}
