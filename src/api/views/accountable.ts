import { z } from 'zod'
import { holders, type Holding } from '#projections/school-directory/queries.ts'
import { Scope } from '#values/competence.ts'
import type { Role } from '#values/role.ts'
import { Instant, instantAt, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { namesOf } from './names.ts'
import { noPages } from './past-pages.ts'
import { type Asked, defineView } from './view.ts'

const ANSWERING = ['head', 'deputy'] as const

/** Of whoever holds a role: how far it goes, and how long. */
export const held = {
  person: Uuid,
  name: z.string(),
  competence: Scope.nullable().describe('Параллели и предметы заместителя; null — вся школа'),
  from: LocalDate,
  until: LocalDate.nullable().describe('Первый день без роли'),
  ends_at: Instant.nullable().describe('Первое мгновение без роли, если она прекращена среди дня'),
}

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
        ...held,
      }),
    ),
  }),
  past: noPages,
  async answer(asked) {
    const on = asked.input.on ?? asked.today
    return { body: { on, accountable: await heldRoles(asked, ANSWERING, on) } }
  },
})

/** Who held each of some roles on a day, in their order and then by name. */
export async function heldRoles(asked: Asked<unknown>, roles: readonly Role[], on: LocalDate) {
  const { school, parts } = asked
  const begins = instantAt(on, '00:00', parts.zone)
  const found = (await holders(parts.database, school, roles)).flatMap(({ holdings, ...who }) =>
    holdings
      .filter((one) => isHeldOn(one, on, begins))
      .map(({ scope, ...one }) => ({ ...who, ...one, competence: scope })),
  )
  const name = await namesOf(
    asked,
    found.map(({ person }) => person),
  )
  return found
    .map((one) => ({ ...one, name: name(one.person) }))
    .toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role) || a.name.localeCompare(b.name, 'ru'))
}

/** Whether a role was held on some part of a day: it may have ended within it. */
function isHeldOn({ from, until, ends_at: endsAt }: Holding, on: LocalDate, begins: Instant): boolean {
  return from <= on && (until === null || on < until) && (endsAt === null || begins < endsAt)
}
