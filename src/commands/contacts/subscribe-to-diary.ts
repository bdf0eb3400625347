import { z } from 'zod'
import { SubscriptionChannel } from '#values/contact.ts'
import { LocalDate } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { confirmedContacts, subscriptionOf } from './state.ts'
import { askedFor, mayKeepContacts, onContacts, whose } from './whose.ts'

/**
 * From now on a parent gets the diary of a child by a channel beside the cabinet: SMS of marks, e-mail of the week, or the
 * week on paper. What goes out needs a contact that was confirmed; paper needs none.
 */
export const subscribeToDiary = defineCommand({
  ...onContacts,
  name: 'subscribe-to-diary',
  summary: 'Подписать родителя на дневник ребёнка: отметки в SMS, неделя по почте или на бумаге',
  operation: '26',
  input: z.strictObject({
    ...whose,
    channel: SubscriptionChannel.describe(
      'sms — отметки дня, email — дневник за неделю, paper — распечатка недели у классного руководителя',
    ),
    date: LocalDate.optional().describe('Дата письменного заявления; родителю не нужна'),
  }),
  may: mayKeepContacts,
  decide({ input: { pupil, representative, channel, ...input }, state, actor, now }) {
    if (state.subscriptions.has(subscriptionOf({ pupil, channel }))) return []
    const asked = askedFor(input.date, actor, now)
    if (isRefusal(asked)) return asked
    if (channel !== 'paper' && !confirmedContacts(state).some((one) => one.channel === channel))
      return refuse('contact-unconfirmed', { channel })
    return [{ type: 'DiarySubscriptionBegun', data: { representative, pupil, channel, ...asked } }]
  },
})
