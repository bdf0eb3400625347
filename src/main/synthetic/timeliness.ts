import { addDays, instantAt, type LocalDate, mondayOf, weekday } from '#values/time.ts'
import { LATE_WEEK, minutesOf, ZONE } from './calendar.ts'
import type { HeldLesson } from './departures.ts'
import type { Draws } from './draws.ts'
import type { PlannedLesson } from './lessons.ts'
import type { School } from './school.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
/** Minutes after the classes within which homework is due (R-2.7b). */
const HOMEWORK = 90
/** By so many minutes the second shift comes to its end later than the first. */
const AFTERNOON = 300

/** When people enter what they enter, in milliseconds since 1970 (DOMAIN.md G.8). */
export class Timeliness {
  readonly #school: School
  readonly #midnights = new Map<LocalDate, number>()

  constructor(school: School) {
    this.#school = school
  }

  /** The moment at which the school's clock has run so many minutes on a date. */
  at(date: LocalDate, minutes: number): number {
    const known = this.#midnights.get(date)
    const midnight = known ?? Date.parse(instantAt(date, '00:00', ZONE))
    if (known === undefined) this.#midnights.set(date, midnight)
    return midnight + Math.round(minutes * MINUTE)
  }

  /** When a lesson is entered, with its attendance and the marks given in it. */
  lessonEntered(lesson: HeldLesson, draws: Draws): number {
    const { date, giver } = lesson
    const end = this.#endOf(lesson)
    if (giver === this.#school.lateTeacher && mondayOf(date) === this.#lateWeek()) {
      // Lesson after lesson, as they lie in the notebook.
      return this.at(
        addDays(mondayOf(date), 5),
        10 * 60 + weekday(date) * 30 + lesson.number * 4 + draws.unit(),
      )
    }
    if (!draws.chance(0.8 + 0.19 * giver.discipline)) {
      const days = draws.chance(0.7) ? 1 : draws.between(2, 7)
      return this.at(addDays(date, days), 14 * 60 + draws.unit() * 180)
    }
    const when = draws.unit()
    if (when < 0.6) return this.at(date, end - 8 + draws.unit() * 18)
    if (when < 0.9) return this.at(date, end + 10 + draws.unit() * Math.max(30, 16 * 60 - end - 10))
    return this.at(date, Math.max(end, 19 * 60) + draws.unit() * (23 * 60 - Math.max(end, 19 * 60)))
  }

  /** When the work that the teacher took home is marked: within the week mostly. */
  worksMarked({ date }: PlannedLesson, entered: number, draws: Draws): number {
    const days = draws.chance(0.05) ? draws.between(8, 12) : draws.between(1, 6)
    return Math.max(entered + 2 * MINUTE, this.at(addDays(date, days), 14 * 60 + draws.unit() * 420))
  }

  /**
   * When finals are set on a page (DOMAIN.md G.8): in the afternoon of the last day, a few only after it; and when the
   * page is closed, by the teacher or, where that one is idle, by the deputy on the next day.
   */
  finalsSet(lastDay: LocalDate, grade: number, draws: Draws): { set: number; closed: number; idle: boolean } {
    const late = draws.chance(0.03)
    const set = late
      ? this.at(addDays(lastDay, draws.between(1, 2)), 10 * 60 + draws.unit() * 120)
      : this.at(lastDay, 16 * 60 + this.#later(grade) + draws.unit() * (this.#later(grade) > 0 ? 90 : 180))
    const idle = draws.chance(0.04)
    const closed = idle
      ? this.at(addDays(lastDay, 3), 12 * 60 + draws.unit() * 120)
      : set + draws.between(5, 60) * MINUTE
    return { set, closed, idle }
  }

  /** By then everything of a period is entered, so that finals can be set. */
  lastEntry(lastDay: LocalDate, grade: number, minutesAfterThree: number): number {
    return this.at(lastDay, 15 * 60 + this.#later(grade) + minutesAfterThree)
  }

  #later(grade: number): number {
    return this.#school.shape.secondShift.includes(grade) ? AFTERNOON : 0
  }

  /** When homework is set: within 90 minutes after the last lesson of the class, or in the evening or the next day. */
  homeworkSet(lesson: HeldLesson, lastNumber: number, entered: number, draws: Draws): number {
    const { date, giver } = lesson
    const end = this.#endOf(lesson)
    const due = this.#endOf({ ...lesson, number: lastNumber }) + HOMEWORK
    const inTime = draws.chance(0.75 + 0.2 * giver.discipline)
    const evening = draws.chance(0.7)
    const share = draws.unit()
    const planned = inTime
      ? this.at(date, end - 5 + share * (due - end))
      : evening
        ? this.at(date, 19 * 60 + share * 240)
        : this.at(addDays(date, 1), 14 * 60 + share * 180)
    return Math.max(entered + MINUTE, planned)
  }

  /** When a mark of `recorded` is corrected, and why. */
  corrected(recorded: number, draws: Draws): { at: number; reason: string } {
    const when = draws.unit()
    const share = draws.unit()
    if (when < 0.55)
      return { at: recorded + 20 * SECOND + Math.round(share * 9 * MINUTE), reason: 'typing-error' }
    const hour = 60 * MINUTE
    if (when < 0.8) return { at: recorded + 12 * MINUTE + Math.round(share * hour), reason: 'typing-error' }
    const day = 24 * hour
    if (when < 0.95) return { at: recorded + draws.between(1, 6) * day, reason: 'paper-reconciliation' }
    return { at: recorded + draws.between(8, 20) * day, reason: draws.pick(['retaken', 'appeal']) }
  }

  #lateWeek(): LocalDate {
    return addDays(mondayOf(this.#school.calendar.quarters[0]!.from), 7 * LATE_WEEK)
  }

  /** Minutes after midnight at which a lesson ends by the bells in force. */
  #endOf({ date, number, journal }: PlannedLesson): number {
    const inForce = this.#school.calendar.bells.findLast(
      ({ effectiveFrom, grades }) => effectiveFrom <= date && grades.includes(journal.class.grade),
    )
    const bell = inForce?.bells.find((bell) => bell.number === number)
    if (bell === undefined) throw new Error(`no bell for lesson ${number} of ${journal.name}`)
    return minutesOf(bell.until)
  }
}
