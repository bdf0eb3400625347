import type { MessageEvent } from '#events/message.ts'
import type { PersonalText } from '#values/personal-text.ts'
import { dateAt, type Instant } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import type { Fold } from '../fold.ts'
import { DEFAULT_ZONE } from '../school-year/state.ts'

export type DiaryNotice = Extract<MessageEvent, { type: 'DiaryNoticeIssued' }>['data']

type Sent = Extract<MessageEvent, { type: 'MessageSent' }>['data']

export interface MessageState {
  /** Null before it is sent, and where it was sent by operations that have lost their effect. */
  sent: (Pick<Sent, 'to' | 'date'> & { readonly account: Uuid; readonly at: Instant }) | null
  /** What of the diary it brings to a subscriber; null of what somebody wrote. */
  notice: DiaryNotice | null
  subject: PersonalText | null
  text: PersonalText | null
  readonly recipients: Map<Uuid, { read: boolean; readonly pupils: readonly Uuid[] }>
  /** The deliveries that have ended, by id. */
  readonly ended: Set<Uuid>
  withdrawn: boolean
}

export const messageFold: Fold<MessageState, MessageEvent> = {
  category: 'message',
  initial: () => ({
    sent: null,
    notice: null,
    subject: null,
    text: null,
    recipients: new Map(),
    ended: new Set(),
    withdrawn: false,
  }),
  on: {
    MessageSent: (state, { data, meta }) => {
      const { to, date, subject, text, recipients } = data
      state.sent = { to, date, account: meta.by, at: meta.at }
      state.subject = subject
      state.text = text
      for (const { representative, pupils } of recipients)
        state.recipients.set(representative, { read: false, pupils })
    },
    DiaryNoticeIssued: (state, { data, meta }) => {
      const date = dateAt(data.until, DEFAULT_ZONE)
      state.sent = { to: { kind: 'pupil', pupil: data.pupil }, date, account: meta.by, at: meta.at }
      state.notice = data
    },
    MessageWithdrawn: (state) => {
      state.withdrawn = true
    },
    MessageRead: (state, { data }) => {
      const known = state.recipients.get(data.representative)
      if (known !== undefined) known.read = true
    },
    MessageDeliveriesEnded: (state, { data }) => {
      for (const { delivery } of data.deliveries) state.ended.add(delivery)
    },
  },
}
