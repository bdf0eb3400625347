import { type Category, type StreamName, streamName } from '#events/stream-name.ts'
import type { SchoolSlug, SchoolYear } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { type CurriculumState, curriculumFold } from './curriculum/state.ts'
import { type AccessState, accessFold } from './access/state.ts'
import { type FamilyState, familyFold } from './family/state.ts'
import type { Fold } from './fold.ts'
import { type IncidentState, incidentFold } from './incident/state.ts'
import { journalPageFold } from './journal-page/state.ts'
import { type PolicyState, policyFold } from './policy/state.ts'
import { type RosterState, rosterFold } from './roster/state.ts'
import { type SchoolState, schoolFold } from './school/state.ts'
import { type SchoolYearState, schoolYearFold } from './school-year/state.ts'
import { type TeachingLoadState, teachingLoadFold } from './teaching-load/state.ts'
import { type TestScheduleState, testScheduleFold } from './test-schedule/state.ts'
import { type TimetableState, timetableFold } from './timetable/state.ts'
import { type TopicPlanState, topicPlanFold } from './topic-plan/state.ts'

/** The reference streams of a school: small, read by nearly every rule, written by the administration. */
export interface References {
  readonly schoolYear: SchoolYearState
  readonly policy: PolicyState
  readonly curriculum: CurriculumState
  readonly roster: RosterState
  readonly teachingLoad: TeachingLoadState
  readonly timetable: TimetableState
  readonly testSchedule: TestScheduleState
  readonly topicPlan: TopicPlanState
  readonly family: FamilyState
  readonly access: AccessState
  readonly incident: IncidentState
  readonly school: SchoolState
}
export type ReferenceName = keyof References

/** The stream id of what a school has once, such as its roster. */
export const WHOLE_SCHOOL = 'main'

interface Reference<State> {
  readonly fold: Fold<State>
  /** One stream a school year, or one for the school. */
  readonly yearly: boolean
  /** One stream a pupil, a journal or an account. */
  readonly by?: 'pupil' | 'journal' | 'account'
}

export const REFERENCES: { readonly [Name in ReferenceName]: Reference<References[Name]> } = {
  schoolYear: { fold: schoolYearFold, yearly: true },
  policy: { fold: policyFold, yearly: false },
  curriculum: { fold: curriculumFold, yearly: false },
  roster: { fold: rosterFold, yearly: false },
  teachingLoad: { fold: teachingLoadFold, yearly: true },
  timetable: { fold: timetableFold, yearly: true },
  testSchedule: { fold: testScheduleFold, yearly: true },
  topicPlan: { fold: topicPlanFold, yearly: false, by: 'journal' },
  family: { fold: familyFold, yearly: false, by: 'pupil' },
  access: { fold: accessFold, yearly: false, by: 'account' },
  incident: { fold: incidentFold, yearly: false },
  school: { fold: schoolFold, yearly: false },
}

export function referenceStream(
  school: SchoolSlug,
  name: ReferenceName & Category,
  year: SchoolYear | null,
  of: { readonly pupil?: Uuid | null; readonly journal?: Uuid | null; readonly account?: Uuid | null } = {},
): StreamName {
  const { by } = REFERENCES[name]
  // A pupil whom the command does not name has no family: the stream is nobody's, and empty.
  if (by !== undefined) return streamName(school, name, of[by] ?? 'nobody')
  if (!REFERENCES[name].yearly) return streamName(school, name, WHOLE_SCHOOL)
  if (year === null) throw new TypeError(`${name} belongs to a school year, and the command names none`)
  return streamName(school, name, year)
}

/** The stream in which the breaches of a school stand. */
export function incidentsOf(school: SchoolSlug): StreamName {
  return referenceStream(school, 'incident', null)
}

/** A page at which rules of other streams look ({@link Command.pages}). */
export const PAGE = journalPageFold
