import { z } from 'zod'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { Scope } from '#values/competence.ts'
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
  scope: z
    .strictObject({
      grades: Scope.shape.grades.default(null),
      subjects: Scope.shape.subjects.default(null),
    })
    .refine(({ grades, subjects }) => grades !== null || subjects !== null, 'параллели или предметы')
    .optional()
    .describe('Компетенция заместителя: параллели, предметы или и то и другое; без неё — вся школа'),
})

/** Lets an account act in a role from a date on, without end or until a day; a deputy also within a competence (R-7A.16b). */
export const grantRole = defineCommand({
  name: 'grant-role',
  path: 'accounts/:account',
  summary: 'Дать учётной записи роль на срок или бессрочно',
  operation: '22',
  input: GrantRole,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: [],
  decide({ input, state }) {
    const { account, role, from, until = null, scope = null } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (until !== null && until <= from) return refuse('bounds-reversed', { from, until })
    const held = state.grants.find(
      (grant) =>
        grant.role === role &&
        grant.from <= from &&
        grant.endsAt === null &&
        (grant.scope === null || canonicalJson(grant.scope) === canonicalJson(scope)) &&
        (grant.until === null || (until !== null && until <= grant.until)),
    )
    if (scope !== null && role !== 'deputy') return refuse('scope-not-of-role', { role })
    if (held !== undefined) return refuse('role-exists', { role, from: held.from, until: held.until })
    return [{ type: 'RoleGranted', data: { account, role, from, until, scope } }]
  },
})
