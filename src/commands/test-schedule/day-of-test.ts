import type { Matter } from '#values/competence.ts'
import type { Policy } from '#values/policy.ts'
import type { SchoolYear } from '#values/school.ts'
import type { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { References } from '../references.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { classesOf, learningOf } from '../roster/state.ts'
import { isSchoolDay } from '../school-year/state.ts'
import { matterOfJournal } from '../teaching-load/state.ts'
import type { TestOfDay, TestScheduleState } from './state.ts'

/** What the planning of a test looks at. */
export const TEST_NEEDS = ['schoolYear', 'policy', 'roster', 'teachingLoad'] as const
type Ground = Readonly<Pick<References, (typeof TEST_NEEDS)[number]>>

/** What a test of the schedule is about: the grades and the subject of its journal. */
export function matterOfTest(
  { roster, teachingLoad }: Pick<Ground, 'roster' | 'teachingLoad'>,
  { tests }: Readonly<TestScheduleState>,
  test: Uuid,
): Matter | null {
  const known = tests.get(test)
  return known === undefined ? null : matterOfJournal(teachingLoad.journals.get(known.journal), roster)
}

/** The test of a journal on a date, or why it cannot be then: there is no year, journal or school day, or it is there. */
export function testOn(
  { schoolYear, roster, teachingLoad }: Ground,
  { tests }: Readonly<TestScheduleState>,
  { year, journal, date }: { readonly year: SchoolYear; readonly journal: Uuid; readonly date: LocalDate },
): TestOfDay | Refusal {
  const bounds = schoolYear.year
  if (bounds === null) return refuse('school-year-unknown', { year })
  const known = teachingLoad.journals.get(journal)
  if (known === undefined) return refuse('journal-unknown', { journal })
  if (date < bounds.from || bounds.until < date) return refuse('date-outside-year', { date, year })
  if (!isSchoolDay(schoolYear, date, learningOf(roster, known.learners)))
    return refuse('date-in-holidays', { date })
  for (const [test, other] of tests) {
    if (other.journal === journal && other.date === date)
      return refuse('test-exists', { test, journal, date })
  }
  return { journal, subject: known.subject, classes: classesOf(roster, known.learners), date }
}

/**
 * The classes for which the day is too full, with this test; it is a warning and forbids nothing (R-7A.6e). Counted are
 * subjects: two groups of a class that write the same test burden each pupil once.
 */
export function overloadOf(
  { tests }: Readonly<TestScheduleState>,
  id: Uuid,
  { classes, subject, date }: TestOfDay,
  { testsPerDay: limit }: Policy,
): Array<{ class: Uuid; tests: number; limit: number }> {
  return classes.flatMap((of) => {
    const subjects = new Set([subject])
    for (const [other, test] of tests) {
      if (other !== id && test.date === date && test.classes.includes(of)) subjects.add(test.subject)
    }
    return subjects.size > limit ? [{ class: of, tests: subjects.size, limit }] : []
  })
}
