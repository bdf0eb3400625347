import { z } from 'zod'
import { erased } from './replies.ts'
import { Receiver, WindowFrom } from '#events/incident.ts'
import { type Decoded, decode } from '#events/registry.ts'
import type { EventStore } from '#events/store/event-store.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { type Act, type Incident, incidentFold, type ListedOperation } from '#commands/incident/state.ts'
import { incidentsOf } from '#commands/references.ts'
import { WHOLE_YEAR } from '#commands/school-year/state.ts'
import { refuse } from '#commands/refusal.ts'
import { seesWhole } from '#values/rights.ts'
import { Role } from '#values/role.ts'
import { pageId, PeriodId } from '#values/school.ts'
import { Instant, secondsLate } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { ProblemError } from '../problems.ts'
import { finalsMeanwhile, finalsOfYearAbove, mentioned, toReview } from './consequences.ts'
import { authorsOf } from './names.ts'
import { type Asked, defineView } from './view.ts'

const tag = 'Нарушения доступа'

const ActReply = z.strictObject({ account: Uuid, role: Role, at: Instant })
const ReceiptReply = ActReply.extend({
  person: Uuid,
  receivedAt: Instant.describe('Когда получено; at — когда записано'),
  lateBy: z.int().describe('Секунд после срока; 0 — вовремя'),
})
const IncidentReply = z
  .strictObject({
    incident: Uuid,
    account: Uuid,
    name: z.string().nullable().describe('Чья учётная запись'),
    state: z.enum(['reported', 'declared', 'restored', 'withdrawn']),
    learnedAt: Instant,
    compromisedFrom: Instant.nullable(),
    dueAt: Instant.describe('Конец следующего рабочего дня (п. 4.3)'),
    text: z.string().nullable(),
    ...erased,
    reported: ActReply.describe('С этого времени доступ закрыт'),
    receipts: z.strictObject({ head: ReceiptReply.nullable(), support: ReceiptReply.nullable() }),
    overdue: z.boolean().describe('Срок прошёл, а обоих подтверждений нет'),
    noticeReceivedAt: Instant.nullable().describe('T0: с этого мгновения операции недействительны (п. 4.4)'),
    receivedBy: Receiver.nullable(),
    basis: WindowFrom.nullable(),
    declared: ActReply.nullable(),
    restored: ActReply.nullable().describe('T1: доступ восстановлен'),
    withdrawn: ActReply.nullable(),
    counts: z.strictObject({
      void: z.int(),
      suspect: z.int(),
      confirmed: z.int(),
      annulled: z.int(),
      open: z.int(),
    }),
  })
  .meta({ id: 'Incident' })

const MentionedReply = z.strictObject({
  stream: z.string(),
  rev: z.int(),
  operation: Uuid,
  type: z.string(),
  at: Instant,
  account: Uuid,
})
const OperationReply = MentionedReply.extend({
  cause: Uuid.nullable(),
  data: z.record(z.string(), z.unknown()).nullable().describe('Что записано; администратору не показывается'),
})

/** Every breach that was reported, the newest first; whoever may not see all of them sees those of the own account. */
export const incidents = defineView({
  name: 'incidents',
  path: 'incidents',
  summary: 'Сообщения о нарушении доступа: подтверждения, сроки, состояние',
  tag,
  operation: '40',
  input: z.strictObject({}),
  reply: z.strictObject({ incidents: z.array(IncidentReply) }),
  readsNoModel: true,
  async answer(asked) {
    const { state } = await loaded(asked)
    const seen = [...state.incidents.values()].filter((incident) => maySeeIncident(asked, incident))
    const name = await authorsOf(
      asked,
      seen.map(({ account }) => account),
    )
    const now = asked.parts.execution.clock()
    return {
      body: { incidents: seen.map((one) => ({ ...shown(one, now), name: name(one.account) })).toReversed() },
    }
  },
})

