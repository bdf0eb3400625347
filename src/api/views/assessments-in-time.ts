import { type AssessmentTimes, assessmentTimes, type WorkTimes } from '#projections/class-journal/queries.ts'
import { holds, journals, units } from '#projections/school-directory/queries.ts'
import { dueOf } from '#values/outage.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Asked } from './view.ts'

/** A column of marks, with what an outage excuses of it. */
export interface ExpectedWork extends Pick<WorkTimes, 'work' | 'kind' | 'due_at' | 'marks' | 'on_time'> {
  /** How many of its marks came late by a registered outage. */
  readonly excused: number
}

/** The column of an assessment outside the lessons (R-F15), with whoever answers for it. */
export interface ExpectedAssessment {
  readonly journal: Uuid
  readonly name: string | null
  /** Whose pupils learn in the journal. */
  readonly classes: readonly Uuid[]
  /** The teachers of the journal on its day, by the load. */
  readonly responsible: readonly Uuid[]
  readonly work: ExpectedWork
}

interface Bounds {
  readonly year: number
  readonly from: LocalDate
  readonly until: LocalDate
  /** Null is every journal. */
  readonly journals: ReadonlySet<Uuid> | null
  /** Without it, every class. */
  readonly classes: ReadonlySet<Uuid> | undefined
  readonly pilot: (of: Uuid, date: LocalDate) => boolean
  readonly excuses: (date: LocalDate, dueAt: Instant, at: Instant) => boolean
}

/**
 * The assessments between two dates that have a column. One whose receipts name nobody waits for its results, and so do
 * its marks.
 */
export async function assessmentsInTime(
  { school, parts: { database } }: Asked<unknown>,
  bounds: Bounds,
): Promise<ExpectedAssessment[]> {
  const found = await assessmentTimes(database, school, bounds.from, bounds.until)
  if (found.length === 0) return []
  const known = new Map((await journals(database, school, bounds.year)).map((one) => [one.journal, one]))
  const groups = new Map(
    (await units(database, school, bounds.year)).map(({ unit, classes }) => [unit, classes]),
  )
  const classesOf = (unit: Uuid): readonly Uuid[] => (groups.get(unit)?.length ? groups.get(unit)! : [unit])
  const isCounted = ({ journal, date, marks, awaited }: AssessmentTimes): boolean => {
    const unit = known.get(journal)?.unit
    if (unit === undefined || bounds.journals?.has(journal) === false || (awaited && marks === 0))
      return false
    return classesOf(unit).some((id) => (bounds.classes?.has(id) ?? true) && !bounds.pilot(id, date))
  }
  return found.filter(isCounted).map((one) => {
    const { journal, date, late, awaited: _awaited, ...times } = one
    const { name, teachers, unit } = known.get(journal)!
    const excused = late.filter(({ at, by }) => bounds.excuses(date, dueOf(at, by), at)).length
    return {
      journal,
      name,
      classes: classesOf(unit),
      responsible: teachers.filter((teacher) => holds([teacher], date)).map(({ staff }) => staff),
      work: { ...times, excused },
    }
  })
}
