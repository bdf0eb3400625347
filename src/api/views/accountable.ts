import { z } from 'zod'
import { holders, type Holding } from '#projections/school-directory/queries.ts'
import { Scope } from '#values/competence.ts'
import { Instant, instantAt, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { namesOf } from './names.ts'
import { noPages } from './past-pages.ts'
import { defineView } from './view.ts'

const ANSWERING = ['head', 'deputy'] as const

/** Who answers for the journal on a date: the head of the school, and each deputy for his part of it (п. 1.2, R-1.2). */
export const accountablePersons = defineView({
  name: 'accountable-persons',
  path: 'accountable',
  summary: 'Кто отвечает за ведение журнала на дату: руководитель и заместители с их компетенцией',
  tag: 'Справочники',
  operation: '22d',
  input: z.strictObject({ on: LocalDate.optional().describe('По умолчанию — сегодня') }),
  reply: z.strictObject({
    on: LocalDate,
    accountable: z.array(
      z.strictObject({
        role: z.enum(ANSWERING),
        person: Uuid,
        name: z.string(),
        competence: Scope.nullable().describe('Параллели и предметы заместителя; null — вся школа'),
        from: LocalDate,
        until: LocalDate.nullable().describe('Первый день без роли'),
        ends_at: Instant.nullable().describe('Первое мгновение без роли, если она прекращена среди дня'),
      }),
    ),
  }),
  past: noPages,
  async answer(asked) {
    const { school, parts, input, today } = asked
    const on = input.on ?? today
    const begins = instantAt(on, '00:00', parts.zone)
    const found = (await holders(parts.database, school, ANSWERING)).flatMap(({ holdings, ...who }) =>
      holdings.filter((held) => heldOn(held, on, begins)).map((held) => ({ ...who, ...held })),
    )
    const name = await namesOf(
      asked,
      found.map(({ person }) => person),
    )
    const accountable = found
      .map(({ scope, ...one }) => ({ ...one, name: name(one.person), competence: scope }))
      .toSorted(
        (a, b) =>
          ANSWERING.indexOf(a.role as never) - ANSWERING.indexOf(b.role as never) ||
          a.name.localeCompare(b.name, 'ru'),
      )
    return { body: { on, accountable } }
  },
})

/** Whether a role was held on some part of a day: it may have ended within it. */
export function heldOn({ from, until, ends_at: endsAt }: Holding, on: LocalDate, begins: Instant): boolean {
  return from <= on && (until === null || on < until) && (endsAt === null || begins < endsAt)
}
