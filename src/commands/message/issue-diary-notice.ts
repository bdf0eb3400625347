import { messageEvents } from '#events/message.ts'
import { defineCommand } from '../command.ts'
import { represents } from '../family/state.ts'
import { refuse } from '../refusal.ts'
import { dayOf, onMessage } from './addressees.ts'

/**
 * The service issues what a subscriber is to get of the diary. It is in no address: who is subscribed, and whether
 * there is something to tell, the service finds. Issued twice under one id, it is recorded once.
 */
export const issueDiaryNotice = defineCommand({
  ...onMessage,
  name: 'issue-diary-notice',
  summary: 'Отправить родителю дневник по подписке',
  operation: '26c',
  input: messageEvents.DiaryNoticeIssued.data,
  needs: ['family'],
  pupil: ({ pupil }) => pupil,
  decide({ input, state, references, now }) {
    if (!represents(references.family, input.representative, dayOf(now)))
      return refuse('representative-unknown', { representative: input.representative })
    return state.sent === null ? [{ type: 'DiaryNoticeIssued', data: input }] : []
  },
})
