import { z } from 'zod'
import { KindId } from '#values/policy.ts'
import { SchoolYear } from '#values/school.ts'
import { label } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { type EventsOf, v1 } from './define.ts'
import { Topic } from './journal-page.ts'

/** Numbered from 1 through the whole plan; `hours` are lessons. */
export const PlanItem = z.strictObject({
  number: z.int().min(1).max(500),
  topic: Topic,
  hours: z.int().min(1).max(60),
  /** For what pupils are to be marked at it, by the school's dictionary (R-2.6b). */
  kinds: z.array(KindId).max(10),
  plannedOn: LocalDate.nullable(),
})

/** A section of a programme. Items stand in it, so that its title is not written with each of them. */
export const PlanSection = z.strictObject({
  title: label(200).nullable(),
  items: z.array(PlanItem).min(1).max(500),
})

/**
 * The calendar-thematic plan (КТП) of a journal (R-7A.6c). A version is one event, whole: what was meant to be taught
 * is read from it alone, and lessons that were given keep the version by which they were.
 */
export const topicPlanEvents = {
  TopicPlanAdopted: v1(
    z.strictObject({
      journal: Uuid,
      year: SchoolYear,
      /** Counted from 1. */
      version: z.int().min(1),
      effectiveFrom: LocalDate,
      sections: z.array(PlanSection).min(1).max(100),
    }),
  ),
  TopicPlanApproved: v1(z.strictObject({ journal: Uuid, version: z.int().min(1) })),
}
export type TopicPlanEvent = EventsOf<typeof topicPlanEvents>
