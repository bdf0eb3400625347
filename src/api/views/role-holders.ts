import { z } from 'zod'
import { Role, STAFF_ROLES } from '#values/role.ts'
import { LocalDate } from '#values/time.ts'
import { held, heldRoles } from './accountable.ts'
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
        ...held,
      }),
    ),
  }),
  may: (asked) => Promise.resolve(mayReadWhole(asked)),
  past: noPages,
  async answer(asked) {
    const { input, today } = asked
    const on = input.on ?? today
    const roles = input.role === undefined ? HELD.options : [input.role]
    return { body: { on, holders: await heldRoles(asked, roles, on) } }
  },
})
