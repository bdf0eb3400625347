import { z } from 'zod'
import { messageEvents } from '#events/message.ts'
import { Uuid } from '#values/uuid.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { onMessage } from './addressees.ts'

const { deliveries } = messageEvents.MessageDeliveriesEnded.data.shape

/** The service records how deliveries ended. It is in no address: nobody else knows. What has ended already stays so. */
export const noteDeliveries = defineCommand({
  ...onMessage,
  name: 'note-deliveries',
  summary: 'Записать, чем закончилась доставка сообщения',
  operation: '8b',
  input: z.strictObject({ message: Uuid, deliveries }),
  needs: [],
  decide({ input: { message, deliveries }, state }) {
    if (state.sent === null) return refuse('message-unknown', { message })
    const fresh = deliveries.filter(({ delivery }) => !state.ended.has(delivery))
    return fresh.length === 0
      ? []
      : [{ type: 'MessageDeliveriesEnded', data: { message, deliveries: fresh } }]
  },
})
