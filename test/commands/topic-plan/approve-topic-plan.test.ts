import { describe, it } from 'vitest'
import { approveTopicPlan } from '#commands/topic-plan/approve-topic-plan.ts'
import { ALGEBRA, date, deputy, mathematician, past, school, YEAR } from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

const now = '2026-08-26T03:00:00.000Z'
const as = deputy
const adopted = (version: number) =>
  past('topicPlan', ALGEBRA, {
    type: 'TopicPlanAdopted',
    data: {
      journal: ALGEBRA,
      year: YEAR,
      version,
      effectiveFrom: date('2026-09-01'),
      sections: [
        { title: null, items: [{ number: 1, topic: 'Степень', hours: 4, kinds: [], plannedOn: null }] },
      ],
    },
  })
const approve = { year: YEAR, journal: ALGEBRA, version: 1 }

describe('approve-topic-plan', () => {
  it('approves the version that the deputy read, though a newer one has come', () => {
    given(school, adopted(1), adopted(2))
      .when(approveTopicPlan, approve, { as, now })
      .records({ type: 'TopicPlanApproved', data: { journal: ALGEBRA, version: 1 } })
  })

  it('refuses a version that is not there, or is approved already', () => {
    given(school).when(approveTopicPlan, approve, { as, now }).refuses('topic-plan-unknown', { version: 1 })
    const approved = past('topicPlan', ALGEBRA, {
      type: 'TopicPlanApproved',
      data: { journal: ALGEBRA, version: 1 },
    })
    given(school, adopted(1), approved)
      .when(approveTopicPlan, approve, { as, now })
      .refuses('topic-plan-approved', { version: 1 })
  })

  it('is not for the teacher who wrote the plan', () => {
    given(school, adopted(1))
      .when(approveTopicPlan, approve, { as: mathematician, now })
      .refuses('role-not-permitted')
  })
})
