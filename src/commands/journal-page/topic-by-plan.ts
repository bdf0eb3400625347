import type { Uuid } from '#values/uuid.ts'
import type { References } from '../references.ts'
import { type Refusal, refuse } from '../refusal.ts'
import type { PlannedItem, PlanVersion } from '../topic-plan/state.ts'
import { allPages, pagesAfterMoves } from '../pages-of-journal.ts'
import type { JournalPageState, LessonState } from './state.ts'

type LessonTopic = Pick<LessonState, 'date' | 'number' | 'topic' | 'plan'>

/** The topic of a lesson and its place in the plan; `plan` is null where the journal has none in force. */
interface TopicByPlan {
  readonly topic: string
  readonly plan: { readonly version: number; readonly item: number | null } | null
}

/**
 * What a lesson is by the plan (R-2.6a). Without a typed topic it takes the first item whose hours are not all given
 * yet; a typed one that is the topic of an item is that item, and any other is off the plan.
 *
 * @param lessons those of the journal that were given, in the whole year
 */
export function topicByPlan(
  plan: PlanVersion | undefined,
  lessons: readonly LessonTopic[],
  topic: string | undefined,
): TopicByPlan | Refusal {
  if (plan === undefined) return topic === undefined ? refuse('topic-missing') : { topic, plan: null }
  const { version, items } = plan
  const left = hoursLeft(plan, lessons)
  if (topic === undefined) {
    const next = items.find(({ number }) => left.get(number)! > 0)
    if (next === undefined) return refuse('topic-missing', { version, items: items.length })
    return { topic: next.topic, plan: { version, item: next.number } }
  }
  const named = itemsOf(plan, topic)
  const meant = named.find(({ number }) => left.get(number)! > 0) ?? named[0]
  return { topic, plan: { version, item: meant?.number ?? null } }
}

/**
 * The hours of each item that are still to be given. A lesson by this version says which item it was; one by another
 * version, or from before there was a plan, counts for the item of the same topic.
 */
function hoursLeft(plan: PlanVersion, lessons: readonly LessonTopic[]): Map<number, number> {
  const left = new Map(plan.items.map(({ number, hours }) => [number, hours]))
  const isByIt = (lesson: LessonTopic): boolean => lesson.plan?.version === plan.version
  // Where every lesson says its item, in which order they were given makes no difference.
  const inOrder = lessons.every(isByIt) ? lessons : lessons.toSorted(byPlace)
  for (const lesson of inOrder) {
    const number = isByIt(lesson)
      ? lesson.plan?.item
      : itemsOf(plan, lesson.topic).find((item) => left.get(item.number)! > 0)?.number
    const hours = left.get(number ?? 0)
    if (hours !== undefined) left.set(number!, hours - 1)
  }
  return left
}

function byPlace(a: LessonTopic, b: LessonTopic): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1
  return a.number - b.number
}

type ByTopic = ReadonlyMap<string, readonly PlannedItem[]>
/** A version of a plan never changes, and every lesson by it asks which of its items have a topic. */
const topics = new WeakMap<readonly PlannedItem[], ByTopic>()

/** The items of a topic, in the order of the plan. */
function itemsOf({ items }: PlanVersion, topic: string): readonly PlannedItem[] {
  let byTopic = topics.get(items)
  if (byTopic === undefined) {
    byTopic = Map.groupBy(items, (item) => plain(item.topic))
    topics.set(items, byTopic)
  }
  return byTopic.get(plain(topic)) ?? []
}

/** Without what people type differently each time: capitals, full stops at the end, doubled spaces. */
function plain(topic: string): string {
  return topic.toLowerCase().replaceAll(/\s+/g, ' ').replace(/\.$/, '')
}

/**
 * The pages of the journal of a page at which the recording of a lesson looks: of a plan for a year a page shows one period,
 * and after bounds were moved a lesson may stand on another page already. None where there are neither.
 */
export function otherPages(
  { page }: Readonly<JournalPageState>,
  references: Readonly<Pick<References, 'schoolYear' | 'roster' | 'teachingLoad' | 'topicPlan'>>,
): Uuid[] {
  if (page === null) return []
  return references.topicPlan.versions.length === 0
    ? pagesAfterMoves(page.journal, references)
    : allPages(page.journal, references)
}
