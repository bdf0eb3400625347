import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { LogInName } from './log-in-name.ts'
import { accessFold } from './state.ts'

const ReplaceLogInName = z.strictObject({ account: Uuid, login: LogInName })

/** Gives an account another log-in name: its person the own one, the administrator any (R-7G.2). */
export const replaceLogInName = defineCommand({
  name: 'replace-log-in-name',
  path: 'accounts/:account',
  summary: 'Сменить имя для входа',
  operation: '22c',
  asOneself: true,
  input: ReplaceLogInName,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: [],
  may({ input, actor }) {
    if (input.account === actor.account || actor.role === 'system-administrator') return null
    return refuse('account-not-own', { account: input.account })
  },
  decide({ input, state }) {
    const { account } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (state.disabled) return refuse('account-disabled', { account })
    return [{ type: 'LogInNameReplaced', data: { account } }]
  },
  async aside({ school, input, now }, { credentials }) {
    const kept = await credentials.rename(school, input.account, input.login, now)
    return kept ? null : refuse('login-taken')
  },
  asideFields: ['login'],
})
