import { z } from 'zod'
import { dateAt } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { Password } from './log-in-name.ts'
import { lastRestored } from '../incident/state.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { accessFold, owesApplication } from './state.ts'
import { mayOnOwn } from './whose.ts'

const ActivateAccount = z.strictObject({ account: Uuid, code: Uuid, password: Password })

/**
 * Activates the own account by the code that was handed out, once. Whoever calls has found the id of the code by the
 * code itself. Whoever has to apply for access has done so before (R-A1.p2). With new credentials a new epoch begins:
 * nothing that was let in by the old ones goes on.
 */
export const activateAccount = defineCommand({
  name: 'activate-account',
  path: 'accounts/:account',
  summary: 'Активировать свою учётную запись по коду и задать пароль',
  operation: '22c',
  asOneself: true,
  renewsCredentials: true,
  input: ActivateAccount,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: ['incident', 'policy'],
  may: mayOnOwn,
  decide({ input, state, references, now }) {
    const { account, code } = input
    if (state.disabled) return refuse('account-disabled', { account })
    if (state.blocked !== null) return refuse('account-blocked', { account })
    if (state.code?.id !== code) return refuse('activation-code-invalid')
    // A code of before the access was restored may be in the hands of whoever had the account.
    const restored = lastRestored(references.incident, account)
    if (restored !== null && state.code.issuedAt < restored) return refuse('activation-code-invalid')
    if (state.code.used) return refuse('activation-code-used')
    if (state.code.expires <= now) return refuse('activation-code-expired', { expired: state.code.expires })
    if (owesApplication(state, references.policy, dateAt(now, DEFAULT_ZONE)))
      return refuse('access-application-missing', { account })
    return [{ type: 'AccountActivated', data: { account, code, cred: state.cred + 1 } }]
  },
  async aside({ school, input, state, now }, { credentials }) {
    // What was lost or exposed must not open the account again (R-D7).
    const { issuedAt } = state.code!
    const renewed = await credentials.renew(school, input.account, input.password, now, issuedAt)
    return renewed ? null : refuse('password-same')
  },
  asideFields: ['password'],
})
