import { addDays, type LocalDate, mondayOf } from '#values/time.ts'
import { LATE_WEEK, LESSONS_OF_SHIFT } from './calendar.ts'
import { classesOfJournal } from './journals.ts'
import { inOrder, type PlannedLesson, plannedLessons } from './lessons.ts'
import { plansOf } from './plan.ts'
import { STEADY_CLASS } from './presets.ts'
import type { Journal, SchoolClass, Teacher } from './parts.ts'
import type { School } from './school.ts'

/** A lesson as it is held, after all that departs from the timetable. */
export interface HeldLesson extends PlannedLesson {
  readonly giver: Teacher
  /** What a substitute did instead of the topic of the plan. */
  readonly offPlan: string | null
}

interface Order {
  readonly number: string
  readonly date: LocalDate
}

/** What the deputy orders for one lesson. */
export type Departure =
  | {
      readonly kind: 'substitution'
      readonly lesson: PlannedLesson
      readonly giver: Teacher
      readonly order: Order
    }
  | {
      readonly kind: 'combination'
      readonly lesson: PlannedLesson
      readonly with: PlannedLesson
      readonly giver: Teacher
      readonly order: Order
    }
  | {
      readonly kind: 'transfer'
      readonly lesson: PlannedLesson
      readonly to: { readonly date: LocalDate; readonly number: number }
    }
  | { readonly kind: 'frost'; readonly classes: readonly SchoolClass[] }
  | { readonly kind: 'test'; readonly journal: Journal; readonly index: number; readonly to: LocalDate }

export interface Year {
  /** The lessons that are held, in order of day, number and journal. */
  readonly lessons: readonly HeldLesson[]
  /** The departures, by the day on which they are ordered. */
  readonly departures: ReadonlyMap<LocalDate, readonly Departure[]>
  /** The lesson of a colleague of another subject who left the plan (DOMAIN.md G.9, episode 7). */
  readonly offPlan: HeldLesson | null
}

const years = new WeakMap<School, Year>()

/** What becomes of the timetable: illnesses of teachers, lessons that move, days of frost (DOMAIN.md G.7). */
export function yearOf(school: School): Year {
  const known = years.get(school)
  const year = known ?? new Departing(school).year()
  if (known === undefined) years.set(school, year)
  return year
}

const OFF_PLAN = 'Викторина «Наука вокруг нас»'
/** How often the last lesson of a class is moved to another day, so that it comes to a hundredth of all lessons. */
const MOVED = 0.12

class Departing {
  readonly #school: School
  readonly #lessons: readonly PlannedLesson[]
  readonly #isWritten: (lesson: PlannedLesson) => boolean
  readonly #held = new Map<PlannedLesson, HeldLesson>()
  readonly #departures = new Map<LocalDate, Departure[]>()
  /** Who has something at a time, be it moved away meanwhile. */
  readonly #busy = new Set<string>()
  readonly #ill = new Map<LocalDate, Map<Teacher, Order>>()
  /** The lessons that stand in an order already. */
  readonly #ordered = new Set<PlannedLesson>()
  readonly #taught = new Map<Teacher, Set<string>>()
  #offPlan: HeldLesson | null = null

