import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { Password } from './log-in-name.ts'
import { accessFold } from './state.ts'
import { mayOnOwn } from './whose.ts'

const ReplacePassword = z.strictObject({
  account: Uuid,
  old: z.string().min(1).max(200),
  new: Password,
})

/** Replaces the own password, at any time. Every other session of the account ends. */
export const replacePassword = defineCommand({
  name: 'replace-password',
  path: 'accounts/:account',
  summary: 'Сменить свой пароль; остальные сеансы завершаются',
  operation: '22c',
  asOneself: true,
  input: ReplacePassword,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: [],
  may: mayOnOwn,
  decide({ input }) {
    if (input.old === input.new) return refuse('password-same')
    return [{ type: 'PasswordReplaced', data: { account: input.account } }]
  },
  async aside({ school, input, actor, now }, { credentials }) {
    const but = actor.session ?? null
    const changed = await credentials.change(school, input.account, input, but, now)
    return changed ? null : refuse('password-wrong')
  },
  asideFields: ['old', 'new'],
})
