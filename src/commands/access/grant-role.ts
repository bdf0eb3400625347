import { z } from 'zod'
import { Role } from '#values/role.ts'
import { LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { accessFold } from './state.ts'

const GrantRole = z.strictObject({
  account: Uuid,
  // Neither the hand that sets up an installation nor an external system has an account: they are nobody's roles.
  role: Role.exclude(['operator', 'external-system']),
  from: LocalDate,
  until: LocalDate.optional().describe('Первый день без роли; без него — бессрочно'),
})

/** Lets an account act in a role from a date on, without end or until a day. */
export const grantRole = defineCommand({
  name: 'grant-role',
  path: 'accounts/:account',
  summary: 'Дать учётной записи роль на срок или бессрочно',
  operation: 22,
  roles: ['system-administrator', 'operator'],
  input: GrantRole,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: [],
  decide({ input, state }) {
    const { account, role, from, until = null } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (until !== null && until <= from) return refuse('bounds-reversed', { from, until })
    const held = state.grants.find(
      (grant) =>
        grant.role === role &&
        grant.from <= from &&
        (grant.until === null || (until !== null && until <= grant.until)),
    )
    if (held !== undefined) return refuse('role-exists', { role, from: held.from, until: held.until })
    return [{ type: 'RoleGranted', data: { account, role, from, until } }]
  },
})
