import { LESSONS_OF_SHIFT } from './calendar.ts'
import { type Draws, drawsOf } from './draws.ts'

/** What a class learns in one lesson: a subject, or the groups that learn it at the same time. */
export interface Course {
  readonly key: string
  /** The numbers of all who teach it at once. */
  readonly teachers: readonly number[]
  readonly weekly: number
  /** Where it must stand, because another class learns with this one. */
  readonly places?: ReadonlyArray<{ readonly weekday: number; readonly number: number }>
}

/** A class as its week is found. */
export interface ClassCourses<C extends Course> {
  readonly grade: number
  readonly afternoon: boolean
  readonly courses: readonly C[]
}

export interface Placed<C extends Course = Course> {
  readonly weekday: number
  readonly number: number
  readonly course: C
}

const DAYS = 5
const CLASH = 10
/** Steps of repair before we admit that these loads do not fit; a large school needs some thousands. */
const STEPS = 60_000

/**
 * A week for every class: no gaps, nobody in two rooms at once, and no course twice on a day unless it has more
 * than five hours.
 *
 * The lessons of a class are dealt out in turn and then repaired: a lesson that clashes changes places with the
 * one of its class where that helps most, and may not go back for a while (tabu search). The draws do not depend
 * on the seed of the school: this timetable was found once and is found again, whatever the people are called.
 *
 * @param steady the class whose week is found before all others, so that it is the same whatever they are
 * @throws when no such week was found
 */
export function timetableOf<C extends Course>(
  classes: ReadonlyMap<string, ClassCourses<C>>,
  steady: string | null = null,
): Map<string, Placed<C>[]> {
  const weeks = new Map([...classes].map(([name, of]) => [name, new Week(of)]))
  const first = steady === null ? undefined : weeks.get(steady)
  const busy: Busy = new Map()
  if (first !== undefined) {
    for (const lesson of first.lessons) occupy(busy, lesson, 1)
    settle([first], busy, drawsOf('timetable')(steady!))
    for (const lesson of first.lessons) lesson.fixed = true
  }
  const others = [...weeks.values()].filter((week) => week !== first)
  for (const week of others) for (const lesson of week.lessons) occupy(busy, lesson, 1)
  settle(others, busy, drawsOf('timetable')('small'))
  return new Map([...weeks].map(([name, { lessons }]) => [name, lessons.map((lesson) => ({ ...lesson }))]))
}

function settle<C extends Course>(weeks: ReadonlyArray<Week<C>>, busy: Busy, draws: Draws): void {
  for (let step = 0; step < STEPS; step++) {
    const troubled = weeks.flatMap((week) =>
      week.lessons.flatMap((lesson, at) =>
        !lesson.fixed && troubleOf(week, busy, lesson) > 0 ? [{ week, at }] : [],
      ),
    )
    if (troubled.length === 0) return
    const { week, at } = draws.pick(troubled)
    repair(week, at, busy, step, draws)
  }
  throw new Error(`no timetable without clashes after ${STEPS} steps`)
}

/** How many lessons each teacher has at each time: {@link place}. */
type Busy = Map<number, number>

interface Lesson<C extends Course> {
  readonly weekday: number
  readonly number: number
  course: C
  /** May not change places. */
  fixed: boolean
}

class Week<C extends Course> {
  readonly lessons: Lesson<C>[]
  /** Until which step a course may not return to a place. */
  readonly barred = new Map<string, number>()
  readonly #onDay = new Map<C, number[]>()

  constructor({ courses, grade, afternoon }: ClassCourses<C>) {
    const slots = slotsOf(
      courses.reduce((sum, { weekly }) => sum + weekly, 0),
      grade,
      afternoon ? LESSONS_OF_SHIFT : 0,
    )
    const fixed = new Map(
      courses.flatMap((course) => (course.places ?? []).map((at) => [`${at.weekday}/${at.number}`, course])),
    )
    // Long courses first, one lesson after another over the days.
    const dealt = courses
      .filter(({ places }) => places === undefined)
      .toSorted((a, b) => b.weekly - a.weekly)
      .flatMap((course) => Array.from({ length: course.weekly }, () => course))
      .values()
    this.lessons = slots.map((slot) => {
      const here = fixed.get(`${slot.weekday}/${slot.number}`)
      return { ...slot, course: here ?? dealt.next().value!, fixed: here !== undefined }
    })
    for (const { course, weekday } of this.lessons) this.count(course, weekday, 1)
  }

