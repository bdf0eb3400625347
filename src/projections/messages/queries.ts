import type { Kysely } from 'kysely'
import { query } from '#events/store/sql.ts'
import type { Channel } from '#values/contact.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant, LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { pupilDiary } from '../pupil-diary/projection.ts'
import { schemaOf } from '../read-model.ts'
import { rows } from '../rows.ts'
import { schoolDirectory } from '../school-directory/projection.ts'
import {
  type ContactRow,
  type MessageRow,
  messages,
  type NoticeRow,
  type RecipientRow,
  type SubscriptionRow,
} from './projection.ts'

const MESSAGES = schemaOf(messages)
const DIARY = schemaOf(pupilDiary)
const DIRECTORY = schemaOf(schoolDirectory)

/** Whoever waits for a delivery of a message or of a notice, of all schools. */
const OPEN = `
  select m.school, m.message, r.representative, m.sent_at, m.withdrawn_at is not null as withdrawn
  from ${MESSAGES}.recipient r join ${MESSAGES}.message m on m.stream = r.stream and m.message = r.message
  where r.open
  union all
  select school, message, representative, sent_at, false from ${MESSAGES}.notice where open`

type Database = Kysely<unknown>

/** Which messages are asked for; null is no condition. */
export interface MessagesWanted {
  /** Of this author. */
  readonly account: Uuid | null
  /** To the representatives of this pupil. */
  readonly pupil: Uuid | null
  /** To this person. */
  readonly representative: Uuid | null
  /** Only those of which some delivery came to nothing, or to whose pupils nobody is known. */
  readonly undelivered: boolean
  /** Children of the representative about whom nothing is delivered to him: what was sent of them alone is left out. */
  readonly closed?: readonly Uuid[]
}

export interface ListedMessage extends MessageRow {
  readonly recipients: number
  readonly read: number
  /** Deliveries that were taken over, by recipients; those who have none yet; those whom nothing reaches but the diary. */
  readonly delivered: number
  readonly waiting: number
  readonly undelivered: number
  /** When the one named as `representative` read it. */
  readonly read_at: Instant | null
}

const ACCEPTED = `r.deliveries @> '[{"outcome":"accepted"}]'`

/** Messages, the newest first, before a place in that order. */
export function listMessages(
  database: Database,
  school: SchoolSlug,
  { account, pupil, representative, undelivered, closed = [] }: MessagesWanted,
  before: readonly [Instant, Uuid] | null,
  limit: number,
): Promise<ListedMessage[]> {
  const text = `
    select m.message, m.sent_at, m.date, m.account, m.role, m.target, m.subject, m.text, m.unreached, m.withdrawn_at,
      count(*)::integer as recipients, count(r.read_at)::integer as read,
      (count(*) filter (where ${ACCEPTED}))::integer as delivered,
      (count(*) filter (where r.open))::integer as waiting,
      (count(*) filter (where not r.open and not ${ACCEPTED}))::integer as undelivered,
      max(r.read_at) filter (where r.representative = $3::uuid) as read_at
    from ${MESSAGES}.message m join ${MESSAGES}.recipient r on r.stream = m.stream and r.message = m.message
    where m.school = $1 and ($2::uuid is null or m.account = $2)
      and ($5::text is null or (m.sent_at, m.message) < ($5, $6::uuid))
      and ($3::uuid is null and $4::text is null or exists (
        select from ${MESSAGES}.recipient o where o.stream = m.stream and o.message = m.message
          and ($3::uuid is null or o.representative = $3) and ($4::text is null or o.pupils @> $4::jsonb)
          and not o.pupils <@ $9::jsonb))
    group by m.stream, m.message, m.sent_at, m.date, m.account, m.role, m.target, m.subject, m.text, m.unreached,
      m.withdrawn_at
    having not $7::boolean or m.unreached <> '[]' or count(*) filter (where not r.open and not ${ACCEPTED}) > 0
    order by m.sent_at desc, m.message desc limit $8`
  return rows(database, text, [
    school,
    account,
    representative,
    pupil === null ? null : JSON.stringify([pupil]),
    before?.[0] ?? null,
    before?.[1] ?? null,
    undelivered,
    limit,
    JSON.stringify(closed),
  ])
}

export async function messageById(
  database: Database,
  school: SchoolSlug,
  id: Uuid,
): Promise<MessageRow | undefined> {
  const text = `select message, sent_at, date, account, role, target, subject, text, unreached, withdrawn_at
    from ${MESSAGES}.message where school = $1 and message = $2`
  return (await rows<MessageRow>(database, text, [school, id]))[0]
}

/** To whom a message went, and what became of each delivery. */
export function recipientsOf(database: Database, school: SchoolSlug, id: Uuid): Promise<RecipientRow[]> {
  const text = `select message, representative, pupils, read_at, open, deliveries
    from ${MESSAGES}.recipient where school = $1 and message = $2 order by representative`
  return rows(database, text, [school, id])
}

/** To whom the messages went that were sent between two dates and stand, and how each delivery ended. */
export function recipientsBetween(
  database: Database,
  school: SchoolSlug,
  from: LocalDate,
  until: LocalDate,
): Promise<
  Array<Pick<RecipientRow, 'message' | 'pupils' | 'read_at' | 'open'> & { readonly accepted: boolean }>
> {
  const text = `select r.message, r.pupils, r.read_at, r.open, ${ACCEPTED} as accepted
    from ${MESSAGES}.message m join ${MESSAGES}.recipient r on r.stream = m.stream and r.message = m.message
    where m.school = $1 and m.date between $2 and $3 and m.withdrawn_at is null order by r.message, r.representative`
  return rows(database, text, [school, from, until])
}

