import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { onMessage } from './addressees.ts'

/** A recipient says that the message was read; the author sees it. Said twice, it is recorded once. */
export const confirmMessageRead = defineCommand({
  ...onMessage,
  name: 'confirm-message-read',
  summary: 'Подтвердить, что сообщение прочитано',
  operation: '8a',
  input: z.strictObject({ message: Uuid }),
  needs: [],
  decide({ input: { message }, state, actor }) {
    const own = state.recipients.get(actor.person)
    if (own === undefined || state.withdrawn) return refuse('message-unknown', { message })
    return own.read ? [] : [{ type: 'MessageRead', data: { message, representative: actor.person } }]
  },
})
