import { z } from 'zod'
import { SchoolYear } from '#values/school.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { matterOfJournal } from '../teaching-load/state.ts'
import { topicPlanFold } from './state.ts'

const ApproveTopicPlan = z.strictObject({
  year: SchoolYear,
  journal: Uuid,
  version: z.int().min(1).describe('Редакция, которую вы прочитали'),
})

/** Approves a version of a topic plan, as the deputy read it (R-7A.6c). */
export const approveTopicPlan = defineCommand({
  name: 'approve-topic-plan',
  path: 'years/:year/topic-plans/:journal',
  summary: 'Утвердить редакцию календарно-тематического плана (КТП)',
  operation: '16a',
  input: ApproveTopicPlan,
  fold: topicPlanFold,
  stream: ({ journal }) => journal,
  needs: ['roster', 'teachingLoad'],
  year: ({ year }) => year,
  concerns: ({ input, references: { roster, teachingLoad } }) =>
    matterOfJournal(teachingLoad.journals.get(input.journal), roster),
  decide({ input: { journal, version }, state }) {
    const known = state.versions.find((one) => one.version === version)
    if (known === undefined) return refuse('topic-plan-unknown', { journal, version })
    if (known.approved) return refuse('topic-plan-approved', { journal, version })
    return [{ type: 'TopicPlanApproved', data: { journal, version } }]
  },
})
