import { z } from 'zod'
import { BlockReason } from '#events/access.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { ADMINISTRATOR, leavesNoAdministrator } from '../last-administrator.ts'
import { refuse } from '../refusal.ts'
import { accessFold } from './state.ts'

const BlockAccount = z.strictObject({ account: Uuid, reason: BlockReason })

/** Closes an account at once and until it is unblocked; its tokens are refused from now on. */
export const blockAccount = defineCommand({
  name: 'block-account',
  path: 'accounts/:account',
  summary: 'Заблокировать учётную запись',
  operation: '22',
  input: BlockAccount,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: ['roster'],
  holdersOf: () => ADMINISTRATOR,
  decide(given) {
    const { input, state } = given
    const { account, reason } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (state.disabled) return refuse('account-disabled', { account })
    if (state.blocked !== null) return refuse('account-blocked', { account, reason: state.blocked })
    const alone = leavesNoAdministrator(given, { from: given.now, leaves: (other) => other === account })
    if (alone !== null) return alone
    return [{ type: 'AccountBlocked', data: { account, reason } }]
  },
})