/** One breach whole: what is void, what is suspect and what became of it, and what was built on it (R-4.4a to R-4.4d). */
export const incident = defineView({
  name: 'incident',
  path: 'incidents/:incident',
  summary:
    'Нарушение доступа: недействительные и сомнительные операции, итоги и записи, которые на них опирались',
  tag,
  operation: '40',
  input: z.strictObject({ incident: Uuid }),
  reply: z.strictObject({
    incident: IncidentReply,
    void: z.array(OperationReply),
    suspect: z.array(
      OperationReply.extend({
        state: z.enum(['open', 'confirmed', 'annulled']),
        settled: ActReply.extend({ order: z.unknown(), text: z.string().nullable(), ...erased }).nullable(),
      }),
    ),
    review: z.array(MentionedReply).describe('Поздние записи других, которые опираются на лишённые силы'),
    finals: z
      .array(MentionedReply.extend({ pupil: Uuid, kind: z.string() }))
      .describe('Итоговые отметки, выставленные, пока действовала лишённая силы отметка'),
  }),
  readsNoModel: true,
  async answer(asked) {
    const { state } = await loaded(asked)
    const known = state.incidents.get(asked.input.incident)
    if (known === undefined || !maySeeIncident(asked, known)) {
      const { refused, detail } = refuse('incident-unknown', { incident: asked.input.incident })
      throw new ProblemError(refused, detail)
    }
    const name = await authorsOf(asked, [known.account])
    const streams = await streamsOf(asked, known)
    const withData = asked.actor.role !== 'system-administrator'
    const operation = (listed: ListedOperation) => {
      const event = streams.get(listed.stream)![listed.rev]!
      return { ...mentioned(event), cause: listed.cause, data: withData ? event.data : null }
    }
    const { withoutEffect } = asked.parts.execution.streams
    const [review, finals] = [[] as unknown[], [] as unknown[]]
    const until = known.declared?.at ?? '9'
    for (const [stream, events] of streams) {
      const leftOut = withoutEffect.inStream(stream)
      review.push(...toReview(events, leftOut))
      finals.push(...finalsMeanwhile(events, leftOut, until))
      finals.push(...finalsOfYearAbove(events, leftOut, await yearPageOf(asked, events), until))
    }
    return {
      body: {
        incident: { ...shown(known, asked.parts.execution.clock()), name: name(known.account) },
        void: known.voided.map(operation),
        suspect: [...known.suspects.values()].map(({ state: settledAs, settled, ...listed }) => ({
          ...operation(listed),
          state: settledAs,
          settled,
        })),
        review,
        finals,
      },
    }
  },
})

function loaded({ parts, school }: Asked<unknown>) {
  return parts.execution.streams.load(incidentFold, incidentsOf(school))
}

/** Of the own account everybody sees it; of others whoever sees all of them. */
export function maySeeIncident({ actor }: Asked<unknown>, { account }: Incident): boolean {
  // An incident is of an account, and of whatever it wrote: no part of the school (R-7A.16b).
  const whole = seesWhole('40').includes(actor.role) && (actor.competence ?? null) === null
  return account === actor.account || whole
}

function shown(incident: Incident, now: Instant) {
  const { receipts, declared, withdrawn, restored, dueAt } = incident
  const receipt = (by: Receiver) => {
    const found = receipts[by]
    return found === undefined ? null : { ...found, lateBy: secondsLate(found.receivedAt, dueAt) }
  }
  const counted = (of: string) => [...incident.suspects.values()].filter(({ state }) => state === of).length
  const both = receipts.head !== undefined && receipts.support !== undefined
  return {
    incident: incident.incident,
    account: incident.account,
    state:
      withdrawn !== null
        ? 'withdrawn'
        : restored !== null
          ? 'restored'
          : declared !== null
            ? 'declared'
            : 'reported',
    learnedAt: incident.learnedAt,
    compromisedFrom: declared?.compromisedFrom ?? incident.compromisedFrom,
    dueAt,
    text: incident.text,
    reported: incident.reported,
    receipts: { head: receipt('head'), support: receipt('support') },
    overdue: withdrawn === null && !both && secondsLate(now, dueAt) > 0,
    noticeReceivedAt: declared?.noticeReceivedAt ?? null,
    receivedBy: declared?.receivedBy ?? null,
    basis: declared?.basis ?? null,
    declared: actOf(declared),
    restored: actOf(restored),
    withdrawn: actOf(withdrawn),
    counts: {
      void: incident.voided.length,
      suspect: incident.suspects.size,
      confirmed: counted('confirmed'),
      annulled: counted('annulled'),
      open: counted('open'),
    },
  }
}

function actOf(act: Act | null): Act | null {
  return act === null ? null : { account: act.account, role: act.role, at: act.at }
}

/** The page of the year of the journal on whose page these events stand; nothing of the page of the year itself. */
async function yearPageOf({ parts, school }: Asked<unknown>, events: readonly Decoded[]): Promise<Decoded[]> {
  const [opened] = events
  if (opened?.type !== 'PageOpened' || opened.data.period === WHOLE_YEAR) return []
  const page = pageId(opened.data.journal, PeriodId.parse(WHOLE_YEAR))
  return decodedIn(parts.execution.store, streamName(school, 'journalPage', page))
}

/** The streams of an incident as they stand in the log, whole: their operations, and what came after. */
async function streamsOf({ parts }: Asked<unknown>, incident: Incident): Promise<Map<string, Decoded[]>> {
  const names = new Set([...incident.voided, ...incident.suspects.values()].map(({ stream }) => stream))
  const streams = new Map<string, Decoded[]>()
  for (const name of names) {
    streams.set(name, await decodedIn(parts.execution.store, name as StreamName))
  }
  return streams
}

async function decodedIn(store: Pick<EventStore, 'readStream'>, stream: StreamName): Promise<Decoded[]> {
  const events: Decoded[] = []
  for await (const event of store.readStream(stream)) {
    const decoded = decode(event)
    if (decoded !== null) events.push(decoded)
  }
  return events
}
