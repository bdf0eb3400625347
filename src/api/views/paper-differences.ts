import { z } from 'zod'
import { ComparedPlace } from '#events/journal-page.ts'
import { differences } from '#projections/paper-differences/queries.ts'
import { Role } from '#values/role.ts'
import { PeriodId } from '#values/school.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { authorsOf, namesOf } from './names.ts'
import { erased } from './replies.ts'
import { ownJournals } from './rights.ts'
import { defineView } from './view.ts'
import { YearMeant, yearMeant } from './year-meant.ts'

const MOST = 500

const PaperDifferenceReply = z
  .strictObject({
    difference: Uuid,
    page: Uuid,
    journal: Uuid,
    period: PeriodId,
    what: ComparedPlace,
    lesson: Uuid.nullable(),
    date: LocalDate.nullable(),
    number: z.int().nullable(),
    pupil: Uuid.nullable(),
    pupil_name: z.string().nullable(),
    paper: z.string().nullable().describe('Что стоит на бумаге; null — ничего'),
    electronic: z.string().nullable().describe('Что стояло в журнале, когда расхождение записали'),
    found_on: LocalDate,
    registered_at: Instant,
    account: Uuid,
    author_name: z.string().nullable().describe('Кто сверял'),
    role: Role,
    state: z.enum(['open', 'fixed', 'explained']),
    settled_at: Instant.nullable(),
    settled_by: z.string().nullable(),
    fixed_by: z
      .enum(['correction', 'record'])
      .nullable()
      .describe('Исправлено с причиной «сверка» или внесено недостающее'),
    explanation: z.string().nullable(),
    ...erased,
  })
  .meta({ id: 'PaperDifference', description: 'Расхождение бумажной страницы с журналом' })

/** The register of differences between paper and journal (R-A1.2i): for the deputy, and for a teacher of the own journals. */
export const paperDifferenceList = defineView({
  name: 'paper-difference-list',
  path: 'paper-differences',
  summary: 'Расхождения бумажных страниц с журналом: открытые, исправленные, объяснённые',
  tag: 'Контроль',
  operation: '31a',
  input: z.strictObject({
    year: YearMeant,
    state: z.enum(['open', 'fixed', 'explained']).optional().describe('Без него — все'),
    journal: Uuid.optional(),
    page: Uuid.optional(),
    limit: z.coerce.number<string>().int().min(1).max(MOST).default(100),
    after: z
      .string()
      .regex(/^[0-9TZ:.-]{24}\|[0-9a-f-]{36}$/)
      .optional()
      .describe('Из поля next предыдущего ответа'),
  }),
  reply: z.strictObject({ differences: z.array(PaperDifferenceReply), next: z.string().nullable() }),
  async answer(asked) {
    const { school, parts, input } = asked
    const year = await yearMeant(asked)
    if (year === undefined) return { body: { differences: [], next: null } }
    const [at, id] = input.after?.split('|') ?? []
    const after = at === undefined ? null : ([Instant.parse(at), Uuid.parse(id)] as const)
    const own = await ownJournals(asked, year)
    const named = input.journal === undefined ? null : [input.journal]
    const seen = own === null ? named : (named ?? [...own]).filter((journal) => own.has(journal))
    const { page = null, state = null } = input
    const wanted = { year, journals: seen, page, state }
    const found = await differences(parts.database, school, wanted, after, input.limit)
    const name = await namesOf(
      asked,
      found.map(({ pupil }) => pupil),
    )
    const author = await authorsOf(
      asked,
      found.flatMap(({ account, settled_by }) => [account, ...(settled_by === null ? [] : [settled_by])]),
    )
    const last = found.length === input.limit ? found.at(-1) : undefined
    return {
      body: {
        differences: found.map((one) => ({
          ...one,
          pupil_name: one.pupil === null ? null : name(one.pupil),
          author_name: author(one.account),
          settled_by: one.settled_by === null ? null : author(one.settled_by),
        })),
        next: last === undefined ? null : `${last.registered_at}|${last.difference}`,
      },
    }
  },
})
