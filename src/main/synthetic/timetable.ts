import { type Draws, drawsOf } from './draws.ts'

/** What a class learns in one lesson: a subject, or the groups that learn it at the same time. */
export interface Course {
  readonly key: string
  /** The numbers of all who teach it at once. */
  readonly teachers: readonly number[]
  readonly weekly: number
}

export interface Placed<C extends Course = Course> {
  readonly weekday: number
  readonly number: number
  readonly course: C
}

const DAYS = 5
const CLASH = 10
/** Steps of repair before we admit that these loads do not fit; the small school needs some hundreds. */
const STEPS = 20_000

/**
 * A week for every class: no gaps, nobody in two rooms at once, and no course twice on a day unless it has more
 * than five hours.
 *
 * The lessons of a class are dealt out in turn and then repaired: a lesson that clashes changes places with the
 * one of its class where that helps most, and may not go back for a while (tabu search). The draws do not depend
 * on the seed of the school: this timetable was found once and is found again, whatever the people are called.
 *
 * @throws when no such week was found
 */
export function timetableOf<C extends Course>(
  classes: ReadonlyMap<number, readonly C[]>,
): Map<number, Placed<C>[]> {
  const weeks = [...classes].map(([grade, courses]) => new Week(grade, courses))
  const busy = new Map<string, number>()
  for (const week of weeks) for (const lesson of week.lessons) occupy(busy, lesson, 1)
  const draws = drawsOf('timetable')('small')
  for (let step = 0; step < STEPS; step++) {
    const troubled = weeks.flatMap((week) =>
      week.lessons.flatMap((lesson, at) => (troubleOf(week, busy, lesson) > 0 ? [{ week, at }] : [])),
    )
    if (troubled.length === 0) {
      return new Map(weeks.map(({ grade, lessons }) => [grade, lessons.map((lesson) => ({ ...lesson }))]))
    }
    const { week, at } = draws.pick(troubled)
    repair(week, at, busy, step, draws)
  }
  throw new Error(`no timetable without clashes after ${STEPS} steps`)
}

interface Lesson<C extends Course> {
  readonly weekday: number
  readonly number: number
  course: C
}

class Week<C extends Course> {
  readonly grade: number
  readonly lessons: Lesson<C>[]
  /** Until which step a course may not return to a place. */
  readonly barred = new Map<string, number>()

  constructor(grade: number, courses: readonly C[]) {
    this.grade = grade
    const slots = slotsOf(
      courses.reduce((sum, { weekly }) => sum + weekly, 0),
      grade,
    )
    // Long courses first, one lesson after another over the days.
    const dealt = courses
      .toSorted((a, b) => b.weekly - a.weekly)
      .flatMap((course) => Array.from({ length: course.weekly }, () => course))
    this.lessons = slots.map((slot, i) => ({ ...slot, course: dealt[i]! }))
  }

  /** How often a course stands on a day. */
  onDay(course: C, weekday: number): number {
    return this.lessons.filter((lesson) => lesson.course === course && lesson.weekday === weekday).length
  }
}

/** The places of a week of `hours` lessons: days as equal as can be, each beginning with lesson 1. */
function slotsOf(hours: number, grade: number): Array<{ weekday: number; number: number }> {
  const longer = new Set(Array.from({ length: hours % DAYS }, (_, i) => ((grade + 2 * i) % DAYS) + 1))
  const slots: Array<{ weekday: number; number: number }> = []
  for (let number = 1; number <= Math.ceil(hours / DAYS); number++) {
    for (let weekday = 1; weekday <= DAYS; weekday++) {
      if (number <= Math.floor(hours / DAYS) || longer.has(weekday)) slots.push({ weekday, number })
    }
  }
  return slots
}

const place = (teacher: number, { weekday, number }: { weekday: number; number: number }) =>
  `${teacher}/${weekday}/${number}`

function occupy(busy: Map<string, number>, lesson: Lesson<Course>, by: 1 | -1): void {
  for (const teacher of lesson.course.teachers) {
    const key = place(teacher, lesson)
    busy.set(key, (busy.get(key) ?? 0) + by)
  }
}

/** What is wrong with a lesson where it stands. */
function troubleOf<C extends Course>(
  week: Week<C>,
  busy: ReadonlyMap<string, number>,
  lesson: Lesson<C>,
): number {
  let trouble = 0
  for (const teacher of lesson.course.teachers)
    trouble += CLASH * ((busy.get(place(teacher, lesson)) ?? 0) - 1)
  const often = week.onDay(lesson.course, lesson.weekday) - Math.ceil(lesson.course.weekly / DAYS)
  return trouble + Math.max(0, often)
}

/** Moves the lesson to the place of its week where it helps most, or hurts least. */
function repair<C extends Course>(
  week: Week<C>,
  at: number,
  busy: Map<string, number>,
  step: number,
  draws: Draws,
): void {
  const moving = week.lessons[at]!
  let best: Lesson<C>[] = []
  let least = Number.POSITIVE_INFINITY
  for (const other of week.lessons) {
    if (other.course === moving.course) continue
    if ((week.barred.get(barred(moving.course, other)) ?? -1) >= step) continue
    const before = troubleOf(week, busy, moving) + troubleOf(week, busy, other)
    exchange(busy, moving, other)
    const change = troubleOf(week, busy, moving) + troubleOf(week, busy, other) - before
    exchange(busy, moving, other)
    if (change < least) best = []
    least = Math.min(least, change)
    if (change === least) best.push(other)
  }
  if (best.length === 0) return
  const chosen = draws.pick(best)
  week.barred.set(barred(moving.course, moving), step + draws.between(8, 24))
  exchange(busy, moving, chosen)
}

const barred = (course: Course, { weekday, number }: Lesson<Course>) => `${course.key}/${weekday}/${number}`

function exchange<C extends Course>(busy: Map<string, number>, a: Lesson<C>, b: Lesson<C>): void {
  occupy(busy, a, -1)
  occupy(busy, b, -1)
  const { course } = a
  a.course = b.course
  b.course = course
  occupy(busy, a, 1)
  occupy(busy, b, 1)
}
