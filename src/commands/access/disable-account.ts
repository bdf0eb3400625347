import { z } from 'zod'
import { DisableReason } from '#events/access.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { ADMINISTRATOR, leavesNoAdministrator } from '../last-administrator.ts'
import { refuse } from '../refusal.ts'
import { accessFold } from './state.ts'

const DisableAccount = z.strictObject({ account: Uuid, reason: DisableReason })

/** Ends an account for good. It is never deleted: what its person wrote stays attributed (R-7G.2). */
export const disableAccount = defineCommand({
  name: 'disable-account',
  path: 'accounts/:account',
  summary: 'Отключить учётную запись навсегда; её записи сохраняются',
  operation: '22',
  input: DisableAccount,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: ['roster'],
  holdersOf: () => ADMINISTRATOR,
  decide(given) {
    const { input, state } = given
    const { account, reason } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (state.disabled) return refuse('account-disabled', { account })
    const alone = leavesNoAdministrator(given, { from: given.now, leaves: (other) => other === account })
    if (alone !== null) return alone
    return [{ type: 'AccountDisabled', data: { account, reason } }]
  },
})