  constructor(school: School) {
    this.#school = school
    this.#lessons = plannedLessons(school)
    const plan = plansOf(this.#lessons)
    this.#isWritten = (lesson) => plan(lesson).written !== null
    for (const lesson of this.#lessons) {
      this.#held.set(lesson, { ...lesson, giver: lesson.journal.teacher, offPlan: null })
      this.#take(lesson.journal.teacher, lesson.date, lesson.number)
    }
    for (const { teacher, subject } of school.journals)
      this.#taught.set(teacher, (this.#taught.get(teacher) ?? new Set()).add(subject.key))
  }

  year(): Year {
    this.#freeze()
    this.#fallIll()
    const byDay = Map.groupBy(this.#lessons, ({ date }) => date)
    for (const [date, lessons] of byDay) this.#substitute(date, lessons)
    for (const of of this.#school.classes) this.#move(of, byDay)
    const lessons = inOrder([...this.#held.values()])
    return { lessons, departures: this.#departures, offPlan: this.#offPlan }
  }

  #order(date: LocalDate, departure: Departure): void {
    const of = this.#departures.get(date) ?? []
    of.push(departure)
    this.#departures.set(date, of)
  }

  /** Two to four days of January: grades 1 to 4 stay at home, and on the last of them everybody. */
  #freeze(): void {
    const { calendar, drawsAt, classes } = this.#school
    const draws = drawsAt('frost')
    const winter = calendar.moved('2026-01-13')
    const days = calendar.daysOf(5).filter((date) => winter <= date)
    const first = draws.between(0, 7)
    const frost = days.slice(first, first + draws.between(2, 4))
    for (const [i, date] of frost.entries()) {
      const home = classes.filter(
        ({ grade }) => (grade < 5 || i === frost.length - 1) && calendar.daysOf(grade).includes(date),
      )
      if (home.length === 0) continue
      this.#order(date, { kind: 'frost', classes: home })
      const cancelled = this.#lessons.filter(
        (lesson) => lesson.date === date && classesOfJournal(lesson.journal).every((of) => home.includes(of)),
      )
      for (const lesson of cancelled) {
        this.#held.delete(lesson)
        this.#ordered.add(lesson)
      }
      for (const lesson of cancelled) if (this.#isWritten(lesson)) this.#writeLater(lesson, date)
    }
  }

  /** A work that everybody writes takes the place of the next ordinary lesson of its journal. */
  #writeLater(lesson: PlannedLesson, today: LocalDate): void {
    const { journal, index, date } = lesson
    const next = this.#lessons.find(
      (one) =>
        one.journal === journal &&
        one.date > date &&
        this.#held.get(one)?.index === one.index &&
        !this.#isWritten(one),
    )
    if (next === undefined) return
    this.#held.set(next, { ...this.#held.get(next)!, index })
    this.#ordered.add(next)
    this.#order(today, { kind: 'test', journal, index, to: next.date })
  }

  /** Everybody is ill once in the year, for 3 to 10 school days; who plays a part in an episode is well then. */
  #fallIll(): void {
    const { calendar, teachers, demoTeacher, lateTeacher, breached, drawsAt } = this.#school
    const days = calendar.daysOf(5)
    const late = addDays(mondayOf(calendar.quarters[0]!.from), 7 * LATE_WEEK)
    for (const [i, teacher] of teachers.entries()) {
      if (teacher === demoTeacher) continue
      const draws = drawsAt(`teacher/${teacher.post.number}/illness`)
      const from = draws.between(5, days.length - 16)
      const away = days.slice(from, from + draws.between(3, 10))
      if (teacher === lateTeacher && away.some((date) => late <= date && date <= addDays(late, 5))) continue
      const ofBreach = teacher === breached?.journal.teacher ? breached.monday : null
      if (ofBreach !== null && away.some((date) => ofBreach <= date && date <= addDays(ofBreach, 4))) continue
      const order = { number: `${i + 1}-з`, date: away[0]! }
      for (const date of away)
        this.#ill.set(date, (this.#ill.get(date) ?? new Map<Teacher, Order>()).set(teacher, order))
    }
  }

  #substitute(date: LocalDate, lessons: readonly PlannedLesson[]): void {
    const ill = this.#ill.get(date)
    if (ill === undefined) return
    for (const lesson of lessons) {
      const order = ill.get(lesson.journal.teacher)
      if (order === undefined || this.#ordered.has(lesson)) continue
      const giver = this.#freeColleague(lesson, ill)
      const other = giver === null ? this.#neighbour(lesson, lessons, ill) : null
      if (giver !== null) {
        this.#take(giver, date, lesson.number)
        this.#give(lesson, giver)
        this.#order(date, { kind: 'substitution', lesson, giver, order })
      } else if (other !== null) {
        // Nobody is free: a colleague gives both classes their lessons in one room.
        this.#ordered.add(other)
        this.#give(lesson, other.journal.teacher)
        this.#order(date, { kind: 'combination', lesson, with: other, giver: other.journal.teacher, order })
      }
    }
  }

  #give(lesson: PlannedLesson, giver: Teacher): void {
    this.#ordered.add(lesson)
    const { journal } = lesson
    const stranger = !this.#taught.get(giver)!.has(journal.subject.key)
    const late = lesson.date > this.#school.calendar.moved('2025-10-06')
    const leaves =
      this.#offPlan === null &&
      stranger &&
      late &&
      journal.graded &&
      journal.class.grade > 4 &&
      !this.#isWritten(lesson)
    const held = { ...this.#held.get(lesson)!, giver, offPlan: leaves ? OFF_PLAN : null }
    this.#held.set(lesson, held)
    if (leaves) this.#offPlan = held
  }

  /** Rather somebody of the same subject, then somebody who knows the class. */
  #freeColleague({ journal, date, number }: PlannedLesson, ill: ReadonlyMap<Teacher, Order>): Teacher | null {
    const { teachers, drawsAt, demoTeacher, lateTeacher, journals } = this.#school
    const free = teachers.filter(
      (one) =>
        one !== demoTeacher &&
        one !== lateTeacher &&
        !ill.has(one) &&
        !timesOf(number).some((time) => this.#busy.has(busyAt(one, date, time))),
    )
    if (free.length === 0) return null
    const same = free.filter((one) => this.#taught.get(one)?.has(journal.subject.key))
    const knows = free.filter((one) =>
      journals.some(({ teacher, class: of }) => teacher === one && of === journal.class),
    )
    const rather = [same, knows, free].find((some) => some.length > 0)!
    return drawsAt(`${journal.path}/lesson/${date}#${number}/substitute`).pick(rather)
  }

  #neighbour(
    lesson: PlannedLesson,
    lessons: readonly PlannedLesson[],
    ill: ReadonlyMap<Teacher, Order>,
  ): PlannedLesson | null {
    const { demoTeacher, lateTeacher } = this.#school
    const far = ({ journal }: PlannedLesson) => Math.abs(journal.class.grade - lesson.journal.class.grade)
    const others = lessons.filter((one) => {
      const { teacher, group } = one.journal
      const fit = one.number === lesson.number && group === null && !this.#ordered.has(one)
      return fit && teacher !== demoTeacher && teacher !== lateTeacher && !ill.has(teacher)
    })
    return others.toSorted((a, b) => far(a) - far(b))[0] ?? null
  }

  /** Some last lessons of a day move to the end of another day, so that no class has an hour of nothing. */
  #move(of: SchoolClass, byDay: ReadonlyMap<LocalDate, readonly PlannedLesson[]>): void {
    const { calendar, shape, drawsAt, demoTeacher, lateTeacher } = this.#school
    if (of.name === STEADY_CLASS && !shape.village) return
    const days = calendar.daysOf(of.grade)
    const ofDay = (date: LocalDate) =>
      (byDay.get(date) ?? []).filter(({ journal }) => classesOfJournal(journal).includes(of))
    const numbers = new Map<LocalDate, number>()
    const lastNumber = (date: LocalDate) =>
      numbers.get(date) ?? Math.max(0, ...ofDay(date).map(({ number }) => number))
    const most = (shape.secondShift.includes(of.grade) ? 2 : 1) * LESSONS_OF_SHIFT
    for (const [i, date] of days.entries()) {
      if (i < 5 || !drawsAt(`class/${of.name}/${date}/transfer`).chance(MOVED)) continue
      const today = ofDay(date).filter(({ journal }) => journal.type === 'lesson')
      const lastLesson = Math.max(0, ...today.map(({ number }) => number))
      const last = today.filter(({ number }) => number === lastLesson)
      const [lesson] = last
      if (lesson === undefined || last.length > 1 || numbers.has(date)) continue
      const { teacher, group, class: own } = lesson.journal
      if (group !== null || own !== of || this.#ordered.has(lesson) || this.#isWritten(lesson)) continue
      if (teacher === demoTeacher || teacher === lateTeacher) continue
      const period = calendar.periodsOf(of.grade).find(({ from, until }) => from <= date && date <= until)!
      const home = days.slice(i + 1, i + 9).find((other) => {
        const number = lastNumber(other) + 1
        const fits = other < period.until && number <= most && !this.#ill.get(other)?.has(teacher)
        const held = ofDay(other).every((one) => this.#held.has(one))
        return fits && held && !timesOf(number).some((time) => this.#busy.has(busyAt(teacher, other, time)))
      })
      if (home === undefined) continue
      const to = { date: home, number: lastNumber(home) + 1 }
      this.#take(teacher, to.date, to.number)
      numbers.set(home, to.number)
      numbers.set(date, lastNumber(date))
      this.#ordered.add(lesson)
      this.#held.set(lesson, { ...this.#held.get(lesson)!, ...to })
      this.#order(days[i - 1]!, { kind: 'transfer', lesson, to })
    }
  }

  #take(teacher: Teacher, date: LocalDate, number: number): void {
    for (const time of timesOf(number)) this.#busy.add(busyAt(teacher, date, time))
  }
}

const busyAt = ({ post }: Teacher, date: LocalDate, time: number) => `${post.number} ${date}/${time}`

/** The last lessons of the morning and the first ones of the afternoon overlap. */
function timesOf(number: number): number[] {
  return number === LESSONS_OF_SHIFT || number === LESSONS_OF_SHIFT + 1 ? [number, number + 1] : [number]
}
