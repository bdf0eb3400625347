import { z } from 'zod'
import { Role } from '#values/role.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { ADMINISTRATOR, leavesNoAdministrator } from '../last-administrator.ts'
import { refuse } from '../refusal.ts'
import { accessFold, type Ending, outlasts } from './state.ts'

const EndRole = z.strictObject({
  account: Uuid,
  role: Role.exclude(['operator']),
  from: z
    .union([LocalDate, Instant])
    .optional()
    .describe('Первый день или первое мгновение без роли; без него — немедленно'),
})

/**
 * Ends a role from a day or from an instant on, at once where none is named: a role that ends at noon is not held at
 * 12:00:00. Every grant of the role ends, whatever its scope; what was done in it stays, with its author.
 * The school keeps an administrator at every time at which it has one.
 */
export const endRole = defineCommand({
  name: 'end-role',
  path: 'accounts/:account',
  summary: 'Прекратить роль с указанного дня или мгновения',
  operation: '22',
  input: EndRole,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: ['roster'],
  holdersOf: ({ role }) => (role === ADMINISTRATOR ? role : null),
  decide(given) {
    const { input, state, now } = given
    const { account, role, from = now } = input
    if (state.person === null) return refuse('account-unknown', { account })
    const day = LocalDate.safeParse(from)
    const ending: Ending = day.success
      ? { from: day.data, at: null }
      : { from: null, at: Instant.parse(from) }
    const held = state.grants.some((grant) => grant.role === role && outlasts(grant, ending))
    if (!held) return refuse('role-not-granted', { role, from })
    const alone =
      role === ADMINISTRATOR
        ? leavesNoAdministrator(given, { from, leaves: (other) => other === account })
        : null
    if (alone !== null) return alone
    return [{ type: 'RoleEnded', data: { account, role, ...ending } }]
  },
})
