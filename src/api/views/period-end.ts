import type { PolicyState } from '#commands/policy/state.ts'
import { learningOf, type LearnersOf, type RosterState } from '#commands/roster/state.ts'
import { lastSchoolDay, type SchoolYearState, spanOfPage } from '#commands/school-year/state.ts'
import type { Closing, Postponement, SummaryFinal } from '#projections/summary-sheet/queries.ts'
import { PeriodId } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import { referenceOf } from './reference-of.ts'
import type { Asked } from './view.ts'

/** The calendar of a year, the people and the policy of the school, as the rules see them. */
export async function groundOf(
  asked: Asked<unknown>,
  year: number,
): Promise<{ calendar: SchoolYearState; roster: RosterState; policy: PolicyState }> {
  return {
    calendar: await referenceOf(asked, 'schoolYear', year),
    roster: await referenceOf(asked, 'roster'),
    policy: await referenceOf(asked, 'policy'),
  }
}

/** The first day of a period for those who learn in a journal; undefined where they do not have the period. */
export function firstDayOf(
  { calendar, roster }: { readonly calendar: SchoolYearState; readonly roster: RosterState },
  period: string,
  learners: LearnersOf,
): LocalDate | undefined {
  return spanOfPage(calendar, PeriodId.parse(period), learningOf(roster, learners))?.from
}

/** The last school day of a period for those who learn in a journal; undefined where they do not have the period. */
export function lastDayOf(
  { calendar, roster }: { readonly calendar: SchoolYearState; readonly roster: RosterState },
  period: string,
  learners: LearnersOf,
): LocalDate | undefined {
  const learning = learningOf(roster, learners)
  const span = spanOfPage(calendar, PeriodId.parse(period), learning)
  return span === undefined ? undefined : lastSchoolDay(calendar, span, learning)
}

/** A closing as it is at an instant: a reopening whose time has passed opens nothing (R-D5). */
export function shownClosing(closing: Closing | undefined, now: Instant) {
  const { closed_at = null, excused = [], carried = [], carried_into = null } = closing ?? {}
  const reopened = (closing?.reopened ?? []).filter(({ until }) => now < until)
  const locked = closed_at !== null && !reopened.some(({ pupils }) => pupils === null)
  return { closed_at, locked, excused, carried, carried_into, reopened }
}

/** Postponements, with whether each is resolved by a final, or past its date without one (R-5.5b). */
export function shownPostponements(
  postponements: readonly Postponement[],
  finals: readonly SummaryFinal[],
  today: LocalDate,
) {
  const set = new Set(
    finals
      .filter(({ kind }) => kind === 'period' || kind === 'year')
      .map(({ journal, period, pupil }) => `${journal} ${period} ${pupil}`),
  )
  return postponements.map((one) => {
    const resolved = set.has(`${one.journal} ${one.period} ${one.pupil}`)
    return { ...one, resolved, expired: !resolved && one.until < today }
  })
}
