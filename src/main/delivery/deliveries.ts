import { setTimeout } from 'node:timers/promises'
import { confirmedContacts, contactsFold } from '#commands/contacts/state.ts'
import { consentsTo, familyFold } from '#commands/family/state.ts'
import { policyFold } from '#commands/policy/state.ts'
import { execute } from '#commands/execute.ts'
import { incidentFold, type IncidentState } from '#commands/incident/state.ts'
import { noteDeliveries } from '#commands/message/note-deliveries.ts'
import { type DiaryNotice, messageFold, type MessageState } from '#commands/message/state.ts'
import { incidentsOf, referenceStream } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import { DEFAULT_ZONE } from '#commands/school-year/state.ts'
import type { MessageEvent } from '#events/message.ts'
import { streamName } from '#events/stream-name.ts'
import {
  contactsToConfirm,
  type OpenRecipient,
  openRecipients,
  waitingDeliveries,
} from '#projections/messages/queries.ts'
import { Channel, type DeliveryForm } from '#values/contact.ts'
import type { PersonalText } from '#values/personal-text.ts'
import type { SchoolSlug } from '#values/school.ts'
import { dateAt, type Instant, plusMinutes } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import type { Installation, ServiceLog } from '../installation.ts'
import { OPERATOR } from '../operator.ts'
import { type Attempt, Attempts } from './attempts.ts'
import type { Carried, Carrier } from './carrier.ts'
import { type Composed, DiaryNotices } from './diary-notices.ts'
import { codeText, letterText, noticeText } from './wording.ts'

type Ended = Extract<MessageEvent, { type: 'MessageDeliveriesEnded' }>['data']['deliveries'][number]

/** How often, in milliseconds, it is looked for what is to be sent. */
const LOOK = 1_000
/** Recipients in one look at the database, and of those how many are served at once. */
const MANY = 200
const TOGETHER = 4
/** Minutes after a message in which it is tried; nobody is helped by one that comes days later. */
export const GIVE_UP = 24 * 60
/** Minutes for which a channel rests of which nobody answers: the tries of others are not spent on it. */
const REST = 1

/** Minutes between two looks for what subscribers are to get. */
const ISSUE = 5

/** By what letters go; null is what this installation has not. */
export type Carriers = Readonly<Record<Channel, Carrier | null>>

/** One way to reach one recipient. */
interface Way {
  readonly delivery: Uuid
  readonly channel: Channel
  readonly form: DeliveryForm
  readonly address: PersonalText
}

interface Group {
  readonly school: SchoolSlug
  readonly message: Uuid
}

/** A message as it stands, what its notice says of the diary now, and whether it waits for what becomes of its authors. */
interface MessageNow extends Readonly<MessageState> {
  readonly told: Composed | null
  readonly held: boolean
}

/**
 * Delivers messages to parents by their confirmed contacts, and records how each delivery ended (docs/decisions/0082). Who
 * waits, the read model says; whether anything may still go out, the streams of the message and of the contacts say, at the
 * moment of sending. It may be killed at any point: what was being sent is sent once more, under the same id. Two at a time
 * do no harm, for a try is taken in the database first.
 */
export class Deliveries {
  readonly #installation: Pick<Installation, 'database' | 'execution' | 'texts' | 'contactCodes'>
  readonly #attempts: Attempts
  readonly #notices: DiaryNotices
  readonly #carriers: Carriers
  readonly #diary: string | null
  readonly #log: Pick<ServiceLog, 'warn' | 'error'>
  readonly #resting = new Map<Channel, Instant>()
  #tidyAt = '' as Instant
  #issueAt = '' as Instant
  #complainAt = '' as Instant

  /** @param diary the address that letters lead to; null names none */
  constructor(
    installation: Pick<Installation, 'database' | 'execution' | 'texts' | 'contactCodes'>,
    carriers: Carriers,
    diary: string | null,
    log: Pick<ServiceLog, 'warn' | 'error'>,
  ) {
    this.#installation = installation
    this.#attempts = new Attempts(installation.database.kysely)
    this.#notices = new DiaryNotices(installation)
    this.#carriers = carriers
    this.#diary = diary
    this.#log = log
  }

