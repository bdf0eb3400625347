import type { z } from 'zod'
import { chain, type Meta, RecordTooLarge } from '#events/record.ts'
import { type DomainEvent, registry } from '#events/registry.ts'
import {
  type Appended,
  type EventStore,
  type NewEvent,
  type RecordedEvent,
  StaleRevision,
  type Unmoved,
} from '#events/store/event-store.ts'
import type { Position } from '#events/store/position.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import type { PersonalText } from '#values/personal-text.ts'
import { bySwitch, type Operation } from '#values/rights.ts'
import type { Role } from '#values/role.ts'
import type { SchoolSlug, SchoolYear } from '#values/school.ts'
import { type Clock, dateAt } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'
import { type Actor, type Command, type Given, giversOf, type Places } from './command.ts'
import type { Fold } from './fold.ts'
import type { FoldedStream, FoldedStreams } from './folded-streams.ts'
import { type FamilyState, familyFold } from './family/state.ts'
import { forbids } from './forbids.ts'
import { type AccessState, accessFold } from './access/state.ts'
import type { PersonalTexts } from './personal-texts.ts'
import { cutBy, incidentFold } from './incident/state.ts'
import { operationsOf } from './operations-of.ts'
import { policyFold, switchedOn } from './policy/state.ts'
import { DEFAULT_ZONE } from './school-year/state.ts'
import { incidentsOf, PAGE, REFERENCES, type ReferenceName, referenceStream } from './references.ts'
import { isRefusal, type Refusal, refuse } from './refusal.ts'

/** A command as it was asked for. `input` has passed the command's schema. */
export interface Asked<Input> {
  readonly school: SchoolSlug
  readonly actor: Actor
  /** The command id: chosen by the client, the same when it asks again. */
  readonly id: Uuid
  readonly input: Input
  /** The revision of the stream that the client saw, if it insists on it (`If-Match`). */
  readonly ifRevision?: bigint
  /** The request, for `meta.corr`. */
  readonly corr?: string
  /** The event that caused it, where no person asked for it. */
  readonly cause?: Uuid
  /** The streams on which the actor's role rests, for `meta.basis`. */
  readonly basis?: Readonly<Record<string, number>>
  /** Streams on which the very right to ask rests: nothing is recorded when one has moved. */
  readonly unmoved?: readonly Unmoved[]
}

/** The events of an accepted command. `hash` is the receipt of each: its leaf in the log of the school. */
export interface Accepted {
  readonly stream: StreamName
  /** The revision of the stream after the command. */
  readonly revision: bigint
  /** Where a read model must have come for the command to show; null when nothing was recorded. */
  readonly position: Position | null
  readonly events: ReadonlyArray<{ id: Uuid; type: string; revision: bigint; hash: string; data: unknown }>
  /** This very command had been accepted before: the answer is that of the first time. */
  readonly repeated: boolean
}

/** How often a command is decided anew when somebody else wrote to the stream meanwhile. */
const ATTEMPTS = 10

export interface Execution {
  readonly store: EventStore
  readonly streams: FoldedStreams
  readonly places: Places
  /** What seals the texts of people before they are recorded, and opens them for rules. */
  readonly texts: PersonalTexts
  readonly clock: Clock
  /**
   * The accounts that ever had a role, as far as is known: what each may do now is read from its stream. One that is
   * not known yet makes a rule more careful than it had to be, and never less.
   */
  readonly accountsWith: (school: SchoolSlug, role: Role) => Promise<readonly Uuid[]>
}

/**
 * Carries out one command: load, decide, append at the revision that was read; after a conflict, again.
 *
 * A command id makes the ids of its events, so that a command that is sent twice is recorded once, and the same
 * id with another content is refused instead of being taken for a repetition.
 *
 * @throws {StoreUnavailable} the outcome is unknown; ask again with the same id
 * @throws {StaleRevision} other processes were faster time after time; nothing was recorded
 */
export async function execute<Input extends z.ZodObject, State, Needs extends ReferenceName>(
  execution: Execution,
  command: Command<Input, State, Needs>,
  asked: Asked<z.output<Input>>,
): Promise<Accepted | Refusal> {
  const { school, actor, input } = asked
  const permitted = giversOf(command)
  if (!permitted.includes(actor.role) && !(await letBySwitch(execution, command.operation, asked)))
    return refuse('role-not-permitted', { role: actor.role, permitted })
  const stream = streamName(school, command.fold.category, command.stream(input))
  const inTurn = () => execution.streams.inTurn(stream, () => executeOn(stream, execution, command, asked))
  const role = command.holdersOf?.(input) ?? null
  // The name of no account: who looks at the holders of a role waits for others who do, on an engine too that cannot
  // append to one stream on condition of another.
  return role === null ? inTurn() : execution.streams.inTurn(streamName(school, 'access', role), inTurn)
}

