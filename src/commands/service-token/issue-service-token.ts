import { z } from 'zod'
import { EXCHANGE_SETS, ExchangeSet } from '#values/exchange-set.ts'
import { label } from '#values/text.ts'
import { plusMinutes } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { serviceTokenFold } from './state.ts'

const MINUTES_OF_A_DAY = 24 * 60

const IssueServiceToken = z.strictObject({
  token: Uuid,
  system: label(100).describe('Название внешней системы; не имя человека'),
  sets: z
    .array(ExchangeSet)
    .min(1)
    .max(EXCHANGE_SETS.length)
    .describe(
      'Согласованные наборы: calendar, rosters, load, diary; acknowledgements — право подтверждать ознакомление с дневником за представителя, только вместе с diary',
    ),
  days: z.int().min(1).max(366).default(366).describe('Срок действия в днях'),
})

/**
 * Issues a token by which an external system reads agreed sets of this school and does nothing else (R-F11, R-A3.4a), but
 * for acknowledgements of the diary where they are agreed, too (R-7A.18b). The answer shows it, and nothing else ever does.
 */
export const issueServiceToken = defineCommand({
  name: 'issue-service-token',
  path: 'service-tokens/:token',
  summary: 'Выдать внешней системе токен для согласованных наборов',
  operation: '45',
  input: IssueServiceToken,
  fold: serviceTokenFold,
  stream: ({ token }) => token,
  needs: [],
  decide({ input, state, now }) {
    const { token, system, sets, days } = input
    if (state.issued !== null) return refuse('service-token-exists', { token })
    // Nobody gets acquainted with what he is not shown.
    if (sets.includes('acknowledgements') && !sets.includes('diary'))
      return refuse('acknowledgements-without-diary', { sets })
    const expires = plusMinutes(now, days * MINUTES_OF_A_DAY)
    const named = EXCHANGE_SETS.filter((set) => sets.includes(set))
    return [{ type: 'ServiceTokenIssued', data: { token, system, sets: named, expires } }]
  },
  async aside({ school, input, now }, { credentials, tell }) {
    const secret = await credentials.issueServiceToken(school, input.token, now)
    if (secret === null) return refuse('service-token-exists', { token: input.token })
    tell?.('serviceToken', secret)
    return null
  },
})
