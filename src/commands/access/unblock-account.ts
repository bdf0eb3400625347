import { z } from 'zod'
import { UnblockReason } from '#events/access.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { accessFold } from './state.ts'

const UnblockAccount = z.strictObject({ account: Uuid, reason: UnblockReason })

/**
 * Opens a blocked account again, in a new credential epoch: tokens of before the block stay worthless (R-D7). Where the
 * credentials were lost, a new code is what opens it.
 */
export const unblockAccount = defineCommand({
  name: 'unblock-account',
  path: 'accounts/:account',
  summary: 'Разблокировать учётную запись',
  operation: '41',
  input: UnblockAccount,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: [],
  decide({ input, state }) {
    const { account, reason } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (state.disabled) return refuse('account-disabled', { account })
    if (state.blocked === null) {
      return state.lost ? refuse('new-credentials-needed') : refuse('account-not-blocked', { account })
    }
    return [{ type: 'AccountUnblocked', data: { account, reason, cred: state.cred + 1 } }]
  },
})
