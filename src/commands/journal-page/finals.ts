import type { FinalKind } from '#events/journal-page.ts'
import { gradesLearning } from '#values/calendar-for.ts'
import { type Policy, rulesOfType } from '#values/policy.ts'
import { addDays, endOfDay, type Instant, instantAt, type LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Given } from '../command.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { creditKey, isAttestedByProtocol, isMember, membershipsOf } from '../roster/state.ts'
import { lastSchoolDay, spanOfPage, WHOLE_YEAR } from '../school-year/state.ts'
import { journalOf, learningOfPage, type PAGE_NEEDS, policyFor, zoneOf } from './ground.ts'
import type { JournalPageState } from './state.ts'

type OnPage = Given<unknown, JournalPageState, (typeof PAGE_NEEDS)[number]>

/** Days before the last school day in which finals are set: with it, the last week of the period. */
const WEEK_BEFORE = 6

export interface PeriodEnd {
  readonly from: LocalDate
  readonly until: LocalDate
  /** The last day of the period on which those who learn here have lessons. */
  readonly lastDay: LocalDate
  /** The window of. */
  readonly opensAt: Instant
  readonly dueAt: Instant
}

/** How the period of the page ends, by the calendar of those who learn here. */
export function periodEndOf(given: OnPage): PeriodEnd | Refusal {
  const { schoolYear } = given.references
  const period = given.state.page?.period
  const learning = learningOfPage(given)
  const span = period === undefined ? undefined : spanOfPage(schoolYear, period, learning)
  if (span === undefined) return refuse('period-unknown', { period, grades: gradesLearning(learning) })
  const lastDay = lastSchoolDay(schoolYear, span, learning)
  const zone = zoneOf(given)
  return {
    from: span.from,
    until: span.until,
    lastDay,
    opensAt: instantAt(addDays(lastDay, -WEEK_BEFORE), '00:00', zone),
    dueAt: endOfDay(lastDay, zone),
  }
}

/** The end of the period with the rules that govern its last day. */
export function endAndPolicy(given: OnPage): { end: PeriodEnd; policy: Policy } | Refusal {
  const end = periodEndOf(given)
  if (isRefusal(end)) return end
  const policy = policyFor(given, end.lastDay)
  return isRefusal(policy) ? policy : { end, policy }
}

/** Which finals the page holds; the first is the one that every pupil must have (R-2.8a). */
export function kindsOfPage({ state }: OnPage): readonly [FinalKind, ...FinalKind[]] {
  return state.page?.period === WHOLE_YEAR ? ['year', 'exam', 'final'] : ['period']
}

/** Refuses a final of a kind that the page does not hold; no kind is the first of them. */
export function kindHere(given: OnPage, kind: FinalKind | undefined): FinalKind | Refusal {
  const kinds = kindsOfPage(given)
  if (kind === undefined) return kinds[0]
  return kinds.includes(kind) ? kind : refuse('final-kind-not-here', { kind, kinds })
}

/**
 * Who must have a final before the page can be closed: those who learn here on the last day, but those who are attested by
 * protocols (R-F16) and those who came with the final of this period from elsewhere. A club and the like that gives no
 * marks gives no finals either.
 */
export function finalsExpectedOf(given: OnPage, lastDay: LocalDate): Uuid[] {
  const { type, grading, learners, subject } = journalOf(given)
  const policy = policyFor(given, lastDay)
  const marks = grading !== 'none' && (isRefusal(policy) || rulesOfType(policy, type).marks)
  if (type !== 'lesson' && !marks) return []
  const { roster } = given.references
  const { year, period } = given.state.page!
  const members = membershipsOf(roster, learners)
  return [...new Set(members.map(({ pupil }) => pupil))].filter(
    (pupil) =>
      isMember(members, pupil, lastDay) &&
      !isAttestedByProtocol(roster, pupil, lastDay) &&
      !roster.credits.has(creditKey({ pupil, year, subject, period })),
  )
}
