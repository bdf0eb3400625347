import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { accessFold } from './state.ts'

const UnlinkExternalIdentity = z.strictObject({ account: Uuid, identity: Uuid })

/** Ends a link: nobody comes in by it any more. Sessions that it began are ended by themselves, or by the administrator. */
export const unlinkExternalIdentity = defineCommand({
  name: 'unlink-external-identity',
  path: 'accounts/:account',
  summary: 'Разорвать связь учётной записи с пользователем внешнего издателя',
  operation: '22b',
  input: UnlinkExternalIdentity,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: [],
  decide({ input, state }) {
    const { account, identity } = input
    if (!state.identities.has(identity)) return refuse('identity-unknown', { account, identity })
    return [{ type: 'ExternalIdentityUnlinked', data: { account, identity } }]
  },
  async aside({ school, input }, { credentials }) {
    await credentials.unlinkIdentity(school, input.identity)
    return null
  },
})
