import type { PeriodId } from '#values/school.ts'
import { type LocalDate, weekday } from '#values/time.ts'
import { classesOfJournal } from './journals.ts'
import type { Journal } from './parts.ts'
import type { School } from './school.ts'

/** A lesson that the year's timetable has, counted within its journal and its period. */
export interface PlannedLesson {
  readonly journal: Journal
  readonly date: LocalDate
  readonly number: number
  readonly period: PeriodId
  /** Counted from 0 in the journal, and how many it has. */
  readonly index: number
  readonly of: number
  /** Counted from 0 in the period, and how many it has. */
  readonly indexInPeriod: number
  readonly ofPeriod: number
}

type Placed = Omit<PlannedLesson, 'index' | 'of' | 'indexInPeriod' | 'ofPeriod'>

const known = new WeakMap<School, readonly PlannedLesson[]>()

/** Every lesson of the year, in order of day, number and journal. */
export function plannedLessons(school: School): readonly PlannedLesson[] {
  const lessons = known.get(school) ?? numbered(placed(school))
  known.set(school, lessons)
  return lessons
}

/** A lesson of several classes stands in the weeks of all, and counts once: on the days on which all have school. */
function placed(school: School): Placed[] {
  const { calendar } = school
  const lessons: Placed[] = []
  const days = new Map(school.classes.map(({ grade }) => [grade, new Set(calendar.daysOf(grade))]))
  for (const of of school.classes) {
    for (const date of calendar.daysOf(of.grade)) {
      const period = calendar.periodsOf(of.grade).find(({ from, until }) => from <= date && date <= until)
      if (period === undefined) throw new Error(`${date} is in no period of grade ${of.grade}`)
      const day = weekday(date)
      for (const { number, journals, weekday: on } of school.weekOf(of, calendar.halfOf(date))) {
        if (on !== day) continue
        for (const journal of journals) {
          const all = classesOfJournal(journal)
          if (all[0] === of && all.every(({ grade }) => days.get(grade)!.has(date)))
            lessons.push({ journal, date, number, period: period.period })
        }
      }
    }
  }
  return inOrder(lessons)
}

/** Sorted by day, number and journal. */
export function inOrder<L extends Pick<PlannedLesson, 'journal' | 'date' | 'number'>>(
  lessons: readonly L[],
): L[] {
  const keyed = lessons.map((lesson) => {
    const { journal, date, number } = lesson
    return { lesson, key: `${date}#${String(number).padStart(2, '0')} ${journal.path}` }
  })
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ lesson }) => lesson)
}

function numbered(lessons: readonly Placed[]): PlannedLesson[] {
  const counted = new Map<string, number>()
  const count = (name: string) => {
    const before = counted.get(name) ?? 0
    counted.set(name, before + 1)
    return before
  }
  const counting = lessons.map((lesson) => ({
    ...lesson,
    index: count(lesson.journal.path),
    indexInPeriod: count(`${lesson.journal.path} ${lesson.period}`),
  }))
  return counting.map((lesson) => ({
    ...lesson,
    of: counted.get(lesson.journal.path)!,
    ofPeriod: counted.get(`${lesson.journal.path} ${lesson.period}`)!,
  }))
}
