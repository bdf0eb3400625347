import { pageId, type PeriodId } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { References } from './references.ts'
import { learningOf } from './roster/state.ts'
import { periodOn, periodsFor } from './school-year/state.ts'
import type { JournalPageState } from './journal-page/state.ts'

type Ground = Readonly<Pick<References, 'schoolYear' | 'roster' | 'teachingLoad'>>

/**
 * The pages of a journal on which lessons of one of its periods may stand beside its own: none as long as no bounds were
 * moved (docs/decisions/0064).
 */
export function pagesAfterMoves(journal: Uuid, ground: Ground): Uuid[] {
  const learners = ground.teachingLoad.journals.get(journal)?.learners
  if (learners === undefined) return []
  const periods = periodsFor(ground.schoolYear, learningOf(ground.roster, learners))
  return periods.some(({ moved }) => moved) ? allPages(journal, ground) : []
}

/** Every page that a journal may have in its year, but that of the year as a whole, which holds no lessons. */
export function allPages(journal: Uuid, { schoolYear, roster, teachingLoad }: Ground): Uuid[] {
  const learners = teachingLoad.journals.get(journal)?.learners
  if (learners === undefined) return []
  const own = periodsFor(schoolYear, learningOf(roster, learners))
  // Units that have periods of their own may have had lessons in those of their grades.
  const all = own.some(({ units }) => units.length > 0) ? schoolYear.periods : own
  return [...new Set(all.map(({ period }) => pageId(journal, period)))]
}

/** The page of the journal for the period next to that of a page; none where the year has no such period. */
export function pageBeside(
  { journal, period }: { readonly journal: Uuid; readonly period: PeriodId },
  { schoolYear, roster, teachingLoad }: Ground,
  side: 'before' | 'after',
): Uuid[] {
  const learners = teachingLoad.journals.get(journal)?.learners
  if (learners === undefined) return []
  const inOrder = periodsFor(schoolYear, learningOf(roster, learners)).toSorted((a, b) =>
    a.from < b.from ? -1 : 1,
  )
  const at = inOrder.findIndex((known) => known.period === period)
  const beside = at === -1 ? undefined : inOrder[at + (side === 'after' ? 1 : -1)]
  return beside === undefined ? [] : [pageId(journal, beside.period)]
}

/** The page of the period in which a date lies for those who learn in a journal. */
export function pageOnDate(
  journal: Uuid,
  date: LocalDate,
  { schoolYear, roster, teachingLoad }: Ground,
): Uuid | undefined {
  const learners = teachingLoad.journals.get(journal)?.learners
  if (learners === undefined) return undefined
  const period = periodOn(schoolYear, date, learningOf(roster, learners))
  return period === undefined ? undefined : pageId(journal, period.period)
}

/** The pages of a journal but one, of those for which a rule asked. */
export function otherStates(
  { page }: Readonly<JournalPageState>,
  pages: ReadonlyMap<Uuid, unknown>,
): ReadonlyArray<Readonly<JournalPageState>> {
  const own = page === null ? null : pageId(page.journal, page.period)
  return [...pages].flatMap(([id, state]) => (id === own ? [] : [state as JournalPageState]))
}
