import type { KindOfWork } from '#values/policy.ts'
import type { LocalDate } from '#values/time.ts'
import { dateOfWork } from './deadlines.ts'
import { learningOfPage } from './ground.ts'

/** The last date for the marks of a work of those who learn in the journal of the page (R-2.5a, 2.11, 2.12). */
export function dateOfMarks(
  given: Parameters<typeof learningOfPage>[0],
  date: LocalDate,
  kind: KindOfWork,
): LocalDate {
  return dateOfWork(given.references.schoolYear, learningOfPage(given), date, kind)
}
