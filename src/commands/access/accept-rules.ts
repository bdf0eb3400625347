import { z } from 'zod'
import { RulesVersion } from '#events/access.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { accessFold } from './state.ts'
import { mayOnOwn } from './whose.ts'

const AcceptRules = z.strictObject({ account: Uuid, version: RulesVersion })

/** Takes note of the rules of access and promises to keep them (п. 4.1, 4.2): before it, nothing else is open. */
export const acceptRules = defineCommand({
  name: 'accept-rules',
  path: 'accounts/:account',
  summary: 'Принять правила доступа',
  operation: '22c',
  asOneself: true,
  input: AcceptRules,
  fold: accessFold,
  stream: ({ account }) => account,
  needs: [],
  may: mayOnOwn,
  decide({ input, state }) {
    const { account, version } = input
    if (version !== ACCESS_RULES.version) {
      return refuse('rules-other-version', { version: ACCESS_RULES.version })
    }
    if (state.rules === version) return refuse('rules-accepted', { version })
    return [{ type: 'RulesAccepted', data: { account, version } }]
  },
})
