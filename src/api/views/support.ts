import { z } from 'zod'
import { referenceStream, REFERENCES, WHOLE_SCHOOL } from '#commands/references.ts'
import { doneAt, supportFold, type SupportState, type Ticket } from '#commands/support/state.ts'
import { streamName } from '#events/stream-name.ts'
import { supportEvents, TicketKind } from '#events/support.ts'
import { mayAct, seesWhole } from '#values/rights.ts'
import { Role } from '#values/role.ts'
import { schoolYearOf } from '#values/school.ts'
import { nextWork, SupportHours, supportHoursOn, USUAL_SUPPORT } from '#values/support-hours.ts'
import { dateAt, Instant, secondsLate, TimeZone } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { authorsOf } from './names.ts'
import { erased } from './replies.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'Поддержка'
const MOST = 200

const { outcome, delivery } = supportEvents.TicketClosed.data.shape
const STATES = ['overdue', 'due', 'done', 'closed'] as const
type State = (typeof STATES)[number]

/** When the support service works by the clock of the school, for everybody who may need it (R-7A.17b). */
export const supportHours = defineView({
  name: 'support-hours',
  path: 'support',
  summary: 'Служба поддержки: часы работы по времени школы, как обратиться, срок ответа',
  tag,
  operation: '39d',
  input: z.strictObject({}),
  reply: z.strictObject({
    zone: TimeZone.describe('Время школы'),
    usual: z.boolean().describe('Школа своих часов не задавала'),
    in_force: SupportHours.omit({ effectiveFrom: true }),
    open: z.boolean().describe('Работает сейчас'),
    works: z
      .strictObject({ from: Instant, until: Instant })
      .describe('Рабочее время, которое идёт сейчас или начнётся следующим'),
    settings: z.array(SupportHours).describe('Все заданные часы, по дням, с которых они действуют'),
  }),
  readsNoModel: true,
  async answer(asked) {
    const now = asked.parts.execution.clock()
    const { hours } = await supportOf(asked)
    const zone = await zoneNow(asked)
    const { channel, answerMinutes, ...rest } = supportHoursOn(hours, dateAt(now, zone))
    const inForce = { channel, hours: rest.hours, answerMinutes }
    const works = nextWork(hours, now, zone)
    return {
      body: {
        zone,
        usual: rest.hours === USUAL_SUPPORT.hours,
        in_force: inForce,
        open: works.from <= now,
        works,
        settings: hours.toSorted((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom)),
      },
    }
  },
})

const by = { account: Uuid, role: Role, at: Instant, name: z.string().nullable() }
const words = {
  text: z.string().nullable().describe('null — стёрт (рядом erased) или показан только участникам'),
  ...erased,
}

