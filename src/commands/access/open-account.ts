import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { LogInName, Password } from './log-in-name.ts'
import { accessFold } from './state.ts'

const OpenAccount = z.strictObject({
  account: Uuid,
  person: Uuid,
  login: LogInName,
  password: Password.optional().describe('Без него человек задаёт пароль сам, по коду активации'),
})

/**
 * Opens the account of one person. The log-in and the password go to the credential store alone: the log,
 * which nobody can change, must not hold what a breach makes worthless or a person may want forgotten.
 */
export const openAccount = defineCommand({
  name: 'open-account',
  path: 'accounts/:account',
  summary: 'Завести учётную запись человека',
  operation: '22',
  input: OpenAccount,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: [],
  decide({ input, state }) {
    const { account, person } = input
    if (state.person !== null) return refuse('account-exists', { account })
    return [{ type: 'AccountOpened', data: { account, person } }]
  },
  async aside({ school, input, now }, { credentials }) {
    const { account, login, password = null } = input
    const kept = await credentials.keep(school, account, login, password, now)
    return kept ? null : refuse('login-taken')
  },
  asideFields: ['login', 'password'],
})
