import { INTERNAL_CONTROL, type KindOfWork, type Policy } from '#values/policy.ts'
import { schoolYearOf } from '#values/school.ts'
import { type Instant, type LocalDate, plusMinutes } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { learningOf } from '../roster/state.ts'
import { periodOf, WHOLE_YEAR } from '../school-year/state.ts'
import { journalOf, policyFor, todayOf } from './ground.ts'
import type { AssessmentState } from './state.ts'

type Ground = Parameters<typeof todayOf>[0]

/** Within which results must be available to pupils and parents. */
const RESULTS_MINUTES = 24 * 60

/** Results that came to the school are for everybody within 24 hours, whatever their kind of work allows. */
export function resultsDue(receivedAt: Instant): Instant {
  return plusMinutes(receivedAt, RESULTS_MINUTES)
}

/** The receipt of the results of a pupil, where there is one. */
export function receiptOf({ receipts }: AssessmentState, pupil: Uuid) {
  return [...receipts.values()].find(({ pupils }) => pupils.includes(pupil))
}

/** Refuses pupils whose results came at another time. */
export function receivedAlready(
  { receipts }: AssessmentState,
  receivedAt: Instant,
  pupils: readonly Uuid[],
): Refusal | null {
  for (const [other, receipt] of receipts) {
    const twice = other === receivedAt ? [] : pupils.filter((pupil) => receipt.pupils.includes(pupil))
    if (twice.length > 0) return refuse('assessment-results-received', { pupils: twice, receivedAt: other })
  }
  return null
}

/** Whether two lists name the same pupils, in whatever order. */
export function areSame(some: readonly Uuid[], others: readonly Uuid[]): boolean {
  return some.length === others.length && others.every((pupil) => some.includes(pupil))
}

interface NamedAssessment {
  readonly assessment: Uuid
  readonly date: LocalDate
  readonly kind: string
  readonly name: string
}

/** Whether an assessment may stand on a page, with the rules of the school for its kind of work. */
export function assessmentGround(
  given: Ground,
  { assessment, date, kind, name }: NamedAssessment,
): { readonly policy: Policy; readonly known: KindOfWork } | Refusal {
  const misplaced = checkDate(given, date)
  if (misplaced !== null) return misplaced
  const policy = policyFor(given, date)
  if (isRefusal(policy)) return policy
  const known = policy.kindsOfWork.find((of) => of.kind === kind)
  if (known === undefined) return refuse('kind-of-work-unknown', { kind, kinds: policy.kindsOfWork })
  // The schedule has tests of internal control for lessons alone (R-7A.11).
  if (kind === INTERNAL_CONTROL)
    return refuse('test-not-planned', { journal: given.state.page!.journal, date })
  const same = [...given.state.assessments].find(
    ([id, of]) => id === assessment || (of.date === date && of.kind === kind && of.name === name),
  )
  return same === undefined ? { policy, known } : refuse('assessment-exists', { assessment: same[0] })
}

/** The date lies in the period of the page, on the page of the year in the school year with its summer; and it has come. */
function checkDate(given: Ground, date: LocalDate): Refusal | null {
  const { year, period } = given.state.page!
  if (date > todayOf(given)) return refuse('assessment-in-future', { date, today: todayOf(given) })
  const bounds = periodOf(
    given.references.schoolYear,
    period,
    learningOf(given.references.roster, journalOf(given).learners),
  )
  const inside =
    period === WHOLE_YEAR
      ? schoolYearOf(date) === year
      : bounds !== undefined && bounds.from <= date && date <= bounds.until
  return inside
    ? null
    : refuse('date-outside-period', { date, period, from: bounds?.from, until: bounds?.until })
}
