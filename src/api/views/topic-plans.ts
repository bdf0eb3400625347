import { z } from 'zod'
import { type LessonOfPlan, lessonsByPlan, lessonsOfJournal } from '#projections/class-journal/queries.ts'
import { journals } from '#projections/school-directory/queries.ts'
import { plansInForce, topicPlans } from '#projections/school-plan/queries.ts'
import { KindId } from '#values/policy.ts'
import { SchoolYear } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { authorsOf } from './names.ts'
import { mayReadJournal, ownJournals } from './rights.ts'
import { defineView } from './view.ts'

const VersionReply = z
  .strictObject({
    version: z.int(),
    effective_from: LocalDate,
    hours: z.int(),
    adopted_at: Instant,
    author_name: z.string().nullable(),
    approved_at: Instant.nullable().describe('null — завуч ещё не утвердил'),
  })
  .meta({ id: 'TopicPlanVersion' })

/** The topic plan of a journal: the version in force on a date, or any other, and which there are (R-7A.6c). */
export const topicPlan = defineView({
  name: 'topic-plan',
  path: 'years/:year/topic-plans/:journal',
  summary: 'Календарно-тематический план журнала: действующая на дату редакция или названная, и все редакции',
  tag: 'Календарно-тематический план',
  operation: '16b',
  input: z.strictObject({
    year: SchoolYear,
    journal: Uuid,
    on: LocalDate.optional(),
    version: z.coerce.number().int().min(1).optional(),
  }),
  reply: z.strictObject({
    journal: Uuid,
    version: z.int(),
    sections: z.array(
      z.strictObject({
        title: z.string().nullable(),
        items: z.array(
          z.strictObject({
            number: z.int(),
            topic: z.string(),
            hours: z.int(),
            kinds: z.array(KindId),
            plannedOn: LocalDate.nullable(),
            given: z.int().describe('Сколько уроков по этому пункту проведено'),
          }),
        ),
      }),
    ),
    off_plan: z
      .array(z.strictObject({ date: LocalDate, number: z.int(), topic: z.string() }))
      .describe('Уроки вне плана'),
    versions: z.array(VersionReply),
  }),
  may: (asked) => mayReadJournal(asked, asked.input.journal, asked.input.year),
  async answer(asked) {
    const { school, parts, input, today } = asked
    const { journal, version, on = today } = input
    const found = await topicPlans(parts.database, school, journal)
    const shown =
      version === undefined
        ? (found.findLast(({ effective_from: from }) => from <= on) ?? found[0])
        : found.find((one) => one.version === version)
    if (shown?.year !== input.year) throw new ProblemError('topic-plan-unknown', { journal, version })
    const lessons = await lessonsOfJournal(parts.database, school, journal)
    const { given, offPlan } = heldAgainst(shown.version, lessons)
    const accounts = found.map(({ author }) => author)
    const nameOf = await authorsOf(asked, accounts)
    return {
      body: {
        journal,
        version: shown.version,
        sections: shown.sections.map(({ title, items }) => ({
          title,
          items: items.map((item) => ({ ...item, given: given.get(item.number) ?? 0 })),
        })),
        off_plan: offPlan,
        versions: found.map(({ version: of, effective_from, hours, adopted_at, author, approved_at }) => ({
          version: of,
          effective_from,
          hours,
          adopted_at,
          author_name: nameOf(author),
          approved_at,
        })),
      },
    }
  },
})

/** How many lessons each item of a version of a plan has had, and which were off the plan. */
export function heldAgainst(version: number | undefined, lessons: readonly LessonOfPlan[]) {
  const given = new Map<number, number>()
  for (const { plan } of lessons) {
    if (plan !== null && plan.item !== null && plan.version === version)
      given.set(plan.item, (given.get(plan.item) ?? 0) + 1)
  }
  const offPlan = lessons
    .filter(({ plan }) => plan !== null && plan.item === null)
    .map(({ date, number, topic }) => ({ date, number, topic }))
  return { given, offPlan }
}

/** Plan against fact for each journal (R-2.6a); to a teacher the own ones. */
export const topicPlanList = defineView({
  name: 'topic-plan-list',
  path: 'years/:year/topic-plans',
  summary: 'План и факт по журналам на дату: часы по плану, проведено, вне плана; учителю — его журналы',
  tag: 'Календарно-тематический план',
  operation: '16b',
  input: z.strictObject({ year: SchoolYear, on: LocalDate.optional() }),
  reply: z.strictObject({
    on: LocalDate,
    journals: z.array(
      z.strictObject({
        journal: Uuid,
        name: z.string(),
        version: z.int().nullable().describe('null — плана, действующего на дату, нет'),
        approved_at: Instant.nullable(),
        hours: z.int().nullable().describe('На год'),
        due: z.int().nullable().describe('По плану к дате; null — в плане нет дат'),
        given: z.int().describe('Проведено уроков'),
        off_plan: z.int().describe('Из них вне плана'),
      }),
    ),
  }),
  async answer(asked) {
    const { school, parts, input, today } = asked
    const { year, on = today } = input
    const plans = new Map(
      (await plansInForce(parts.database, school, year, on)).map((one) => [one.journal, one]),
    )
    const fact = new Map(
      (await lessonsByPlan(parts.database, school, year, on)).map((one) => [one.journal, one]),
    )
    const own = await ownJournals(asked, year)
    const shown = (await journals(parts.database, school, year)).filter(
      ({ journal, type }) => (type === 'lesson' || plans.has(journal)) && (own === null || own.has(journal)),
    )
    return {
      body: {
        on,
        journals: shown.map(({ journal, name }) => {
          const plan = plans.get(journal)
          const lessons = fact.get(journal)
          return {
            journal,
            name,
            version: plan?.version ?? null,
            approved_at: plan?.approved_at ?? null,
            hours: plan?.hours ?? null,
            due: plan?.due ?? null,
            given: lessons?.given ?? 0,
            off_plan: lessons?.off_plan ?? 0,
          }
        }),
      },
    }
  },
})
