import type { TopicPlanEvent } from '#events/topic-plan.ts'
import type { LocalDate } from '#values/time.ts'
import type { Fold } from '../fold.ts'

export interface PlannedItem {
  readonly number: number
  readonly topic: string
  readonly hours: number
}

export interface PlanVersion {
  readonly version: number
  readonly effectiveFrom: LocalDate
  readonly items: readonly PlannedItem[]
  approved: boolean
}

export interface TopicPlanState {
  /** In the order in which they were adopted. */
  readonly versions: PlanVersion[]
}

export const topicPlanFold: Fold<TopicPlanState, TopicPlanEvent> = {
  category: 'topicPlan',
  initial: () => ({ versions: [] }),
  on: {
    TopicPlanAdopted: (state, { data: { version, effectiveFrom, sections } }) => {
      const items = sections.flatMap((section) => section.items)
      state.versions.push({ version, effectiveFrom, items, approved: false })
    },
    TopicPlanApproved: (state, { data }) => {
      const version = state.versions.findLast((known) => known.version === data.version)
      if (version !== undefined) version.approved = true
    },
  },
}

/** The plan by which a lesson of a date is given: of those in force the one adopted last. */
export function planOn({ versions }: Readonly<TopicPlanState>, date: LocalDate): PlanVersion | undefined {
  return versions.findLast(({ effectiveFrom }) => effectiveFrom <= date)
}
