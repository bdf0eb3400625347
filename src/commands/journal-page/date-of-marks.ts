import type { KindOfWork } from '#values/policy.ts'
import { addDays, type LocalDate } from '#values/time.ts'
import { isSchoolDay } from '../school-year/state.ts'
import { gradesOfPage } from './ground.ts'

/** The date so many days after the lesson: every day counts, or only those on which these pupils have school. */
export function dateOfMarks(
  given: Parameters<typeof gradesOfPage>[0],
  date: LocalDate,
  kind: KindOfWork,
): LocalDate {
  if (kind.days === 'calendar') return addDays(date, kind.dueInDays)
  const { schoolYear } = given.references
  const grades = gradesOfPage(given)
  const end = schoolYear.year?.until ?? date
  let due = date
  for (let left = kind.dueInDays; left > 0 && due < end; ) {
    due = addDays(due, 1)
    if (isSchoolDay(schoolYear, due, grades)) left -= 1
  }
  return due
}
