import { z } from 'zod'
import { dateAt } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'
import { accessFold, owesApplication } from './state.ts'

const LinkExternalIdentity = z.strictObject({
  account: Uuid,
  issuer: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .describe('Издатель OpenID Connect, как в его iss'),
  subject: z
    .string()
    .min(1)
    .max(255)
    .describe('Значение согласованного признака (по умолчанию sub) у издателя'),
})

/**
 * Lets a person in by an external issuer: whoever has this subject there is the person of this account. Said by the
 * administrator, never guessed from a name. The subject is kept beside the log, by hash.
 */
export const linkExternalIdentity = defineCommand({
  name: 'link-external-identity',
  path: 'accounts/:account',
  summary: 'Связать учётную запись с пользователем внешнего издателя OpenID Connect',
  operation: '22b',
  input: LinkExternalIdentity,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: ['policy'],
  decide({ input, state, references, now, newId }) {
    const { account, issuer } = input
    if (state.person === null) return refuse('account-unknown', { account })
    if (state.disabled) return refuse('account-disabled', { account })
    // It opens the account as an activation does (R-A1.p2).
    if (owesApplication(state, references.policy, dateAt(now, DEFAULT_ZONE)))
      return refuse('access-application-missing', { account })
    return [{ type: 'ExternalIdentityLinked', data: { account, identity: newId('identity'), issuer } }]
  },
  async aside({ school, input, now, newId }, { credentials }) {
    const { account, issuer, subject } = input
    const kept = await credentials.linkIdentity(school, account, newId('identity'), { issuer, subject }, now)
    return kept ? null : refuse('identity-taken')
  },
  asideFields: ['subject'],
})
