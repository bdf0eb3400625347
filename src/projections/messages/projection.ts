import type { Addressees, MessageEvent } from '#events/message.ts'
import type { Channel, DeliveryForm, SubscriptionChannel } from '#values/contact.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { amend, put, type ReadModel, table } from '../read-model.ts'

type Ended = Extract<MessageEvent, { type: 'MessageDeliveriesEnded' }>['data']['deliveries'][number]

export interface MessageRow {
  readonly message: Uuid
  readonly sent_at: Instant
  readonly date: LocalDate
  /** The account of the author, and in which role. */
  readonly account: Uuid
  readonly role: string
  readonly target: Addressees
  readonly subject: PersonalText | null
  readonly text: PersonalText
  /** The pupils of whom the school knows no representative. */
  readonly unreached: readonly Uuid[]
  readonly withdrawn_at: Instant | null
}

export interface RecipientRow {
  readonly message: Uuid
  readonly representative: Uuid
  readonly pupils: readonly Uuid[]
  readonly read_at: Instant | null
  /** Whether something may still be sent to him. */
  readonly open: boolean
  readonly deliveries: ReadonlyArray<Omit<Ended, 'representative'> & { readonly at: Instant }>
}

export interface ContactRow {
  readonly contact: Uuid
  readonly representative: Uuid
  readonly channel: Channel
  readonly form: DeliveryForm
  readonly source: 'written' | 'electronic'
  readonly date: LocalDate
  readonly address: PersonalText
  readonly given_at: Instant
  readonly given_by: Uuid
  readonly confirmed_at: Instant | null
  readonly confirmed_by: 'document' | 'code' | null
  readonly withdrawn_at: Instant | null
  readonly withdrawn_for: string | null
}

/** What of the diary is due, or went, to a subscriber. */
export interface NoticeRow {
  readonly message: Uuid
  readonly pupil: Uuid
  readonly representative: Uuid
  readonly channel: Channel
  readonly since: Instant
  readonly until: Instant
  readonly sent_at: Instant
  /** Whether it may still be sent. */
  readonly open: boolean
  readonly deliveries: RecipientRow['deliveries']
}

/** A parent gets the diary of a child by a channel beside the cabinet. Begun again, the row is that of the last time. */
export interface SubscriptionRow {
  readonly pupil: Uuid
  readonly representative: Uuid
  readonly channel: SubscriptionChannel
  readonly source: 'written' | 'electronic'
  readonly date: LocalDate
  readonly begun_at: Instant
  /** Null while it stands. */
  readonly ended_at: Instant | null
}