/** Whether the rules of the school give to the role what the matrix does not; where, the rule of the command says. */
async function letBySwitch(
  { streams, clock }: Execution,
  operation: Operation,
  { school, actor }: Asked<unknown>,
): Promise<boolean> {
  if (!bySwitch(operation).includes(actor.role)) return false
  const { state } = await streams.load(policyFold, referenceStream(school, 'policy', null))
  return switchedOn(state, operation, actor.role, dateAt(clock(), DEFAULT_ZONE))
}

async function executeOn<Input extends z.ZodObject, State, Needs extends ReferenceName>(
  stream: StreamName,
  execution: Execution,
  command: Command<Input, State, Needs>,
  asked: Asked<z.output<Input>>,
): Promise<Accepted | Refusal> {
  const { store, streams, places, texts, clock } = execution
  const { school, actor, input } = asked
  const eventId = eventIds(command, asked, stream, texts)
  const proof = (await command.prove?.({ school, actor, input, now: clock() }, places)) ?? null
  if (isRefusal(proof)) return proof

  /** What was kept aside for an append that came too late, if any was. */
  let kept: Given<z.output<Input>, State, Needs> | null = null
  for (let attempt = 1; ; attempt++) {
    // Beside the stream itself, so that what a breach made void is known before anything is decided on it.
    const [target, incidents] = await Promise.all([
      streams.load(command.fold, stream),
      streams.load(incidentFold, incidentsOf(school)),
    ])
    const year = command.year?.(input, target.state, clock()) ?? null
    if (isRefusal(year)) return year
    const loaded = await loadReferences(streams, command.needs, school, year, {
      pupil: command.pupil?.(input) ?? null,
      journal: command.journal?.(input, target.state) ?? null,
      account: command.account?.(input) ?? null,
    })
    const seen = contextOf<Needs>(loaded).states
    const pages = await loadPages(streams, school, command.pages?.(input, target.state, seen) ?? [])
    const families = await loadFamilies(streams, school, command.families?.(input, seen, clock()) ?? [])
    const role = command.holdersOf?.(input) ?? null
    const holders = role === null ? [] : await loadHolders(execution, school, role)
    const sought = command.seeks?.(input, target.state, seen) ?? null
    const operations = sought === null ? [] : await operationsOf(store, school, sought)
    const read = await textsRead(texts, school, () => command.reads?.(input, target.state) ?? [])
    // Somebody learned meanwhile of operations that have lost their effect.
    if (
      [target, ...[...loaded, ...pages, ...families, ...holders].map(({ folded }) => folded)].some(outdated)
    ) {
      continue
    }

    // Nothing is awaited from here to the decision: all of it rests on one and the same state.
    const context = contextOf<Needs>(loaded)
    const earlier = target.commands.get(asked.id)
    if (earlier !== undefined) {
      return earlier.firstId === eventId(0)
        ? await firstAnswer(store, stream, earlier)
        : refuse('command-id-reused', { command: asked.id })
    }
    const cut = cutBy(incidents.state, actor.account, actor.cred)
    if (cut !== null && !(cut === 'new-credentials-needed' && command.renewsCredentials === true)) {
      if (kept !== null) await command.takeBack?.(kept, places)
      return refuse(cut, { account: actor.account })
    }
    if (asked.ifRevision !== undefined && asked.ifRevision !== target.revision) {
      return refuse('stale-revision', { expected: Number(asked.ifRevision), actual: Number(target.revision) })
    }
    const given: Given<z.output<Input>, State, Needs> = {
      school,
      actor,
      input,
      state: target.state,
      references: context.states,
      pages: new Map(pages.map(({ page, folded }) => [page, folded.state])),
      families: new Map(families.map(({ pupil, folded }) => [pupil, folded.state])),
      holders: new Map(
        holders
          .filter(({ account, folded }) => cutBy(incidents.state, account, folded.state.cred) === null)
          .map(({ account, folded }) => [account, folded.state]),
      ),
      text: (of) => (typeof of === 'string' ? of : read.get(of.$pd.cm)!),
      operations,
      now: clock(),
      ...(proof === null ? {} : { proof }),
      newId: (name) => uuidV5(asked.id, name),
    }
    const after = { revision: target.revision, head: target.head }
    const incidentsSeen = { stream: incidentsOf(school), folded: incidents }
    const resting = [...pages, ...families, ...holders, incidentsSeen].filter(
      (known) => known.stream !== stream,
    )
    const basis = { ...asked.basis, ...context.basis, ...basisOf(resting) }
    // What is decided here counts only while nobody says more of a breach: access may have been cut (R-D7).
    // Two who each take away the last but one of a role must not both find the other.
    const unmoved = [incidentsSeen, ...(role === null ? [] : [...loaded, ...holders])]
      .filter((ground) => ground.stream !== stream)
      .map((ground) => ({ stream: ground.stream, revision: ground.folded.revision }))
      .concat(asked.unmoved ?? [])
    const forbidden = forbids(command, given)
    if (forbidden !== null) return forbidden
    const decision = command.decide(given)
    if (isRefusal(decision)) return decision
    const seal = await texts.sealing(school, actor.person, decision, given.now)
    if (typeof seal !== 'function') return refuse('person-erased', { person: seal.erased })
    const notKept = (await command.aside?.(given, places)) ?? null
    if (notKept !== null) return notKept
    if (command.aside !== undefined) kept ??= given
    if (decision.length === 0)
      return { stream, revision: after.revision, position: null, events: [], repeated: false }

    const meta = metaOf(asked, given.now, basis)
    try {
      const events = decision.map(({ type, data }, index) => {
        const { v, data: schema } = registry[type]
        // The rule is ours: what it records must be what the registry promises for ever.
        const decided = { type, data: schema.parse(data) } as DomainEvent
        const at = `${stream}#${after.revision + 1n + BigInt(index)}`
        return { id: eventId(index), type, data: seal(decided, at), meta: { ...meta, v } }
      })
      const { records } = chain(stream, after.revision, after.head, events)
      const expected = after.revision < 0n ? 'no-stream' : after.revision
      const appended = await store.append(stream, expected, records, unmoved)
      if (!appended.fresh) {
        return await firstAnswer(store, stream, { first: after.revision + 1n, last: appended.revision })
      }
      const recorded = place(stream, after.revision + 1n, records)
      streams.recorded(command.fold, recorded)
      return accepted(stream, recorded, appended, false)
    } catch (error) {
      if (error instanceof RecordTooLarge) return refuse('record-too-large', { bytes: error.bytes })
      // A client that named the revision wants to know; for everybody else the command is decided on what is new.
      if (!(error instanceof StaleRevision) || attempt === ATTEMPTS) throw error
    }
  }
}

