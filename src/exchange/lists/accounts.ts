import { grantRole } from '#commands/access/grant-role.ts'
import { LogInName } from '#commands/access/log-in-name.ts'
import { openAccount } from '#commands/access/open-account.ts'
import { accessFold } from '#commands/access/state.ts'
import { WHOLE_SCHOOL } from '#commands/references.ts'
import { refuse } from '#commands/refusal.ts'
import { rosterFold } from '#commands/roster/state.ts'
import type { Role } from '#values/role.ts'
import type { LocalDate } from '#values/time.ts'
import { choice, date, external, optional, text } from '../columns.ts'
import { changed, created, defineList, differs, rowRefused, step, THERE } from '../list.ts'

/**
 * Accounts with their roles: a row for each role. A file brings no passwords: everybody sets the own one by a code of
 * activation (docs/decisions/0032).
 */
export const accounts = defineList({
  name: 'accounts',
  title: 'Учётные записи',
  columns: {
    externalId: external('Код учётной записи'),
    personKind: choice('Чья', { staff: 'сотрудник', pupil: 'обучающийся', representative: 'представитель' }),
    person: external('Код человека'),
    login: text('Имя для входа', LogInName),
    role: choice<Exclude<Role, 'operator' | 'external-system'>>('Роль', {
      head: 'директор',
      deputy: 'заместитель директора',
      'class-teacher': 'классный руководитель',
      teacher: 'учитель',
      'system-administrator': 'администратор',
      parent: 'родитель',
      pupil: 'обучающийся',
      auditor: 'проверяющий',
      archivist: 'архивариус',
    }),
    from: date('В роли с'),
    until: optional(date('В роли до')),
  },
  commands: [openAccount, grantRole],
  key: ['externalId'],
  together: true,
  account: ({ externalId }, { id }) => id('account', externalId),
  async plan(rows, { id, state, logInOf }) {
    const [{ externalId, personKind, person: external, login }] = rows
    const other = rows.find((row) => row.person !== external || row.personKind !== personKind)
    if (other !== undefined) return rowRefused('rows-unfit', 'person')
    if (rows.some((row) => row.login !== login)) return rowRefused('rows-unfit', 'login')
    const [account, person] = [id('account', externalId), id(personKind, external)]
    const roster = await state(rosterFold, WHOLE_SCHOOL)
    if (personKind === 'staff' && !roster.staff.has(person)) return refuse('staff-unknown', { staff: person })
    if (personKind === 'pupil' && !roster.pupils.has(person))
      return refuse('pupil-unknown', { pupil: person })
    const known = await state(accessFold, account)
    const missing = rows.filter(
      ({ role, from, until }) =>
        !known.grants.some(
          // A part of the school, or an end within a day, is less than what a row of the file says.
          (grant) =>
            grant.role === role &&
            grant.scope === null &&
            grant.endsAt === null &&
            covers(grant, { from, until }),
        ),
    )
    const granted = missing.map(({ role, from, until }) =>
      step(grantRole, { account, role, from, ...(until === null ? {} : { until }) }),
    )
    if (known.person === null) return created(step(openAccount, { account, person, login }), ...granted)
    if (known.person !== person) return differs('person', known.person)
    if (logInOf(account)?.toLowerCase() !== login.toLowerCase()) return differs('login')
    return granted.length === 0 ? THERE : changed(...granted)
  },
  blame: {
    'staff-unknown': 'person',
    'pupil-unknown': 'person',
    'account-exists': 'externalId',
    'login-taken': 'login',
    'role-exists': 'role',
    'bounds-reversed': 'until',
  },
})

interface Term {
  readonly from: LocalDate
  readonly until: LocalDate | null
}

/** Whether a role that is held lasts at least as long as the one that is asked for. */
function covers(held: Term, asked: Term): boolean {
  return (
    held.from <= asked.from && (held.until === null || (asked.until !== null && asked.until <= held.until))
  )
}
