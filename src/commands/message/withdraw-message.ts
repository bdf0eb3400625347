import { z } from 'zod'
import { MessageText } from '#events/message.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { matterOfMessage, onMessage } from './addressees.ts'

/**
 * Withdraws a message that was wrong: its author, or the administration. Families see that there was one; the words stay
 * on record. What has left by mail or SMS nobody can call back.
 */
export const withdrawMessage = defineCommand({
  ...onMessage,
  name: 'withdraw-message',
  summary: 'Отозвать ошибочное сообщение: его больше не показывают и дальше не отправляют',
  operation: '8',
  input: z.strictObject({ message: Uuid, note: MessageText.describe('Почему отозвано') }),
  needs: ['roster'],
  concerns: ({ state: { sent }, references: { roster } }) =>
    sent === null ? null : matterOfMessage(roster, sent.to, sent.date),
  may({ actor, state, input: { message } }) {
    const administration = actor.role === 'head' || actor.role === 'deputy'
    // Of a message of another nobody hears that it is there.
    return administration || state.sent?.account === actor.account
      ? null
      : refuse('message-unknown', { message })
  },
  decide({ input: { message, note }, state }) {
    if (state.sent === null) return refuse('message-unknown', { message })
    return state.withdrawn ? [] : [{ type: 'MessageWithdrawn', data: { message, note } }]
  },
})
