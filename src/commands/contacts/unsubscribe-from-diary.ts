import { z } from 'zod'
import { SubscriptionChannel } from '#values/contact.ts'
import { defineCommand } from '../command.ts'
import { subscriptionOf } from './state.ts'
import { mayKeepContacts, onContacts, whose } from './whose.ts'

/** Ends a subscription: nothing of the diary goes there any more, what waits to be sent among it. */
export const unsubscribeFromDiary = defineCommand({
  ...onContacts,
  name: 'unsubscribe-from-diary',
  summary: 'Отписать родителя от дневника ребёнка по этому каналу',
  operation: '26',
  input: z.strictObject({ ...whose, channel: SubscriptionChannel }),
  may: mayKeepContacts,
  decide({ input: { pupil, representative, channel }, state }) {
    return state.subscriptions.has(subscriptionOf({ pupil, channel }))
      ? [{ type: 'DiarySubscriptionEnded', data: { representative, pupil, channel } }]
      : []
  },
})
