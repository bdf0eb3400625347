import { KindId } from '#values/policy.ts'
import type { Draws } from './draws.ts'
import { byCodePoint, type Pupil } from './people.ts'
import type { PlannedTopic } from './plan.ts'
import type { PlannedLesson } from './lessons.ts'
import type { School } from './school.ts'
import { hoursOf } from './subjects.ts'

export interface Mark {
  readonly pupil: Pupil
  readonly value: number | 'Д'
  /** For what becomes of the mark later. */
  readonly draws: Draws
}

/** The marks of one lesson for one kind of work. */
export interface Column {
  readonly kind: KindId
  /** Everybody wrote it, and the teacher takes it home. */
  readonly written: boolean
  readonly marks: readonly Mark[]
}

interface Expectation {
  /** Marks by the end of the period. */
  readonly target: number
  /** What was not expected of the pupil because the pupil was not there yet. */
  readonly before: number
  given: number
}

const TEST = KindId.parse('test')
/** At most so many are asked in one lesson, and twice as many in the last ones of a period, where marks are wanting. */
const ASKED = 6
/** Marks per pupil and quarter by weekly hours: 1, 2, 3, and 4 or more (DOMAIN.md C.5). */
const NORMS = [3, 5, 7, 9]

/** Who is marked in which lesson, and how well they did (DOMAIN.md G.6). */
export class Gradebook {
  readonly #school: School
  readonly #expected = new Map<string, Expectation>()
  readonly #strengths = new Map<string, number>()

  constructor(school: School) {
    this.#school = school
  }

  /** The marks of a lesson. Lessons of a journal must be asked for in their order, each once. */
  columnsOf(
    lesson: PlannedLesson,
    { written }: PlannedTopic,
    path: string,
    members: readonly Pupil[],
    present: readonly Pupil[],
  ): Column[] {
    if (!lesson.journal.graded) return []
    const need = new Map(members.map((pupil) => [pupil, this.#need(lesson, pupil)]))
    if (written !== null) return this.#column(lesson, written, true, path, present)

    const lacking = present
      .filter((pupil) => need.get(pupil)! >= 0.5)
      .toSorted((a, b) => need.get(b)! - need.get(a)! || byCodePoint(a.path, b.path))
    const lastChance = lesson.indexInPeriod >= lesson.ofPeriod - 2
    const worthAsking = lacking.length >= 2 || lastChance || need.get(lacking[0]!)! >= 1
    if (lacking.length === 0 || !worthAsking) return []
    const draws = this.#school.drawsAt(`${path}/asked`)
    const { oral } = lesson.journal.subject
    const kind = draws.chance(0.6) ? oral[0]! : draws.pick(oral)
    return this.#column(lesson, kind, false, path, lacking.slice(0, lastChance ? 2 * ASKED : ASKED))
  }

  /** How many marks a pupil lacks by now, if they come evenly over the period. */
  #need(lesson: PlannedLesson, pupil: Pupil): number {
    const { journal, period, indexInPeriod, ofPeriod } = lesson
    const key = `${journal.path}/${period}/${pupil.path}`
    const known = this.#expected.get(key)
    const expected = known ?? this.#expectation(lesson, key)
    if (known === undefined) this.#expected.set(key, expected)
    return (expected.target * (indexInPeriod + 1)) / ofPeriod - expected.before - expected.given
  }

  #expectation({ journal, date, period, indexInPeriod, ofPeriod }: PlannedLesson, key: string): Expectation {
    const weekly = hoursOf(journal.subject, journal.class)[this.#school.calendar.halfOf(date)]
    const norm = NORMS[Math.min(weekly, NORMS.length) - 1]!
    const draws = this.#school.drawsAt(`${key}/marks`)
    // The norm is the mean, not the least: only so do the marks of a year agree with DOMAIN.md F.2.
    const quarters = period.startsWith('h') ? 2 : 1
    const target = Array.from({ length: quarters }, () => norm - 1 + draws.poisson()).reduce((a, b) => a + b)
    return { target, before: (target * indexInPeriod) / ofPeriod, given: 0 }
  }

  #column(
    lesson: PlannedLesson,
    kind: KindId,
    written: boolean,
    path: string,
    pupils: readonly Pupil[],
  ): Column[] {
    if (pupils.length === 0) return []
    const marks = pupils.map((pupil): Mark => {
      this.#expected.get(`${lesson.journal.path}/${lesson.period}/${pupil.path}`)!.given += 1
      const draws = this.#school.drawsAt(`${path}/mark/${pupil.path}`)
      const owed = draws.chance(0.01)
      const value = this.#value(lesson, kind, pupil, draws)
      return { pupil, value: owed ? 'Д' : value, draws }
    })
    return [{ kind, written, marks }]
  }

  #value({ journal }: PlannedLesson, kind: KindId, pupil: Pupil, draws: Draws): number {
    const strength =
      this.#strength(`${pupil.path}/ability`, 0.75) +
      this.#strength(`${journal.path}/ease`, 0.25) +
      this.#strength(`${pupil.path}/subject/${journal.subject.key}`, 0.35)
    const test = kind === TEST
    const shown = strength + draws.normal(test ? 0.6 : 0.75) - (test ? 0.1 : 0)
    return 2 + [-1.75, -0.45, 0.62].filter((threshold) => shown >= threshold).length
  }

  #strength(path: string, deviation: number): number {
    const known = this.#strengths.get(path)
    const strength = known ?? this.#school.drawsAt(path).normal(deviation)
    if (known === undefined) this.#strengths.set(path, strength)
    return strength
  }
}
