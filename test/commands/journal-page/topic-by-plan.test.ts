import { describe, it } from 'vitest'
import { recordLesson } from '#commands/journal-page/record-lesson.ts'
import {
  ALGEBRA,
  date,
  lessonRecorded,
  mathematician,
  MONDAY,
  PAGE,
  pageOpened,
  past,
  Q1,
  school,
  YEAR,
} from '#support/class-7a.ts'
import { given, type Past } from '#support/spec.ts'
import { KindId } from '#values/policy.ts'
import { lessonId, pageId } from '#values/school.ts'
import { Instant } from '#values/time.ts'

const as = mathematician
const now = '2026-11-11T03:00:00.000Z'
const lesson = { page: PAGE, date: MONDAY, number: 3 }
const history = [...school, pageOpened]

type Items = ReadonlyArray<readonly [topic: string, hours: number]>
const plan = (version: number, items: Items, effectiveFrom = '2026-09-01') =>
  past('topicPlan', ALGEBRA, {
    type: 'TopicPlanAdopted',
    data: {
      journal: ALGEBRA,
      year: YEAR,
      version,
      effectiveFrom: date(effectiveFrom),
      sections: [
        {
          title: null,
          items: items.map(([topic, hours], i) => ({
            number: i + 1,
            topic,
            hours,
            kinds: [],
            plannedOn: null,
          })),
        },
      ],
    },
  })
const powers: Items = [
  ['Определение степени', 2],
  ['Свойства степени', 1],
  ['Многочлены', 3],
]

type PlanOf = { readonly version: number; readonly item: number | null } | null
/** A lesson of algebra that was given by the plan, on the page of the second quarter or of another. */
function was(day: string, number: number, topic: string, by: PlanOf, page = PAGE): Past {
  const { data } = lessonRecorded.event as Extract<typeof lessonRecorded.event, { type: 'LessonRecorded' }>
  const at = Instant.parse(`${day}T05:00:00.000Z`)
  return past(
    'journalPage',
    page,
    {
      type: 'LessonRecorded',
      data: {
        ...data,
        lesson: lessonId(ALGEBRA, date(day), number),
        date: date(day),
        number,
        topic,
        type: KindId.parse('lesson'),
        plan: by,
        dueAt: at,
      },
    },
    at,
    mathematician,
  )
}
const records = (past: readonly Past[], topic: string, by: PlanOf, typed?: string) =>
  given(history, past)
    .when(recordLesson, { ...lesson, ...(typed === undefined ? {} : { topic: typed }) }, { as, now })
    .records({ type: 'LessonRecorded', data: { topic, plan: by } })

describe('the topic of a lesson', () => {
  it('R-2.6a: is by default that of the first item of the plan whose hours are not all given', () => {
    const first = was('2026-11-02', 3, 'Определение степени', { version: 1, item: 1 })
    const second = was('2026-11-02', 4, 'Определение степени', { version: 1, item: 1 })
    records([plan(1, powers)], 'Определение степени', { version: 1, item: 1 })
    records([plan(1, powers), first], 'Определение степени', { version: 1, item: 1 })
    records([plan(1, powers), first, second], 'Свойства степени', { version: 1, item: 2 })
  })

  it('R-2.6a: goes on where the page of the period before has come to', () => {
    const q1 = pageId(ALGEBRA, Q1)
    const opened = past('journalPage', q1, {
      type: 'PageOpened',
      data: { journal: ALGEBRA, year: YEAR, period: Q1, grading: 'g5' },
    })
    const before = [
      was('2026-10-19', 3, 'Определение степени', { version: 1, item: 1 }, q1),
      was('2026-10-19', 4, 'Определение степени', { version: 1, item: 1 }, q1),
      was('2026-10-21', 2, 'Свойства степени', { version: 1, item: 2 }, q1),
    ]
    records([plan(1, powers), opened, ...before], 'Многочлены', { version: 1, item: 3 })
  })

  it('R-2.6a: may differ, and is then off the plan without moving it on', () => {
    records([plan(1, powers)], 'Поход в планетарий', { version: 1, item: null }, 'Поход в планетарий')
    const off = was('2026-11-02', 3, 'Поход в планетарий', { version: 1, item: null })
    records([plan(1, powers), off], 'Определение степени', { version: 1, item: 1 })
  })

  it('is the item that it names, however it is spelled, and of two alike the one that is not given yet', () => {
    const typed = 'свойства  степени.'
    records([plan(1, powers)], typed, { version: 1, item: 2 }, typed)
    const twice = plan(1, [
      ['Повторение', 1],
      ['Степень', 1],
      ['Повторение', 1],
    ])
    const first = was('2026-11-02', 3, 'Повторение', { version: 1, item: 1 })
    records([twice, first], 'Повторение', { version: 1, item: 3 }, 'Повторение')
    const both = was('2026-11-02', 4, 'Повторение', { version: 1, item: 3 })
    records([twice, first, both], 'Повторение', { version: 1, item: 1 }, 'Повторение')
  })

  it('is of the version that is in force on its date, and what was given by another counts by its topic', () => {
    const first = was('2026-11-02', 3, 'Определение степени', { version: 1, item: 1 })
    const shorter: Items = [
      ['Определение степени', 1],
      ['Свойства степени', 1],
    ]
    records([plan(1, powers), first, plan(2, shorter)], 'Свойства степени', { version: 2, item: 2 })
    records([plan(1, powers), first, plan(2, shorter, '2026-11-16')], 'Определение степени', {
      version: 1,
      item: 1,
    })
    const earlier = was('2026-11-02', 3, 'Определение степени', null)
    records([earlier, plan(1, shorter)], 'Свойства степени', { version: 1, item: 2 })
  })

  it('is asked for where the journal has no plan, or the plan has come to its end', () => {
    given(history).when(recordLesson, lesson, { as, now }).refuses('topic-missing')
    given(history, plan(1, powers, '2026-11-16'))
      .when(recordLesson, lesson, { as, now })
      .refuses('topic-missing')
    const last = was('2026-11-02', 3, 'Степень', { version: 1, item: 1 })
    given(history, plan(1, [['Степень', 1]]), last)
      .when(recordLesson, lesson, { as, now })
      .refuses('topic-missing', { version: 1, items: 1 })
    given(history)
      .when(recordLesson, { ...lesson, topic: 'Степень' }, { as, now })
      .records({ type: 'LessonRecorded', data: { plan: null } })
  })
})
