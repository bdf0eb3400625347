import { z } from 'zod'
import { Addressees, messageEvents } from '#events/message.ts'
import {
  contactsOf,
  type ListedMessage,
  listMessages,
  messageById,
  recipientsOf,
} from '#projections/messages/queries.ts'
import { familyFold, represents } from '#commands/family/state.ts'
import { streamName } from '#events/stream-name.ts'
import { Channel, DeliveryForm } from '#values/contact.ts'
import { Role } from '#values/role.ts'
import { Instant, LocalDate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { authorsOf, namesOf } from './names.ts'
import { erased } from './replies.ts'
import { childrenByConsent, mayArrangeFor, mayReadDiary, mustKnowPupil, seesWholeSchool } from './rights.ts'
import { defineView } from './view.ts'

const tag = 'Сообщения родителям'
const MOST = 200

const paged = {
  limit: z.coerce.number<string>().int().min(1).max(MOST).default(50),
  before: z
    .string()
    .regex(/^[0-9TZ:.-]{24}\|[0-9a-f-]{36}$/)
    .optional()
    .describe('Из поля next предыдущего ответа'),
}

const shown = {
  message: Uuid,
  sent_at: Instant,
  author_name: z.string().nullable(),
  role: Role,
  subject: z.string().nullable(),
  text: z.string().nullable().describe('null — отозвано или стёрто (рядом erased)'),
  withdrawn_at: Instant.nullable(),
  ...erased,
}

/** What the school wrote to the parents of a child, beside the diary (R-7V.m); to a parent, what was sent to him. */
export const pupilMessages = defineView({
  name: 'pupil-messages',
  path: 'pupils/:pupil/messages',
  summary: 'Сообщения законным представителям обучающегося, новые сначала; учителю — отправленные им',
  tag,
  operation: '8',
  input: z.strictObject({ pupil: Uuid, ...paged }),
  reply: z.strictObject({
    pupil: Uuid,
    name: z.string(),
    messages: z.array(
      z
        .strictObject({
          ...shown,
          read_at: Instant.nullable().describe('Когда прочтение подтвердил тот, кто спрашивает'),
        })
        .meta({ id: 'MessageInDiary' }),
    ),
    next: z.string().nullable(),
  }),
  may: (asked) => mayReadDiary(asked, asked.input.pupil),
  async answer(asked) {
    const { school, parts, input, actor } = asked
    await mustKnowPupil(asked, input.pupil)
    const found = await listMessages(
      parts.database,
      school,
      {
        account: actor.role === 'teacher' ? actor.account : null,
        pupil: input.pupil,
        representative: actor.role === 'parent' ? actor.person : null,
        undelivered: false,
      },
      placeBefore(input.before),
      input.limit,
    )
    const author = await authorsOf(
      asked,
      found.map(({ account }) => account),
    )
    const name = await namesOf(asked, [input.pupil])
    return {
      body: {
        pupil: input.pupil,
        name: name(input.pupil),
        messages: found.map((one) => ({
          ...wordsOf(one, actor.role !== 'parent', author(one.account)),
          read_at: one.read_at,
        })),
        next: nextOf(found, input.limit),
      },
    }
  },
})

/** What somebody sent, or was sent, with how far it has come; those of the whole school for who answers for it. */
export const messageList = defineView({
  name: 'message-list',
  path: 'messages',
  summary:
    'Сообщения: родителю — полученные, учителю и классному руководителю — свои, администрации — все; с доставкой',
  tag,
  operation: '8',
  input: z.strictObject({
    undelivered: z
      .enum(['true', 'false'])
      .default('false')
      .describe('true — только те, что не до всех дошли вне дневника'),
    ...paged,
  }),
  reply: z.strictObject({
    messages: z.array(
      z
        .strictObject({
          ...shown,
          to: Addressees,
          recipients: z.int(),
          read: z.int().describe('Сколько получателей подтвердили прочтение'),
          delivered: z.int().describe('До скольких дошло вне дневника: приняла почта или служба SMS'),
          waiting: z.int(),
          undelivered: z.int(),
          unreached: z.int().describe('Обучающиеся, у которых школа не знает представителей'),
        })
        .meta({ id: 'ListedMessage' }),
    ),
    next: z.string().nullable(),
  }),
  async answer(asked) {
    const { school, parts, input, actor } = asked
    const family = actor.role === 'parent'
    const found = await listMessages(
      parts.database,
      school,
      {
        account: family || seesWholeSchool(actor) ? null : actor.account,
        pupil: null,
        representative: family ? actor.person : null,
        undelivered: input.undelivered === 'true',
        closed: family ? (await childrenByConsent(asked)).closed : [],
      },
      placeBefore(input.before),
      input.limit,
    )
    const author = await authorsOf(
      asked,
      found.map(({ account }) => account),
    )
    return {
      body: {
        messages: found.map((one) => {
          const words = wordsOf(one, !family, author(one.account))
          // How others were reached is no matter of one family.
          const { recipients, read, delivered, waiting, undelivered } = family ? ofOne(one) : one
          const unreached = family ? 0 : one.unreached.length
          return { ...words, to: one.target, recipients, read, delivered, waiting, undelivered, unreached }
        }),
        next: nextOf(found, input.limit),
      },
    }
  },
})

const { outcome } = messageEvents.MessageDeliveriesEnded.data.shape.deliveries.element.shape

/** One message with the state of its delivery to each recipient: for its author, and for who sees the whole school. */
export const messageDelivery = defineView({
  name: 'message-delivery',
  path: 'messages/:message',
  summary: 'Сообщение и его доставка каждому получателю: автору и администрации',
  tag,
  operation: '8',
  input: z.strictObject({ message: Uuid }),
  reply: z.strictObject({
    ...shown,
    to: Addressees,
    recipients: z.array(
      z.strictObject({
        representative: Uuid,
        name: z.string(),
        pupils: z.array(z.strictObject({ pupil: Uuid, name: z.string() })),
        read_at: Instant.nullable(),
        open: z.boolean().describe('Доставка ещё не закончена'),
        deliveries: z.array(
          z.strictObject({
            delivery: Uuid,
            channel: Channel.nullable().describe('null — только дневник'),
            outcome,
            outcome_name: z.string(),
            code: z.int().nullable(),
            attempts: z.int(),
            at: Instant,
          }),
        ),
      }),
    ),
    unreached: z.array(z.strictObject({ pupil: Uuid, name: z.string() })),
  }),
  async answer(asked) {
    const { school, parts, input, actor } = asked
    const found = await messageById(parts.database, school, input.message)
    const open = found !== undefined && (found.account === actor.account || seesWholeSchool(actor))
    if (!open || actor.role === 'parent')
      throw new ProblemError('message-unknown', { message: input.message })
    const recipients = await recipientsOf(parts.database, school, input.message)
    const author = await authorsOf(asked, [found.account])
    const name = await namesOf(asked, [
      ...found.unreached,
      ...recipients.flatMap(({ representative, pupils }) => [representative, ...pupils]),
    ])
    const named = (pupil: Uuid) => ({ pupil, name: name(pupil) })
    return {
      body: {
        ...wordsOf(found, true, author(found.account)),
        to: found.target,
        recipients: recipients.map(({ message: _message, representative, pupils, deliveries, ...rest }) => ({
          representative,
          name: name(representative),
          pupils: pupils.map(named),
          ...rest,
          deliveries: deliveries.map((one) => ({ ...one, outcome_name: OUTCOMES[one.outcome] })),
        })),
        unreached: found.unreached.map(named),
      },
    }
  },
})

/** How a delivery ended, for people. What was accepted may still not be read: nobody can promise more. */
const OUTCOMES: Readonly<Record<z.output<typeof outcome>, string>> = {
  accepted: 'принято почтой или службой SMS',
  refused: 'отказано: адрес не принимает сообщений',
  failed: 'не доставлено за сутки',
  'no-contact': 'только в дневнике: подтверждённого контакта нет',
  'not-configured': 'только в дневнике: этот способ доставки в школе не подключён',
  withdrawn: 'не отправлено: сообщение отозвано',
  'no-consent': 'не отправлено: нет согласия на сообщения вне дневника; скажите семье иначе',
}

/** The contacts of the representatives of a pupil: a parent sees the own, a class teacher those of the own class. */
export const familyContacts = defineView({
  name: 'family-contacts',
  path: 'family/:pupil/contacts',
  summary: 'Контакты законных представителей: источник, дата, подтверждение; родителю — свои',
  tag,
  operation: '26',
  input: z.strictObject({ pupil: Uuid }),
  reply: z.strictObject({
    pupil: Uuid,
    name: z.string(),
    contacts: z.array(
      z
        .strictObject({
          contact: Uuid,
          representative: Uuid,
          representative_name: z.string(),
          channel: Channel,
          form: DeliveryForm,
          source: z.enum(['written', 'electronic']),
          date: LocalDate,
          address: z.string().nullable(),
          state: z.enum(['unconfirmed', 'confirmed', 'withdrawn']),
          given_at: Instant,
          given_by: z.string().nullable(),
          confirmed_at: Instant.nullable(),
          confirmed_by: z.enum(['document', 'code']).nullable(),
          withdrawn_at: Instant.nullable(),
          withdrawn_for: z.string().nullable(),
          ...erased,
        })
        .meta({ id: 'Contact' }),
    ),
  }),
  may: (asked) => mayArrangeFor(asked, asked.input.pupil),
  async answer(asked) {
    const { school, parts, input, actor, today } = asked
    await mustKnowPupil(asked, input.pupil)
    const { state } = await parts.execution.streams.load(
      familyFold,
      streamName(school, 'family', input.pupil),
    )
    const all = [...state.representatives.keys()].filter((one) => represents(state, one, today))
    const seen = actor.role === 'parent' ? all.filter((one) => one === actor.person) : all
    const found = await contactsOf(parts.database, school, seen)
    const name = await namesOf(asked, [input.pupil, ...seen])
    const author = await authorsOf(
      asked,
      found.map(({ given_by: by }) => by),
    )
    return {
      body: {
        pupil: input.pupil,
        name: name(input.pupil),
        contacts: found.map((one) => ({
          ...one,
          representative_name: name(one.representative),
          state:
            one.withdrawn_at !== null ? 'withdrawn' : one.confirmed_at === null ? 'unconfirmed' : 'confirmed',
          given_by: author(one.given_by),
        })),
      },
    }
  },
})

type Shown = Pick<ListedMessage, 'message' | 'sent_at' | 'role' | 'subject' | 'text' | 'withdrawn_at'>

/** The words of a message; of one that was withdrawn whoever received it sees only that it was. */
function wordsOf(
  { message, sent_at, role, subject, text, withdrawn_at }: Shown,
  whole: boolean,
  by: string | null,
) {
  const open = whole || withdrawn_at === null
  return {
    message,
    sent_at,
    author_name: by,
    role,
    subject: open ? subject : null,
    text: open ? text : null,
    withdrawn_at,
  }
}

const ofOne = ({ read_at: read }: ListedMessage) => ({
  recipients: 1,
  read: read === null ? 0 : 1,
  delivered: 0,
  waiting: 0,
  undelivered: 0,
})

function placeBefore(cursor: string | undefined): readonly [Instant, Uuid] | null {
  const [at, id] = cursor?.split('|') ?? []
  return at === undefined ? null : [Instant.parse(at), Uuid.parse(id)]
}

function nextOf(found: readonly ListedMessage[], limit: number): string | null {
  const last = found.length === limit ? found.at(-1) : undefined
  return last === undefined ? null : `${last.sent_at}|${last.message}`
}
