import { z } from 'zod'
import { LossReason } from '#events/access.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { accessFold } from './state.ts'
import { mayForClass } from './whose.ts'

const ReportLostCredentials = z.strictObject({
  account: Uuid,
  pupil: Uuid.optional().describe('Обучающийся, чьего представителя это учётная запись'),
  reason: LossReason,
})

/**
 * Says that log-in or password were lost or became known: nobody enters until a new code was issued and used (R-A1.p2).
 * Who has lost everything turns to the class teacher or the administrator; a log-in name alone closes nothing, or
 * anybody could lock out anybody (docs/decisions/0032).
 */
export const reportLostCredentials = defineCommand({
  name: 'report-lost-credentials',
  path: 'accounts/:account',
  summary: 'Сообщить об утрате реквизитов: доступ закрывается до нового кода',
  operation: '38',
  asOneself: true,
  input: ReportLostCredentials,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: ['roster', 'family'],
  pupil: ({ pupil }) => pupil ?? null,
  may(given) {
    const { input, actor } = given
    if (input.account === actor.account || actor.role === 'system-administrator') return null
    return actor.role === 'class-teacher'
      ? mayForClass(given)
      : refuse('account-not-own', { account: input.account })
  },
  decide({ input, state }) {
    const { account, reason } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (state.disabled) return refuse('account-disabled', { account })
    return state.lost ? [] : [{ type: 'CredentialsReportedLost', data: { account, reason } }]
  },
})
