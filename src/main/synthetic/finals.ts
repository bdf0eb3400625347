import { weightedAverage } from '#values/forecast.ts'
import type { MarkValue } from '#values/grading.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Pupil } from './people.ts'
import type { Journal } from './parts.ts'
import type { School } from './school.ts'

interface Standing {
  value: MarkValue
  readonly weight: number
}

const WEIGHTS = new Map<string, number>(STARTING_POLICY.kindsOfWork.map(({ kind, weight }) => [kind, weight]))
const NOT_ATTESTED = 'н/а'
const NO_MARKS = 'безотм'

/** What the marks of a period come to, as the teacher sees them when the finals are set (DOMAIN.md G.6). */
export class FinalsBook {
  readonly #school: School
  /** By page and pupil, and there by entry. */
  readonly #marks = new Map<string, Map<Uuid, Standing>>()
  readonly #entries = new Map<Uuid, Standing>()
  readonly #held = new Map<string, { lessons: number; missed: number }>()
  /** The finals of the periods of a subject, whichever group the pupil was in. */
  readonly #finals = new Map<string, MarkValue[]>()

  constructor(school: School) {
    this.#school = school
  }

  lessonHeld(page: Uuid, pupil: Pupil, missed: boolean): void {
    const key = `${page} ${pupil.id}`
    const so = this.#held.get(key) ?? { lessons: 0, missed: 0 }
    this.#held.set(key, { lessons: so.lessons + 1, missed: so.missed + (missed ? 1 : 0) })
  }

  marked(page: Uuid, pupil: Pupil, entry: Uuid, value: MarkValue, kind: string): void {
    const key = `${page} ${pupil.id}`
    const mark = { value, weight: WEIGHTS.get(kind) ?? 1 }
    this.#entries.set(entry, mark)
    this.#marks.set(key, (this.#marks.get(key) ?? new Map<Uuid, Standing>()).set(entry, mark))
  }

  corrected(entry: Uuid, value: MarkValue): void {
    const mark = this.#entries.get(entry)
    if (mark !== undefined) mark.value = value
  }

  /** The final of a pupil on a page: by the average, with few twos left, and «н/а» for who was not there. */
  finalOf(journal: Journal, page: Uuid, pupil: Pupil): MarkValue {
    const value = this.#valueOf(journal, page, pupil)
    const key = subjectKey(journal, pupil)
    this.#finals.set(key, [...(this.#finals.get(key) ?? []), value])
    return value
  }

  /** The mark of the year: the mean of the finals of its periods, rounded half up (C.4). */
  yearOf(journal: Journal, pupil: Pupil): MarkValue {
    if (!journal.graded) return NO_MARKS
    const finals = this.#finals.get(subjectKey(journal, pupil)) ?? []
    const points = finals.flatMap((value) => (typeof value === 'number' ? [{ value, weight: 1 }] : []))
    return weightedAverage(points)?.rounded ?? NOT_ATTESTED
  }

  #valueOf(journal: Journal, page: Uuid, pupil: Pupil): MarkValue {
    if (!journal.graded) return NO_MARKS
    const key = `${page} ${pupil.id}`
    const marks = [...(this.#marks.get(key)?.values() ?? [])].flatMap(({ value, weight }) =>
      typeof value === 'number' ? [{ value, weight }] : [],
    )
    const average = weightedAverage(marks)
    const { lessons, missed } = this.#held.get(key) ?? { lessons: 0, missed: 0 }
    if (average === null || 2 * missed > lessons) return NOT_ATTESTED
    // Who would have a two makes up for it in time, mostly.
    const madeUp = this.#school.drawsAt(`${page}/final/${pupil.path}`).chance(0.9)
    return average.rounded === 2 && madeUp ? 3 : average.rounded
  }
}

function subjectKey({ class: of, subject }: Journal, pupil: Pupil): string {
  return `${of.name} ${subject.key} ${pupil.id}`
}
