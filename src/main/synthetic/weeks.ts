import { classesOfJournal } from './journals.ts'
import { type Shape, STEADY_CLASS } from './presets.ts'
import type { Journal, SchoolClass, Slot, Weeks } from './parts.ts'
import { CLASS_SET } from './staff.ts'
import { hoursOf, type Subject } from './subjects.ts'
import { type Course, type Placed, timetableOf } from './timetable.ts'

/**
 * The weeks of both halves of the year. The second is the first with the lessons that give way to others, so that
 * nobody's lessons move in January without need; both have the same teacher, hence no new clash.
 */
export function weeksOf(
  { village, secondShift }: Shape,
  classes: readonly SchoolClass[],
  journals: readonly Journal[],
): readonly [Weeks, Weeks] {
  const courses = new Map(
    classes.map((of) => [
      of.name,
      { grade: of.grade, afternoon: secondShift.includes(of.grade), courses: coursesOf(of, journals) },
    ]),
  )
  const first = new Map(
    [...timetableOf(courses, village ? null : STEADY_CLASS)].map(([name, placed]) => [
      name,
      placed.toSorted((a, b) => a.weekday - b.weekday || a.number - b.number).map(slotOf),
    ]),
  )
  const second = new Map(
    classes.map((of) => {
      const begins = journals.filter((j) => j.class === of && hoursOf(j.subject, of)[0] === 0)
      const week = [...first.get(of.name)!]
      for (const journal of begins) {
        const ending = week.findLastIndex(
          ({ journals: [now] }) => now!.teacher === journal.teacher && lessens(now!.subject, of),
        )
        week[ending] = { ...week[ending]!, journals: [journal] }
      }
      return [of.name, week]
    }),
  )
  return [first, second]
}

function lessens(subject: Subject, of: SchoolClass): boolean {
  const [first, second] = hoursOf(subject, of)
  return second < first
}

function slotOf({ weekday, number, course }: Placed<JournalCourse>): Slot {
  return { weekday, number, journals: course.journals }
}

interface JournalCourse extends Course {
  readonly journals: readonly Journal[]
}

function coursesOf(of: SchoolClass, journals: readonly Journal[]): JournalCourse[] {
  const own = journals.filter((journal) => classesOfJournal(journal).includes(of))
  return [...new Set(own.map(({ subject }) => subject))]
    .map((subject): JournalCourse => {
      const together = own.filter((journal) => journal.subject === subject)
      const course = { key: subject.key, weekly: hoursOf(subject, of)[0], journals: together }
      const [journal] = together
      // Of a set of classes the lesson is one: its teacher is taken once, with the first class.
      const numbers = together.map(({ teacher }) => teacher.post.number)
      const teachers = journal!.class === of ? numbers : []
      const set = CLASS_SET.lessons.find((lesson) => lesson.subject === subject.key)
      return journal!.group?.kind === 'class-set'
        ? { ...course, teachers, places: [set!.at] }
        : { ...course, teachers }
    })
    .filter(({ weekly }) => weekly > 0)
}