/** All contacts that some people ever gave, the newest first. */
export function contactsOf(
  database: Database,
  school: SchoolSlug,
  representatives: readonly Uuid[],
): Promise<ContactRow[]> {
  const text = `select contact, representative, channel, form, source, date, address, given_at, given_by,
      confirmed_at, confirmed_by, withdrawn_at, withdrawn_for
    from ${MESSAGES}.contact
    where school = $1 and representative in (select value::uuid from json_array_elements_text($2::json))
    order by given_at desc, contact`
  return rows(database, text, [school, JSON.stringify(representatives)])
}

/** The subscriptions of the representatives of some pupils, also those that ended. */
export function subscriptionsOf(
  database: Database,
  school: SchoolSlug,
  pupils: readonly Uuid[],
): Promise<SubscriptionRow[]> {
  const text = `select pupil, representative, channel, source, date, begun_at, ended_at
    from ${MESSAGES}.subscription
    where school = $1 and pupil in (select value::uuid from json_array_elements_text($2::json))
    order by pupil, representative, channel`
  return rows(database, text, [school, JSON.stringify(pupils)])
}

/** The notices of the diary of a pupil to some subscribers, the newest first. */
export function noticesOf(
  database: Database,
  school: SchoolSlug,
  pupil: Uuid,
  representatives: readonly Uuid[],
  limit: number,
): Promise<NoticeRow[]> {
  const text = `select message, pupil, representative, channel, since, until, sent_at, open, deliveries
    from ${MESSAGES}.notice
    where school = $1 and pupil = $2
      and representative in (select value::uuid from json_array_elements_text($3::json))
    order by until desc, message limit $4`
  return rows(database, text, [school, pupil, JSON.stringify(representatives), limit])
}

/** The diary of some hours, which is due to the subscribers of a channel. */
export interface DiaryWindow {
  readonly channel: Channel
  readonly since: Instant
  readonly until: Instant
  /** The dates whose lessons are looked at, both included. */
  readonly from: LocalDate
  readonly through: LocalDate
}

/** There is something to tell: by SMS that a mark was recorded, by e-mail that a lesson was given. */
const NEWS: Readonly<Record<Channel, string>> = {
  sms: `select from ${DIARY}.entry e cross join lateral jsonb_array_elements(e.marks) m
    where e.school = s.school and e.pupil = s.pupil and m->>'recordedAt' > $2 and m->>'recordedAt' <= $3`,
  email: `select from ${DIRECTORY}.member b
    join ${DIRECTORY}.journal j on j.school = b.school and j.unit = b.unit
    join ${DIARY}.page p on p.school = j.school and p.journal = j.journal
    join ${DIARY}.lesson l on l.stream = p.stream and l.date between $4 and $5
    where b.school = s.school and b.pupil = s.pupil`,
}

/** The subscribers of all schools to whom something is due, and not issued yet. */
export function subscribersDue(
  database: Database,
  { channel, since, until, from, through }: DiaryWindow,
): Promise<Array<{ readonly school: SchoolSlug; readonly pupil: Uuid; readonly representative: Uuid }>> {
  return query(
    database,
    `select s.school, s.pupil, s.representative from ${MESSAGES}.subscription s
     where s.channel = $1 and s.ended_at is null and s.begun_at <= $3 and $2::text < $3 and $4::text <= $5::text
       and not exists (
         select from ${MESSAGES}.notice n where n.school = s.school and n.pupil = s.pupil
           and n.representative = s.representative and n.channel = s.channel and n.until = $3)
       and exists (${NEWS[channel]})
     order by s.school, s.pupil, s.representative`,
    [channel, since, until, from, through],
  )
}

/** A recipient to whom something may still be sent. */
export interface OpenRecipient {
  readonly school: SchoolSlug
  readonly message: Uuid
  readonly representative: Uuid
}

/**
 * Whoever waits for a delivery and is due, of all schools, in the order of sending: who waits for his next try is not, until
 * the message is withdrawn or given up.
 */
export function openRecipients(
  database: Database,
  due: { readonly now: Instant; readonly givenUp: Instant },
  after: readonly [Instant, Uuid, Uuid] | null,
  limit: number,
): Promise<Array<OpenRecipient & { readonly sent_at: Instant }>> {
  return query(
    database,
    `select o.school, o.message, o.representative, o.sent_at from (${OPEN}) o
     where ($1::text is null or (o.sent_at, o.message, o.representative) > ($1, $2::uuid, $3::uuid))
       and (o.withdrawn or o.sent_at <= $6 or not exists (
         select from operations.delivery d where d.message = o.message and d.representative = o.representative
           and d.outcome is null and d.next_at > $5))
     order by o.sent_at, o.message, o.representative limit $4`,
    [after?.[0] ?? null, after?.[1] ?? null, after?.[2] ?? null, limit, due.now, due.givenUp],
  )
}

/** How many recipients of all schools wait for a delivery, and since when the first. */
export async function waitingDeliveries(
  database: Database,
): Promise<{ readonly waiting: number; readonly oldest: Instant | null }> {
  const [found] = await query<{ waiting: number; oldest: Instant | null }>(
    database,
    `select count(*)::integer as waiting, min(o.sent_at) as oldest from (${OPEN}) o`,
  )
  return found!
}

/** Contacts that were given in the cabinet since an instant and wait for their code to be typed, of all schools. */
export function contactsToConfirm(
  database: Database,
  since: Instant,
  limit: number,
): Promise<Array<{ readonly school: SchoolSlug; readonly contact: Uuid; readonly representative: Uuid }>> {
  return query(
    database,
    `select school, contact, representative from ${MESSAGES}.contact
     where source = 'electronic' and confirmed_at is null and withdrawn_at is null and given_at > $1
     order by given_at desc, contact limit $2`,
    [since, limit],
  )
}
