import fc from 'fast-check'
import { expect, it } from 'vitest'
import { topicByPlan } from '#commands/journal-page/topic-by-plan.ts'
import { isRefusal } from '#commands/refusal.ts'
import type { PlanVersion } from '#commands/topic-plan/state.ts'
import { date } from '#support/class-7a.ts'

type Lessons = Parameters<typeof topicByPlan>[1]

const plain = (text: string) => text.toLowerCase().replaceAll(/\s+/g, ' ').replace(/\.$/, '')
/** The rule in its plainest words: every lesson in its order, every item looked at for each. */
function plainly({ version, items }: PlanVersion, lessons: Lessons, topic: string | undefined) {
  const left = new Map(items.map(({ number, hours }) => [number, hours]))
  const inOrder = lessons.toSorted((a, b) => a.date.localeCompare(b.date) || a.number - b.number)
  for (const lesson of inOrder) {
    const number =
      lesson.plan?.version === version
        ? lesson.plan.item
        : items.find((item) => left.get(item.number)! > 0 && plain(item.topic) === plain(lesson.topic))
            ?.number
    const hours = left.get(number ?? 0)
    if (hours !== undefined) left.set(number!, hours - 1)
  }
  const waiting = items.filter(({ number }) => left.get(number)! > 0)
  if (topic === undefined) {
    const next = waiting[0]
    return next === undefined ? null : { topic: next.topic, plan: { version, item: next.number } }
  }
  const meant = [...waiting, ...items].find((item) => plain(item.topic) === plain(topic))
  return { topic, plan: { version, item: meant?.number ?? null } }
}

/** Few topics in several spellings, so that items and lessons meet. */
const topics = fc.constantFrom('Степень', 'степень.', 'Свойства  степени', 'свойства степени', 'Повторение')
const version = 2
const plans: fc.Arbitrary<PlanVersion> = fc
  .array(fc.record({ topic: topics, hours: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 8 })
  .map((items) => ({
    version,
    effectiveFrom: date('2026-09-01'),
    approved: true,
    items: items.map((item, i) => ({ ...item, number: i + 1 })),
  }))
const lessonsOf = (by: fc.Arbitrary<Lessons[number]['plan']>) =>
  fc.array(
    fc.record({
      date: fc.constantFrom('2026-09-30', '2026-10-01', '2026-11-09').map((day) => date(day)),
      number: fc.integer({ min: 0, max: 14 }),
      topic: topics,
      plan: by,
    }),
    { maxLength: 16 },
  )
const byVersion = (of: number) =>
  fc.record({ version: fc.constant(of), item: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }) })
const typed = fc.option(topics, { nil: undefined })
const found = (...asked: Parameters<typeof topicByPlan>) => {
  const answer = topicByPlan(...asked)
  return isRefusal(answer) ? null : answer
}

it('R-2.6a: a lesson is the item that the plain rule says, whatever the plan and what was given before', () => {
  const mixed = lessonsOf(fc.oneof(fc.constant(null), byVersion(1), byVersion(version)))
  const samples = fc.property(plans, mixed, typed, (plan, lessons, topic) => {
    expect(found(plan, lessons, topic)).toEqual(plainly(plan, lessons, topic))
  })
  fc.assert(samples, { numRuns: 2_000 })
})

it('R-2.6a: where all were given by this version, too', () => {
  const samples = fc.property(plans, lessonsOf(byVersion(version)), typed, (plan, lessons, topic) => {
    expect(found(plan, lessons, topic)).toEqual(plainly(plan, lessons, topic))
  })
  fc.assert(samples, { numRuns: 500 })
})

it('R-2.6a: of two lessons of a day the one of the smaller number was given first', () => {
  const plan: PlanVersion = {
    version,
    effectiveFrom: date('2026-09-01'),
    approved: true,
    items: [
      { number: 1, topic: 'Степень', hours: 1 },
      { number: 2, topic: 'Степень', hours: 1 },
    ],
  }
  const day = date('2026-11-09')
  const byTopic = (number: number) => ({ date: day, number, topic: 'Степень', plan: null })
  const byItem = (number: number) => ({ date: day, number, topic: 'Степень', plan: { version, item: 1 } })
  expect(found(plan, [byItem(10), byTopic(9)], undefined)).toMatchObject({ plan: { item: 2 } })
  expect(found(plan, [byTopic(10), byItem(9)], undefined)).toBeNull()
})