/** The log of tickets: the own ones, all of them for the support service and those who control it (R-7A.17b, R-A3.4d). */
export const ticketList = defineView({
  name: 'ticket-list',
  path: 'support/tickets',
  summary: 'Журнал обращений в поддержку: сроки, ответы, переданные данные; не службе и не контролю — свои',
  tag,
  operation: '38a',
  input: z.strictObject({
    state: z.enum(STATES).optional().describe('overdue — срок прошёл, due — не прошёл, done — ответ дан'),
    kind: TicketKind.optional(),
    limit: z.coerce.number<string>().int().min(1).max(MOST).default(50),
    before: z.coerce.number<string>().int().min(1).optional().describe('Из поля next предыдущего ответа'),
  }),
  reply: z.strictObject({
    at: Instant.describe('На какое мгновение'),
    counts: z.strictObject({ overdue: z.int(), due: z.int(), done: z.int(), closed: z.int() }),
    tickets: z.array(
      z
        .strictObject({
          ticket: Uuid,
          number: z.int(),
          kind: TicketKind,
          state: z.enum(STATES),
          due_at: Instant,
          done_at: Instant.nullable(),
          late_by: z
            .int()
            .describe('Секунд после срока: к ответу или передаче, а пока их нет — к этому мгновению'),
          request: z.string().nullable(),
          opened: z.strictObject(by),
          ...words,
          said: z.array(z.strictObject({ ...by, by: z.enum(['support', 'asker']), ...words })),
          closed: z.strictObject({ ...by, outcome, delivery, ...words }).nullable(),
        })
        .meta({ id: 'Ticket' }),
    ),
    next: z.int().nullable(),
  }),
  async answer(asked) {
    const { input, actor, parts } = asked
    const now = parts.execution.clock()
    const whole = seesWhole('39b').includes(actor.role)
    const seen = [...(await supportOf(asked)).tickets.values()]
      .filter(({ opened, kind }) => (whole || opened.account === actor.account) && isOf(input.kind, kind))
      .map((ticket) => ({ ticket, state: stateOf(ticket, now) }))
    const wanted = seen
      .filter(({ state }) => input.state === undefined || state === input.state)
      .filter(({ ticket }) => input.before === undefined || ticket.number < input.before)
      .toReversed()
    const shown = wanted.slice(0, input.limit)
    const name = await authorsOf(
      asked,
      shown.flatMap(({ ticket: { opened, said, closed } }) =>
        [opened, ...said, ...(closed === null ? [] : [closed])].map(({ account }) => account),
      ),
    )
    const count = (of: State) => seen.filter(({ state }) => state === of).length
    return {
      body: {
        at: now,
        counts: Object.fromEntries(STATES.map((state) => [state, count(state)])),
        tickets: shown.map(({ ticket, state }) => {
          const reads = ticket.opened.account === actor.account || READS.has(actor.role)
          return shownTicket(ticket, { state, now, name, reads })
        }),
        next: wanted.length > shown.length ? shown.at(-1)!.ticket.number : null,
      },
    }
  },
})

/** Whoever controls the deadlines sees these, and not what was said between the asker and the support service. */
const READS: ReadonlySet<Role> = new Set([...mayAct('39b'), 'auditor'])

const isOf = (wanted: TicketKind | undefined, kind: TicketKind): boolean =>
  wanted === undefined || wanted === kind

function stateOf(ticket: Ticket, now: Instant): State {
  if (ticket.closed !== null) return 'closed'
  if (doneAt(ticket) !== null) return 'done'
  return secondsLate(now, ticket.dueAt) > 0 ? 'overdue' : 'due'
}

interface Showing {
  readonly state: State
  readonly now: Instant
  readonly name: (account: Uuid) => string | null
  readonly reads: boolean
}

function shownTicket(ticket: Ticket, { state, now, name, reads }: Showing) {
  const act = ({ account, role, at }: Ticket['opened']) => ({ account, role, at, name: name(account) })
  const said = <Text>(text: Text) => (reads ? text : null)
  const { kind, number, request, dueAt, opened, text, closed } = ticket
  const done = doneAt(ticket)
  return {
    ticket: ticket.ticket,
    number,
    kind,
    state,
    due_at: dueAt,
    done_at: done,
    late_by: secondsLate(done ?? now, dueAt),
    request,
    opened: act(opened),
    text: said(text),
    said: ticket.said.map((one) => ({ ...act(one), by: one.by, text: said(one.text) })),
    closed:
      closed === null
        ? null
        : { ...act(closed), outcome: closed.outcome, delivery: closed.delivery, text: said(closed.text) },
  }
}

/** The hours and the tickets of the school, looked up in the log. */
export async function supportOf({ school, parts }: Asked<unknown>): Promise<SupportState> {
  const stream = streamName(school, 'support', WHOLE_SCHOOL)
  return (await parts.execution.streams.load(supportFold, stream)).state
}

async function zoneNow({ school, parts, today }: Asked<unknown>): Promise<TimeZone> {
  const stream = referenceStream(school, 'schoolYear', schoolYearOf(today))
  const { state } = await parts.execution.streams.load(REFERENCES.schoolYear.fold, stream)
  return state.year?.zone ?? parts.zone
}
