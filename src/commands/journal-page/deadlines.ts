import type { Learning } from '#values/calendar-for.ts'
import type { KindOfWork, Policy } from '#values/policy.ts'
import { addDays, type Instant, type LocalDate, plusMinutes } from '#values/time.ts'
import type { References } from '../references.ts'
import { classesOf, learningOf, type LearnersOf } from '../roster/state.ts'
import { isSchoolDay, lessonEnd, type SchoolYearState } from '../school-year/state.ts'
import { lessonsOn } from '../timetable/state.ts'

/** What deadlines of a lesson follow from. */
type Ground = Pick<References, 'roster' | 'timetable' | 'schoolYear' | 'teachingLoad'>

const asClass = (of: Learning['classes'][number]): Learning => ({ unit: of.id, classes: [of] })

/**
 * The deadline of homework: the end of the last lesson that the class has on that date, by the bells in force and with
 * all that departs from the timetable, and the minutes that the school allows after it (90 by R-2.7b). For a group of
 * several classes the latest of them. Null where no bell is set for any of its lessons.
 */
export function homeworkDueOn(
  { roster, timetable, schoolYear, teachingLoad }: Ground,
  learners: LearnersOf,
  { date, number }: { readonly date: LocalDate; readonly number: number },
  { homeworkMinutes }: Pick<Policy, 'homeworkMinutes'>,
): Instant | null {
  const classes = classesOf(roster, learners).map((id) => ({ id, grade: roster.classes.get(id)?.grade ?? 0 }))
  const endOf = (each: number, of: Learning) => lessonEnd(schoolYear, date, each, of)
  // A group may have bells of its own (R-7A.6a); classes that have different ones each say when it ends.
  const own = endOf(number, learningOf(roster, learners))
  const ends = own === null ? classes.map((of) => endOf(number, asClass(of))) : [own]
  for (const of of classes) {
    // Electives and clubs after the lessons do not prolong the classes of the class.
    const slots = lessonsOn(timetable, of.id, date).filter(
      ({ journal }) => teachingLoad.journals.get(journal)?.type === 'lesson',
    )
    ends.push(...slots.map((slot) => endOf(slot.number, asClass(of))))
  }
  const last = ends
    .filter((end) => end !== null)
    .toSorted()
    .at(-1)
  return last === undefined ? null : plusMinutes(last, homeworkMinutes)
}

/** The date so many days after the lesson: every day counts, or only those on which these pupils have school. */
export function dateOfWork(
  schoolYear: SchoolYearState,
  learning: Learning,
  date: LocalDate,
  kind: Pick<KindOfWork, 'days' | 'dueInDays'>,
): LocalDate {
  if (kind.days === 'calendar') return addDays(date, kind.dueInDays)
  const end = schoolYear.year?.until ?? date
  let due = date
  for (let left = kind.dueInDays; left > 0 && due < end; ) {
    due = addDays(due, 1)
    if (isSchoolDay(schoolYear, due, learning)) left -= 1
  }
  return due
}