  /** How often a course stands on a day. */
  onDay(course: C, weekday: number): number {
    return this.#onDay.get(course)?.[weekday] ?? 0
  }

  count(course: C, weekday: number, by: 1 | -1): void {
    const days = this.#onDay.get(course) ?? Array.from({ length: DAYS + 1 }, () => 0)
    days[weekday]! += by
    this.#onDay.set(course, days)
  }
}

/** The places of a week of `hours` lessons: days as equal as can be, each beginning with lesson 1. */
function slotsOf(hours: number, grade: number, before: number): Array<{ weekday: number; number: number }> {
  const longer = new Set(Array.from({ length: hours % DAYS }, (_, i) => ((grade + 2 * i) % DAYS) + 1))
  const slots: Array<{ weekday: number; number: number }> = []
  for (let number = 1; number <= Math.ceil(hours / DAYS); number++) {
    for (let weekday = 1; weekday <= DAYS; weekday++) {
      if (number <= Math.floor(hours / DAYS) || longer.has(weekday))
        slots.push({ weekday, number: before + number })
    }
  }
  return slots
}

/** The last lesson of the morning and the first of the afternoon overlap. */
const timesOf = (number: number) => (number === LESSONS_OF_SHIFT ? [number, number + 1] : [number])

const place = (teacher: number, weekday: number, time: number) => (teacher * 8 + weekday) * 32 + time

function occupy(busy: Busy, { course, weekday, number }: Lesson<Course>, by: 1 | -1): void {
  for (const teacher of course.teachers) {
    for (const time of timesOf(number)) {
      const key = place(teacher, weekday, time)
      busy.set(key, (busy.get(key) ?? 0) + by)
    }
  }
}

/** What is wrong with a lesson where it stands. */
function troubleOf<C extends Course>(week: Week<C>, busy: Busy, lesson: Lesson<C>): number {
  let trouble = 0
  for (const teacher of lesson.course.teachers) {
    for (const time of timesOf(lesson.number))
      trouble += CLASH * ((busy.get(place(teacher, lesson.weekday, time)) ?? 0) - 1)
  }
  const often = week.onDay(lesson.course, lesson.weekday) - Math.ceil(lesson.course.weekly / DAYS)
  return trouble + Math.max(0, often)
}

/** Moves the lesson to the place of its week where it helps most, or hurts least. */
function repair<C extends Course>(week: Week<C>, at: number, busy: Busy, step: number, draws: Draws): void {
  const moving = week.lessons[at]!
  let best: Lesson<C>[] = []
  let least = Number.POSITIVE_INFINITY
  for (const other of week.lessons) {
    if (other.fixed || other.course === moving.course) continue
    if ((week.barred.get(barred(moving.course, other)) ?? -1) >= step) continue
    const before = troubleOf(week, busy, moving) + troubleOf(week, busy, other)
    exchange(week, busy, moving, other)
    const change = troubleOf(week, busy, moving) + troubleOf(week, busy, other) - before
    exchange(week, busy, moving, other)
    if (change < least) best = []
    least = Math.min(least, change)
    if (change === least) best.push(other)
  }
  if (best.length === 0) return
  const chosen = draws.pick(best)
  week.barred.set(barred(moving.course, moving), step + draws.between(8, 24))
  exchange(week, busy, moving, chosen)
}

const barred = (course: Course, { weekday, number }: Lesson<Course>) => `${course.key}/${weekday}/${number}`

function exchange<C extends Course>(week: Week<C>, busy: Busy, a: Lesson<C>, b: Lesson<C>): void {
  for (const lesson of [a, b]) {
    occupy(busy, lesson, -1)
    week.count(lesson.course, lesson.weekday, -1)
  }
  const { course } = a
  a.course = b.course
  b.course = course
  for (const lesson of [a, b]) {
    occupy(busy, lesson, 1)
    week.count(lesson.course, lesson.weekday, 1)
  }
}