const outdated = (folded: FoldedStream<unknown>): boolean => folded.outdated

/**
 * The ids of the events of a command: UUIDv5 in the namespace of the command id. Stream, actor and content enter
 * the name, so that a reused command id cannot make an event look like another one (docs/decisions/0003). The content
 * enters by a keyed digest: an id must not tell whoever guesses a text that he guessed right (docs/decisions/0059).
 */
function eventIds(
  command: Command,
  asked: Asked<unknown>,
  stream: StreamName,
  texts: PersonalTexts,
): (index: number) => Uuid {
  const { account, role } = asked.actor
  const content = Object.entries(asked.input as Record<string, unknown>).filter(
    ([field, value]) => value !== undefined && !command.asideFields?.includes(field as never),
  )
  const digest = texts.digest(
    canonicalJson({ command: command.name, account, role, input: clean(Object.fromEntries(content)) }),
  )
  return (index) => uuidV5(asked.id, `${stream} ${index} ${digest}`)
}

/** What the texts say at which a rule looks. Others may have changed the state while it was read: then again. */
async function textsRead(
  texts: PersonalTexts,
  school: SchoolSlug,
  wanted: () => readonly PersonalText[],
): Promise<ReadonlyMap<string, string | null>> {
  for (let read: ReadonlyMap<string, string | null> = new Map(); ; ) {
    const missing = wanted().filter((text) => typeof text !== 'string' && !read.has(text.$pd.cm))
    if (missing.length === 0) return read
    read = await texts.read(school, wanted())
  }
}

