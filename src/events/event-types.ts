import { accessEvents } from './access.ts'
import { archiveEvents } from './archive.ts'
import { contactsEvents } from './contacts.ts'
import { controlEvents } from './control.ts'
import { curriculumEvents } from './curriculum.ts'
import type { EventsOf } from './define.ts'
import { familyEvents } from './family.ts'
import { incidentEvents } from './incident.ts'
import { journalPageEvents } from './journal-page.ts'
import { diaryEvents } from './diary.ts'
import { messageEvents } from './message.ts'
import { privacyEvents } from './privacy.ts'
import { policyEvents } from './policy.ts'
import { premisesEvents } from './premises.ts'
import { printoutEvents } from './printout.ts'
import { rosterEvents } from './roster.ts'
import { schoolEvents } from './school.ts'
import { schoolYearEvents } from './school-year.ts'
import { serviceTokenEvents } from './service-token.ts'
import { supportEvents } from './support.ts'
import { teachingLoadEvents } from './teaching-load.ts'
import { testScheduleEvents } from './test-schedule.ts'
import { timetableEvents } from './timetable.ts'
import { topicPlanEvents } from './topic-plan.ts'

/** Every type of event that Letopis writes. Names and versions are for ever: a type may gain a version, never lose one. */
export const registry = {
  ...schoolEvents,
  ...schoolYearEvents,
  ...premisesEvents,
  ...policyEvents,
  ...curriculumEvents,
  ...rosterEvents,
  ...teachingLoadEvents,
  ...timetableEvents,
  ...testScheduleEvents,
  ...topicPlanEvents,
  ...journalPageEvents,
  ...controlEvents,
  ...printoutEvents,
  ...familyEvents,
  ...contactsEvents,
  ...diaryEvents,
  ...messageEvents,
  ...accessEvents,
  ...serviceTokenEvents,
  ...privacyEvents,
  ...archiveEvents,
  ...incidentEvents,
  ...supportEvents,
}

export type DomainEvent = EventsOf<typeof registry>
export type EventType = DomainEvent['type']
