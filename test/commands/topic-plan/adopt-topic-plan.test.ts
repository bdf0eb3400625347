import { describe, it } from 'vitest'
import { adoptTopicPlan } from '#commands/topic-plan/adopt-topic-plan.ts'
import {
  administrator,
  ALGEBRA,
  date,
  id,
  mathematician,
  mathematicianReleased,
  past,
  school,
  stranger,
  without,
  YEAR,
} from '#support/class-7a.ts'
import { given } from '#support/spec.ts'

/** In August: the plan is written before the first lesson, and before the load begins. */
const now = '2026-08-25T03:00:00.000Z'
const as = mathematician
const plan = {
  year: YEAR,
  journal: ALGEBRA,
  effectiveFrom: '2026-09-01',
  sections: [
    {
      title: 'Степень',
      items: [
        { topic: 'Определение степени', hours: 2 },
        { topic: 'Контрольная работа', kinds: ['test'], plannedOn: '2026-11-11' },
      ],
    },
    { items: [{ topic: 'Повторение', hours: 3 }] },
  ],
}
const first = past('topicPlan', ALGEBRA, {
  type: 'TopicPlanAdopted',
  data: {
    journal: ALGEBRA,
    year: YEAR,
    version: 1,
    effectiveFrom: date('2026-09-01'),
    sections: [
      { title: null, items: [{ number: 1, topic: 'Степень', hours: 4, kinds: [], plannedOn: null }] },
    ],
  },
})

describe('adopt-topic-plan', () => {
  it('R-7A.6c: keeps topics in order with hours, section, kinds of work and planned dates', () => {
    given(school)
      .when(adoptTopicPlan, plan, { as, now })
      .records({
        type: 'TopicPlanAdopted',
        data: {
          journal: ALGEBRA,
          year: YEAR,
          version: 1,
          effectiveFrom: '2026-09-01',
          sections: [
            {
              title: 'Степень',
              items: [
                { number: 1, topic: 'Определение степени', hours: 2, kinds: [], plannedOn: null },
                {
                  number: 2,
                  topic: 'Контрольная работа',
                  hours: 1,
                  kinds: ['test'],
                  plannedOn: '2026-11-11',
                },
              ],
            },
            {
              title: null,
              items: [{ number: 3, topic: 'Повторение', hours: 3, kinds: [], plannedOn: null }],
            },
          ],
        },
      })
  })

  it('makes the next version of a plan', () => {
    given(school, first)
      .when(adoptTopicPlan, { ...plan, effectiveFrom: '2026-11-09' }, { as, now })
      .records({ type: 'TopicPlanAdopted', data: { version: 2, effectiveFrom: '2026-11-09' } })
  })

  it('is written by those who teach the journal or are going to, and imported by the administrator', () => {
    given(school).when(adoptTopicPlan, plan, { as: administrator, now }).records('TopicPlanAdopted')
    given(school)
      .when(adoptTopicPlan, plan, { as: stranger, now })
      .refuses('journal-not-taught', { journal: ALGEBRA })
    given(school, mathematicianReleased('2026-11-09'))
      .when(adoptTopicPlan, plan, { as, now: '2026-11-09T03:00:00.000Z' })
      .refuses('journal-not-taught')
  })

  it('refuses a year, a journal or rules that are not there', () => {
    given(school)
      .when(adoptTopicPlan, { ...plan, year: YEAR + 1 }, { as: administrator, now })
      .refuses('school-year-unknown')
    given(school)
      .when(adoptTopicPlan, { ...plan, journal: id('journal/none') }, { as: administrator, now })
      .refuses('journal-unknown')
    given(without(school, 'PolicyAdopted')).when(adoptTopicPlan, plan, { as, now }).refuses('policy-missing')
  })

  it('refuses dates outside the year, of the plan and of a topic', () => {
    given(school)
      .when(adoptTopicPlan, { ...plan, effectiveFrom: '2027-05-27' }, { as, now })
      .refuses('date-outside-year', { date: '2027-05-27' })
    const late = [{ items: [{ topic: 'Повторение', plannedOn: '2027-06-01' }] }]
    given(school)
      .when(adoptTopicPlan, { ...plan, sections: late }, { as, now })
      .refuses('date-outside-year', { date: '2027-06-01' })
  })

  it('refuses a kind of work that the school does not have', () => {
    const sections = [{ items: [{ topic: 'Повторение', kinds: ['dance'] }] }]
    given(school)
      .when(adoptTopicPlan, { ...plan, sections }, { as, now })
      .refuses('kind-of-work-unknown', { kind: 'dance', item: 1 })
  })
})
