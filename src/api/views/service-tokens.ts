import { z } from 'zod'
import { serviceTokenFold } from '#commands/service-token/state.ts'
import { RevocationReason } from '#events/service-token.ts'
import { streamName } from '#events/stream-name.ts'
import { ExchangeSet } from '#values/exchange-set.ts'
import { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineView } from './view.ts'

/** Which external systems have a token of this school, what for, and when each was last used. */
export const serviceTokenList = defineView({
  name: 'service-token-list',
  path: 'service-tokens',
  summary: 'Токены внешних систем: что открыто, до какого срока, когда использован',
  tag: 'Доступ',
  operation: '45',
  input: z.strictObject({}),
  reply: z.strictObject({
    tokens: z.array(
      z.strictObject({
        token: Uuid,
        system: z.string(),
        sets: z.array(ExchangeSet),
        issued: Instant,
        expires: Instant,
        seen: Instant.nullable().describe('Последнее использование, с точностью до минуты'),
        approved: Instant.nullable().describe('Когда обмен одобрил руководитель'),
        revoked: RevocationReason.nullable(),
      }),
    ),
  }),
  readsNoModel: true,
  async answer({ school, parts }) {
    const kept = await parts.serviceTokens.of(school)
    const tokens = await Promise.all(
      kept.map(async ({ token, seen }) => {
        const stream = streamName(school, 'serviceToken', token)
        const { issued, revoked, approved } = (await parts.execution.streams.load(serviceTokenFold, stream))
          .state
        if (issued === null) return null
        const { system, sets, at, expires } = issued
        return { token, system, sets, issued: at, expires, seen, approved: approved?.at ?? null, revoked }
      }),
    )
    // A token that was kept for a command that then failed was never issued.
    return { body: { tokens: tokens.filter((one) => one !== null) } }
  },
})