  /** The channels of which nobody answers. */
  get resting(): readonly Channel[] {
    const now = this.#installation.execution.clock()
    return [...this.#resting].filter(([, until]) => now < until).map(([channel]) => channel)
  }

  /** How many recipients wait in all schools, and since when the first. */
  waiting(): Promise<{ readonly waiting: number; readonly oldest: Instant | null }> {
    return waitingDeliveries(this.#installation.database.kysely)
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        try {
          await this.look(signal)
          await this.#tidy()
        } catch (err) {
          this.#complain(err)
        }
        await setTimeout(LOOK, undefined, { signal }).catch(() => {})
      }
    } finally {
      for (const carrier of Object.values(this.#carriers)) carrier?.close()
    }
  }

  /** Once a minute: what hinders a look hinders the next one too. */
  #complain(err: unknown): void {
    const now = this.#installation.execution.clock()
    if (now < this.#complainAt) return
    this.#complainAt = plusMinutes(now, 1)
    this.#log.error({ err }, 'messages could not be delivered; trying again')
  }

  /** Serves everybody who waits and is due. */
  async look(signal?: AbortSignal): Promise<void> {
    const { database, execution } = this.#installation
    await this.#sendCodes()
    const now = execution.clock()
    if (now >= this.#issueAt) {
      this.#issueAt = plusMinutes(now, ISSUE)
      await this.#notices.issue()
    }
    const due = { now, givenUp: plusMinutes(now, -GIVE_UP) }
    for (let after: readonly [Instant, Uuid, Uuid] | null = null; ; ) {
      const some = await openRecipients(database.kysely, due, after, MANY)
      const byMessage = Map.groupBy(some, ({ school, message }) => `${school} ${message}`)
      for (const open of byMessage.values()) {
        if (signal?.aborted === true) return
        await this.#serve(open[0]!, open)
      }
      const last = some.at(-1)
      if (last === undefined || some.length < MANY) return
      after = [last.sent_at, last.message, last.representative]
    }
  }

  async #tidy(): Promise<void> {
    const now = this.#installation.execution.clock()
    if (now < this.#tidyAt) return
    this.#tidyAt = plusMinutes(now, 60)
    await this.#attempts.forget(plusMinutes(now, -2 * GIVE_UP))
  }

  /** Sends the codes of contacts that were given in the cabinet: the one thing that goes to a contact unconfirmed. */
  async #sendCodes(): Promise<void> {
    const { database, execution, texts, contactCodes } = this.#installation
    const since = plusMinutes(execution.clock(), -GIVE_UP)
    const some = await contactsToConfirm(database.kysely, since, MANY)
    const tried = new Map(
      (await this.#attempts.of(some.map(({ contact }) => contact))).map((one) => [one.delivery, one]),
    )
    for (const { school, contact, representative } of some) {
      const { state } = await execution.streams.load(
        contactsFold,
        streamName(school, 'contacts', representative),
      )
      const known = state.contacts.get(contact)
      const carrier = known === undefined ? null : this.#carriers[known.channel]
      if (known === undefined || known.confirmed || carrier === null) continue
      const { channel } = known
      if (this.resting.includes(channel)) continue
      const now = execution.clock()
      const delivery = uuidV5(contact, 'code')
      const before = tried.get(delivery)?.attempts ?? 0
      const row = { delivery, school, message: contact, representative, channel }
      if ((await this.#attempts.take(row, before, now)) === null) continue
      const { address } = await texts.opened(school, { address: known.address })
      if (address === null) continue
      const { outcome, code } = await carrier.carry({
        id: delivery,
        address,
        ...codeText(contactCodes.of(school, contact)),
      })
      if (outcome === 'later' && code === null) this.#resting.set(channel, plusMinutes(now, REST))
      await this.#attempts.note(delivery, outcome === 'later' ? null : outcome, code)
    }
  }

  async #serve(group: Group, open: readonly OpenRecipient[]): Promise<void> {
    const tried = Map.groupBy(await this.#attempts.of([group.message]), (one) => one.representative)
    const ended: Ended[] = []
    const waiting = [...open]
    while (waiting.length > 0) {
      const some = waiting.splice(0, TOGETHER)
      const served = await Promise.all(
        some.map((one) => this.#reach(group, one.representative, tried.get(one.representative) ?? [])),
      )
      ended.push(...served.flatMap((of) => of ?? []))
    }
    if (ended.length > 0) await this.#record(group, ended)
  }

  /** What became of all deliveries to one recipient; null while one of them may still come to something. */
  async #reach(
    group: Group,
    representative: Uuid,
    tried: readonly Attempt[],
  ): Promise<readonly Ended[] | null> {
    const { clock } = this.#installation.execution
    const state = await this.#message(group)
    // What the read model shows is void, or ended a moment ago, or is not to go out as yet.
    if (state.sent === null || state.held) return null
    const ids = [...Channel.options, null].map((channel) =>
      deliveryId(group.message, representative, channel),
    )
    if (ids.some((id) => state.ended.has(id))) return null
    const ended = (one: Omit<Ended, 'representative'>): Ended => ({ ...one, representative })
    const settled = tried
      .filter(({ outcome }) => outcome !== null)
      .map(({ delivery, channel, outcome, code, attempts }) =>
        ended({ delivery, channel, outcome: outcome!, code, attempts }),
      )
    const only = (outcome: Ended['outcome']): readonly Ended[] =>
      settled.length > 0
        ? settled
        : [
            ended({
              delivery: deliveryId(group.message, representative, null),
              channel: null,
              outcome,
              code: null,
              attempts: 0,
            }),
          ]
    if (state.withdrawn || !(await this.#isWorthIt(group, state))) return only('withdrawn')
    if (!(await this.#consents(group, representative, state))) return only('no-consent')
    const ways = await this.#ways(group, representative, state.notice)
    const left = ways.filter((way) => settled.every(({ delivery }) => delivery !== way.delivery))
    if (left.length === 0) return only('no-contact')
    const results: Ended[] = [...settled]
    let unfinished = false
    for (const way of left) {
      const { delivery, channel } = way
      const earlier = tried.find((one) => one.delivery === delivery)
      const attempts = earlier?.attempts ?? 0
      const carrier = this.#carriers[channel]
      if (carrier === null) {
        results.push(ended({ delivery, channel, outcome: 'not-configured', code: null, attempts }))
        continue
      }
      if (plusMinutes(state.sent.at, GIVE_UP) <= clock()) {
        const code = earlier?.code ?? null
        results.push(ended({ delivery, channel, outcome: 'failed', code, attempts }))
        continue
      }
      const sent = await this.#try(carrier, group, representative, way, attempts)
      // A channel that is down does not keep the others waiting.
      if (sent === null) unfinished = true
      else results.push(ended({ delivery, channel, ...sent }))
    }
    return unfinished ? null : results
  }

  /** One try, where it is due; null where it is not, or is worth another. */
  async #try(
    carrier: Carrier,
    { school, message }: Group,
    representative: Uuid,
    { delivery, channel, form, address }: Way,
    before: number,
  ): Promise<Pick<Ended, 'outcome' | 'code' | 'attempts'> | null> {
    if (this.resting.includes(channel)) return null
    const { execution, texts } = this.#installation
    const now = execution.clock()
    const attempts = await this.#attempts.take(
      { delivery, school, message, representative, channel },
      before,
      now,
    )
    if (attempts === null) return null
    // Asked anew: sending by another channel may have taken a while.
    const state = await this.#message({ school, message })
    const { sent, withdrawn, held, notice, told, subject, text } = state
    if (sent === null || held) return null
    if (withdrawn) return { outcome: 'withdrawn', code: null, attempts: before }
    if (!(await this.#consents({ school, message }, representative, state)))
      return { outcome: 'no-consent', code: null, attempts: before }
    const words = await texts.opened(school, { address, subject, text })
    if (words.address === null) return { outcome: 'no-contact', code: null, attempts }
    const letter =
      notice === null
        ? letterText(form === 'text' ? words : null, this.#diary)
        : this.#noticeLetter(notice, told, form)
    if (letter === null) return { outcome: 'withdrawn', code: null, attempts: before }
    const carried: Carried = await carrier.carry({ id: delivery, address: words.address, ...letter })
    if (carried.outcome === 'later') {
      if (carried.code === null) this.#resting.set(channel, plusMinutes(now, REST))
      // Never the address, and nothing of what was answered: servers repeat addresses.
      this.#log.warn({ channel, delivery, attempts, code: carried.code }, 'a delivery has to be tried again')
      await this.#attempts.note(delivery, null, carried.code)
      return null
    }
    await this.#attempts.note(delivery, carried.outcome, carried.code)
    return { outcome: carried.outcome, code: carried.code, attempts }
  }

  async #record({ school, message }: Group, deliveries: readonly Ended[]): Promise<void> {
    const name = deliveries
      .map(({ delivery, outcome }) => `${delivery} ${outcome}`)
      .toSorted()
      .join(', ')
    const answer = await execute(this.#installation.execution, noteDeliveries, {
      school,
      actor: OPERATOR,
      id: uuidV5(message, name),
      input: { message, deliveries: [...deliveries] },
    })
    // A message that has lost its effect meanwhile has no deliveries.
    if (isRefusal(answer) && answer.refused !== 'message-unknown')
      throw new Error(`deliveries of ${message} were not recorded: ${answer.refused}`)
  }

  async #message({ school, message }: Group): Promise<MessageNow> {
    const { streams } = this.#installation.execution
    // First what a breach made void, so that nothing of it goes out.
    const { state: incidents } = await streams.load(incidentFold, incidentsOf(school))
    const stream = streamName(school, 'message', message)
    const { state } = await streams.load(messageFold, stream)
    const { sent, notice } = state
    const told = notice === null ? null : await this.#notices.compose(school, notice, this.#diary)
    const own = sent === null ? [] : [{ account: sent.account, stream: stream as string }]
    const authors = notice === null ? own : await this.#notices.authorsOf(school, told)
    return { ...state, told, held: authors.some((of) => isDoubted(incidents, of.account, of.stream)) }
  }

  /** A notice that nobody wants any more, or that has nothing to tell any more, does not go out. */
  async #isWorthIt({ school }: Group, { notice, told }: MessageNow): Promise<boolean> {
    return notice === null || (told !== null && (await this.#notices.isWanted(school, notice)))
  }

  #noticeLetter(notice: DiaryNotice, told: Composed | null, form: DeliveryForm) {
    if (told === null || form === 'text') return told?.words ?? null
    const [since, until] = [dateAt(notice.since, DEFAULT_ZONE), dateAt(notice.until, DEFAULT_ZONE)]
    return noticeText({ channel: notice.channel, since, until }, this.#diary)
  }

  /** Whether he consents to messages about one of the pupils for whom it was sent to him, or whose diary it is. */
  async #consents(
    { school }: Group,
    representative: Uuid,
    { notice, recipients }: Pick<MessageState, 'notice' | 'recipients'>,
  ): Promise<boolean> {
    const { streams, clock } = this.#installation.execution
    const today = dateAt(clock(), DEFAULT_ZONE)
    const { state: policy } = await streams.load(policyFold, referenceStream(school, 'policy', null))
    const pupils = notice === null ? (recipients.get(representative)?.pupils ?? []) : [notice.pupil]
    for (const pupil of pupils) {
      const { state: family } = await streams.load(familyFold, streamName(school, 'family', pupil))
      if (consentsTo(family, policy, representative, today, 'messages')) return true
    }
    return false
  }

  /** How somebody may be reached now: by contacts that were confirmed, whoever has them. */
  async #ways(
    { school, message }: Group,
    representative: Uuid,
    notice: DiaryNotice | null,
  ): Promise<readonly Way[]> {
    const { streams } = this.#installation.execution
    const { state } = await streams.load(contactsFold, streamName(school, 'contacts', representative))
    const asked = confirmedContacts(state).filter(
      ({ channel }) => notice === null || notice.channel === channel,
    )
    return asked.map(({ channel, form, address }) => ({
      delivery: deliveryId(message, representative, channel),
      channel,
      form,
      address,
    }))
  }
}

/**
 * Whether it is open who sent a message: its account was reported as breached and nobody has decided since when, or it is
 * among the operations of which the owner has to say whether they are his (R-4.4a, R-4.4d). A letter cannot be called back.
 */
function isDoubted({ incidents }: Readonly<IncidentState>, account: Uuid, stream: string): boolean {
  return [...incidents.values()].some(
    (incident) =>
      incident.account === account &&
      incident.withdrawn === null &&
      (incident.declared === null ||
        [...incident.suspects.values()].some((of) => of.stream === stream && of.state === 'open')),
  )
}

const deliveryId = (message: Uuid, representative: Uuid, channel: Channel | null): Uuid =>
  uuidV5(message, `${representative} ${channel ?? 'diary'}`)
