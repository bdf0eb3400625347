import { z } from 'zod'
import { RevocationReason } from '#events/service-token.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { serviceTokenFold } from './state.ts'

const RevokeServiceToken = z.strictObject({ token: Uuid, reason: RevocationReason })

/** Takes the token of an external system back: from this record on it opens nothing, in every process. */
export const revokeServiceToken = defineCommand({
  name: 'revoke-service-token',
  path: 'service-tokens/:token',
  summary: 'Отозвать токен внешней системы',
  operation: '45',
  input: RevokeServiceToken,
  fold: serviceTokenFold,
  stream: ({ token }) => token,
  needs: [],
  decide({ input, state }) {
    const { token, reason } = input
    if (state.issued === null) return refuse('service-token-unknown', { token })
    if (state.revoked !== null) return refuse('service-token-revoked', { token, reason: state.revoked })
    return [{ type: 'ServiceTokenRevoked', data: { token, reason } }]
  },
})