/** Messages to parents with the state of their deliveries, and contacts and subscriptions of parents (R-7V.m, R-5.7, R-1.6). */
export const messages: ReadModel = {
  name: 'messages',
  version: 2,
  tables: [
    table<MessageRow>({
      name: 'message',
      columns: {
        message: 'uuid',
        sent_at: 'text',
        date: 'text',
        account: 'uuid',
        role: 'text',
        target: 'jsonb',
        subject: 'jsonb',
        text: 'jsonb',
        unreached: 'jsonb',
        withdrawn_at: 'text',
      },
      key: ['message'],
      indexes: [['sent_at'], ['account', 'sent_at']],
      on: {
        MessageSent: ({ data: { message, date, to, subject, text, unreached }, meta }) => [
          put<MessageRow, 'message'>(
            { message },
            {
              sent_at: meta.at,
              date,
              account: meta.by,
              role: meta.role,
              target: to,
              subject,
              text,
              unreached,
              withdrawn_at: null,
            },
          ),
        ],
        MessageWithdrawn: ({ data: { message }, meta }) => [
          amend<MessageRow>({ message }, () => ({ withdrawn_at: meta.at })),
        ],
      },
    }),
    table<RecipientRow>({
      name: 'recipient',
      columns: {
        message: 'uuid',
        representative: 'uuid',
        pupils: 'jsonb',
        read_at: 'text',
        open: 'boolean',
        deliveries: 'jsonb',
      },
      key: ['message', 'representative'],
      indexes: [['representative'], ['open']],
      on: {
        MessageSent: ({ data: { message, recipients } }) =>
          recipients.map(({ representative, pupils }) =>
            put<RecipientRow, 'message' | 'representative'>(
              { message, representative },
              { pupils, read_at: null, open: true, deliveries: [] },
            ),
          ),
        MessageRead: ({ data: { message, representative }, meta }) => [
          amend<RecipientRow>({ message, representative }, (row) => ({ read_at: row.read_at ?? meta.at })),
        ],
        MessageDeliveriesEnded: ({ data: { message, deliveries }, meta }) =>
          deliveries.map(({ representative, ...ended }) =>
            amend<RecipientRow>({ message, representative }, (row) => ({
              open: false,
              deliveries: [...row.deliveries, { ...ended, at: meta.at }],
            })),
          ),
      },
    }),
    table<NoticeRow>({
      name: 'notice',
      columns: {
        message: 'uuid',
        pupil: 'uuid',
        representative: 'uuid',
        channel: 'text',
        since: 'text',
        until: 'text',
        sent_at: 'text',
        open: 'boolean',
        deliveries: 'jsonb',
      },
      key: ['message'],
      indexes: [['pupil', 'until'], ['open']],
      on: {
        DiaryNoticeIssued: ({ data: { message, ...data }, meta }) => [
          put<NoticeRow, 'message'>({ message }, { ...data, sent_at: meta.at, open: true, deliveries: [] }),
        ],
        MessageDeliveriesEnded: ({ data: { message, deliveries }, meta }) => [
          amend<NoticeRow>({ message }, (row) => ({
            open: false,
            deliveries: [
              ...row.deliveries,
              ...deliveries.map(({ representative: _representative, ...ended }) => ({
                ...ended,
                at: meta.at,
              })),
            ],
          })),
        ],
      },
    }),
    table<SubscriptionRow>({
      name: 'subscription',
      columns: {
        pupil: 'uuid',
        representative: 'uuid',
        channel: 'text',
        source: 'text',
        date: 'text',
        begun_at: 'text',
        ended_at: 'text',
      },
      key: ['pupil', 'representative', 'channel'],
      indexes: [['pupil'], ['channel']],
      on: {
        DiarySubscriptionBegun: ({ data: { pupil, representative, channel, source, date }, meta }) => [
          put<SubscriptionRow, 'pupil' | 'representative' | 'channel'>(
            { pupil, representative, channel },
            { source, date, begun_at: meta.at, ended_at: null },
          ),
        ],
        DiarySubscriptionEnded: ({ data: { pupil, representative, channel }, meta }) => [
          amend<SubscriptionRow>({ pupil, representative, channel }, () => ({ ended_at: meta.at })),
        ],
      },
    }),
    table<ContactRow>({
      name: 'contact',
      columns: {
        contact: 'uuid',
        representative: 'uuid',
        channel: 'text',
        form: 'text',
        source: 'text',
        date: 'text',
        address: 'jsonb',
        given_at: 'text',
        given_by: 'uuid',
        confirmed_at: 'text',
        confirmed_by: 'text',
        withdrawn_at: 'text',
        withdrawn_for: 'text',
      },
      key: ['contact'],
      indexes: [['representative']],
      on: {
        ContactGiven: ({ data: { contact, ...data }, meta }) => [
          put<ContactRow, 'contact'>(
            { contact },
            {
              ...data,
              given_at: meta.at,
              given_by: meta.by,
              confirmed_at: null,
              confirmed_by: null,
              withdrawn_at: null,
              withdrawn_for: null,
            },
          ),
        ],
        ContactConfirmed: ({ data: { contact, by }, meta }) => [
          amend<ContactRow>({ contact }, () => ({ confirmed_at: meta.at, confirmed_by: by })),
        ],
        ContactWithdrawn: ({ data: { contact, reason }, meta }) => [
          amend<ContactRow>({ contact }, () => ({ withdrawn_at: meta.at, withdrawn_for: reason })),
        ],
      },
    }),
  ],
}
