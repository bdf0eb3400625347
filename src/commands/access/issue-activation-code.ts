import { z } from 'zod'
import { CodeReason } from '#events/access.ts'
import { plusMinutes } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { openIncident } from '../incident/state.ts'
import { accessFold } from './state.ts'
import { mayForClass } from './whose.ts'

const MINUTES_OF_A_DAY = 24 * 60

const IssueActivationCode = z.strictObject({
  account: Uuid,
  pupil: Uuid.optional().describe('Обучающийся, чьего представителя это учётная запись'),
  reason: CodeReason.default('first'),
  days: z.int().min(1).max(90).default(30).describe('Срок действия в днях'),
})

/**
 * Issues a code by which a person sets the password of the own account, once (R-7B.1). It replaces the one before; the
 * answer shows it, and nothing else ever does.
 */
export const issueActivationCode = defineCommand({
  name: 'issue-activation-code',
  path: 'accounts/:account',
  summary: 'Выдать одноразовый код активации; прежний перестаёт действовать',
  operation: '22a',
  input: IssueActivationCode,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: ['roster', 'family', 'incident'],
  pupil: ({ pupil }) => pupil ?? null,
  may: mayForClass,
  decide({ input, state, references, now, newId }) {
    const { account, reason, days } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (state.disabled) return refuse('account-disabled', { account })
    // Who may enter again after a block is decided by unblocking alone.
    if (state.blocked !== null) return refuse('account-blocked', { account, reason: state.blocked })
    if (openIncident(references.incident, account) !== undefined)
      return refuse('account-blocked', { account })
    const expires = plusMinutes(now, days * MINUTES_OF_A_DAY)
    return [{ type: 'ActivationCodeIssued', data: { account, code: newId('code'), expires, reason } }]
  },
  async aside({ school, input, now, newId }, { credentials, tell }) {
    const code = await credentials.issueCode(school, input.account, newId('code'), now)
    tell?.('activationCode', code)
    return null
  },
})