/** Without the optional fields that a parsed input holds as `undefined`. */
function clean(value: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(value))
}

function metaOf(
  asked: Asked<unknown>,
  at: Meta['at'],
  basis: Record<string, number>,
): Omit<Meta, 'prev' | 'v'> {
  const { school, actor, id, corr, cause = null } = asked
  return {
    school,
    at,
    by: actor.account,
    role: actor.role,
    cred: actor.cred,
    cmd: id,
    cause,
    corr: corr ?? null,
    basis,
  }
}

interface LoadedStream {
  readonly stream: StreamName
  readonly folded: FoldedStream<unknown>
}
interface Loaded extends LoadedStream {
  readonly name: ReferenceName
}

function loadPages(
  streams: FoldedStreams,
  school: SchoolSlug,
  pages: readonly Uuid[],
): Promise<Array<LoadedStream & { readonly page: Uuid }>> {
  return Promise.all(
    [...new Set(pages)].map(async (page) => {
      const stream = streamName(school, PAGE.category, page)
      return { page, stream, folded: await streams.load(PAGE, stream) }
    }),
  )
}

function loadFamilies(
  streams: FoldedStreams,
  school: SchoolSlug,
  pupils: readonly Uuid[],
): Promise<Array<LoadedStream & { readonly pupil: Uuid; readonly folded: FoldedStream<FamilyState> }>> {
  return Promise.all(
    [...new Set(pupils)].map(async (pupil) => {
      const stream = streamName(school, familyFold.category, pupil)
      return { pupil, stream, folded: await streams.load(familyFold, stream) }
    }),
  )
}

async function loadHolders(
  { streams, accountsWith }: Execution,
  school: SchoolSlug,
  role: Role,
): Promise<Array<LoadedStream & { readonly account: Uuid; readonly folded: FoldedStream<AccessState> }>> {
  const accounts = await accountsWith(school, role)
  return Promise.all(
    accounts.map(async (account) => {
      const stream = referenceStream(school, 'access', null, { account })
      return { account, stream, folded: await streams.load(accessFold, stream) }
    }),
  )
}

function loadReferences(
  streams: FoldedStreams,
  needs: readonly ReferenceName[],
  school: SchoolSlug,
  year: SchoolYear | null,
  of: Parameters<typeof referenceStream>[3],
): Promise<Loaded[]> {
  return Promise.all(
    needs.map(async (name) => {
      const stream = referenceStream(school, name, year, of)
      const fold: Fold<unknown> = REFERENCES[name].fold
      return { name, stream, folded: await streams.load(fold, stream) }
    }),
  )
}

function contextOf<Needs extends ReferenceName>(
  loaded: readonly Loaded[],
): { states: Given<unknown, unknown, Needs>['references']; basis: Record<string, number> } {
  const states = Object.fromEntries(loaded.map(({ name, folded }) => [name, folded.state]))
  return { states: states as Given<unknown, unknown, Needs>['references'], basis: basisOf(loaded) }
}

/** The revisions at which streams were seen, for `meta.basis`. */
function basisOf(loaded: readonly LoadedStream[]): Record<string, number> {
  const existing = loaded.filter(({ folded }) => folded.revision >= 0n)
  return Object.fromEntries(existing.map(({ stream, folded }) => [stream, Number(folded.revision)]))
}

/** The first answer once more. Appending the very same events again makes the log tell where they stand. */
async function firstAnswer(
  store: EventStore,
  stream: StreamName,
  { first, last }: { first: bigint; last: bigint },
): Promise<Accepted> {
  const events: RecordedEvent[] = []
  for await (const event of store.readStream(stream, { from: first, limit: Number(last - first) + 1 }))
    events.push(event)
  const appended = await store.append(stream, first === 0n ? 'no-stream' : first - 1n, events)
  return accepted(stream, events, appended, true)
}

function place(stream: StreamName, first: bigint, records: readonly NewEvent[]): RecordedEvent[] {
  return records.map((record, i) => ({ ...record, stream, revision: first + BigInt(i) }))
}

function accepted(
  stream: StreamName,
  events: readonly RecordedEvent[],
  appended: Appended,
  repeated: boolean,
): Accepted {
  return {
    stream,
    revision: appended.revision,
    position: appended.position,
    events: events.map(({ id, type, revision, canonical, data }) => ({
      id,
      type,
      revision,
      hash: leafHash(canonical),
      data,
    })),
    repeated,
  }
}
