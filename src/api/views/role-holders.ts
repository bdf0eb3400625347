import { z } from 'zod'
import { holders } from '#projections/school-directory/queries.ts'
import { Scope } from '#values/competence.ts'
import { Role, STAFF_ROLES } from '#values/role.ts'
import { Instant, instantAt, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { heldOn } from './accountable.ts'
import { namesOf } from './names.ts'
import { noPages } from './past-pages.ts'
import { mayReadWhole } from './rights.ts'
import { defineView } from './view.ts'

/** Of pupils and their representatives the lists of the school tell; here they would be one list of all children more. */
const HELD = Role.extract([...STAFF_ROLES, 'auditor'])

/**
 * Which of the staff held which roles on a date, as it is recorded now or was at an instant (R-D1): with the matrix of rights, the load and
 * the lists of classes it says what somebody was allowed to do.
 */
export const roleHolders = defineView({
  name: 'role-holders',
  path: 'role-holders',
  summary: 'Кто из работников какие роли имел на дату, с компетенцией и сроками',
  tag: 'Доступ',
  operation: '22',
  input: z.strictObject({
    on: LocalDate.optional().describe('По умолчанию — сегодня'),
    role: HELD.optional().describe('Только эта роль; без неё — все'),
  }),
  reply: z.strictObject({
    on: LocalDate,
    holders: z.array(
      z.strictObject({
        role: HELD,
        person: Uuid,
        name: z.string(),
        competence: Scope.nullable().describe('Параллели и предметы заместителя; null — вся школа'),
        from: LocalDate,
        until: LocalDate.nullable().describe('Первый день без роли'),
        ends_at: Instant.nullable().describe('Первое мгновение без роли, если она прекращена среди дня'),
      }),
    ),
  }),
  may: (asked) => Promise.resolve(mayReadWhole(asked)),
  past: noPages,
  async answer(asked) {
    const { school, parts, input, today } = asked
    const on = input.on ?? today
    const begins = instantAt(on, '00:00', parts.zone)
    const roles = input.role === undefined ? HELD.options : [input.role]
    const found = (await holders(parts.database, school, roles)).flatMap(({ holdings, ...who }) =>
      holdings
        .filter((held) => heldOn(held, on, begins))
        .map(({ scope, ...held }) => ({ ...who, ...held, competence: scope })),
    )
    const name = await namesOf(
      asked,
      found.map(({ person }) => person),
    )
    const shown = found
      .map((one) => ({ ...one, name: name(one.person) }))
      .toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role) || a.name.localeCompare(b.name, 'ru'))
    return { body: { on, holders: shown } }
  },
})
