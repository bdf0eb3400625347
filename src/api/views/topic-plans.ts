import { z } from 'zod'
import { topicPlans } from '#projections/school-plan/queries.ts'
import { KindId } from '#values/policy.ts'
import { SchoolYear } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { authorsOf } from './names.ts'
import { mayReadJournal } from './rights.ts'
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
  operation: 16,
  roles: ['head', 'deputy', 'auditor', 'teacher'],
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
          }),
        ),
      }),
    ),
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
    const accounts = found.map(({ author }) => author)
    const nameOf = await authorsOf(asked, accounts)
    return {
      body: {
        journal,
        version: shown.version,
        sections: shown.sections,
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
