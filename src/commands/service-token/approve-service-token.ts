import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { serviceTokenFold } from './state.ts'

const ApproveServiceToken = z.strictObject({ token: Uuid })

/**
 * The head approves an exchange: the system, the sets and the term for which a token was issued, none of which can
 * change (row 45, §5/8). Where the rules of the school say so, the token opens nothing before.
 */
export const approveServiceToken = defineCommand({
  name: 'approve-service-token',
  path: 'service-tokens/:token',
  summary: 'Одобрить обмен с внешней системой по выданному токену',
  operation: '45a',
  input: ApproveServiceToken,
  fold: serviceTokenFold,
  stream: ({ token }) => token,
  needs: [],
  decide({ input: { token }, state: { issued, revoked, approved } }) {
    if (issued === null) return refuse('service-token-unknown', { token })
    if (revoked !== null) return refuse('service-token-revoked', { token, reason: revoked })
    if (approved !== null) return refuse('nothing-to-approve', { token, at: approved.at })
    return [{ type: 'ServiceTokenApproved', data: { token } }]
  },
})
