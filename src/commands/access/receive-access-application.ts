import { z } from 'zod'
import { RulesVersion } from '#events/access.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import { dateAt, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { accessFold } from './state.ts'
import { mayForClass } from './whose.ts'

const ReceiveAccessApplication = z.strictObject({
  account: Uuid,
  pupil: Uuid.optional().describe('Обучающийся, чьего представителя это учётная запись'),
  version: RulesVersion.describe('С какими правилами доступа заявитель ознакомился'),
  appliedOn: LocalDate.describe('Дата заявления'),
})

/**
 * The school has an application for access, on paper, whose writer knows the rules in a version (Пр1/2-3): it is received
 * before the account is activated, and by whoever issues the code. It opens nothing by itself.
 */
export const receiveAccessApplication = defineCommand({
  name: 'receive-access-application',
  path: 'accounts/:account',
  summary:
    'Зарегистрировать заявление о доступе: дата и правила, с которыми ознакомлен заявитель; до активации',
  operation: '22a',
  input: ReceiveAccessApplication,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: ['roster', 'family'],
  pupil: ({ pupil }) => pupil ?? null,
  may: mayForClass,
  decide({ input, state, now }) {
    const { account, version, appliedOn } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (state.disabled) return refuse('account-disabled', { account })
    if (state.activated) return refuse('account-activated', { account })
    if (version !== ACCESS_RULES.version) {
      return refuse('rules-other-version', { version: ACCESS_RULES.version })
    }
    const today = dateAt(now, DEFAULT_ZONE)
    if (appliedOn > today) return refuse('document-of-future', { date: appliedOn, today })
    const known = state.application
    if (known?.version === version && known.appliedOn === appliedOn) return []
    return [{ type: 'AccessApplicationReceived', data: { account, version, appliedOn } }]
  },
})
