import { z } from 'zod'
import { PlanItem, PlanSection } from '#events/topic-plan.ts'
import { SchoolYear } from '#values/school.ts'
import { dateAt, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { policyOn } from '../policy/state.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { lastsToTeach } from '../teaching-load/state.ts'
import { topicPlanFold } from './state.ts'

const AdoptTopicPlan = z.strictObject({
  year: SchoolYear,
  journal: Uuid,
  effectiveFrom: LocalDate,
  sections: z
    .array(
      z.strictObject({
        title: PlanSection.shape.title.default(null),
        items: z
          .array(
            z.strictObject({
              topic: PlanItem.shape.topic,
              hours: PlanItem.shape.hours.default(1),
              kinds: PlanItem.shape.kinds.default([]),
              plannedOn: PlanItem.shape.plannedOn.default(null),
            }),
          )
          .min(1)
          .max(500),
      }),
    )
    .min(1)
    .max(100),
})

/** Adopts a version of the topic plan of a journal; whoever teaches it writes it (R-7A.6c). */
export const adoptTopicPlan = defineCommand({
  name: 'adopt-topic-plan',
  path: 'years/:year/topic-plans/:journal',
  summary: 'Составить календарно-тематический план (КТП) журнала или его новую редакцию',
  operation: '16',
  input: AdoptTopicPlan,
  fold: topicPlanFold,
  stream: ({ journal }) => journal,
  needs: ['schoolYear', 'policy', 'teachingLoad'],
  year: ({ year }) => year,
  may({ actor, input: { journal }, references, now }) {
    if (actor.role !== 'teacher') return null
    const today = dateAt(now, references.schoolYear.year?.zone ?? DEFAULT_ZONE)
    // Plans are written before the year begins, by those who are going to teach.
    const own = lastsToTeach(references.teachingLoad.journals.get(journal), actor.person, today)
    return own ? null : refuse('journal-not-taught', { journal })
  },
  decide({ input, state, references }) {
    const { year, journal, effectiveFrom } = input
    const bounds = references.schoolYear.year
    if (bounds === null) return refuse('school-year-unknown', { year })
    if (!references.teachingLoad.journals.has(journal)) return refuse('journal-unknown', { journal })
    const policy = policyOn(references.policy, effectiveFrom)
    if (policy === undefined) return refuse('policy-missing', { date: effectiveFrom })
    let number = 0
    const sections = input.sections.map(({ title, items }) => ({
      title,
      items: items.map((item) => ({ number: (number += 1), ...item })),
    }))
    const items = sections.flatMap((section) => section.items)
    for (const date of [effectiveFrom, ...items.map(({ plannedOn }) => plannedOn)]) {
      if (date !== null && (date < bounds.from || bounds.until < date)) {
        return refuse('date-outside-year', { date, year })
      }
    }
    for (const { kinds, number: item } of items) {
      const unknown = kinds.find((kind) => !policy.kindsOfWork.some((known) => known.kind === kind))
      if (unknown !== undefined) return refuse('kind-of-work-unknown', { kind: unknown, item })
    }
    const version = (state.versions.at(-1)?.version ?? 0) + 1
    return [{ type: 'TopicPlanAdopted', data: { journal, year, version, effectiveFrom, sections } }]
  },
})
