import type { PersonalText } from '#values/personal-text.ts'
import type { z } from 'zod'
import { chain, type Meta } from '#events/record.ts'
import { decode, type DomainEvent, registry } from '#events/registry.ts'
import { type Window, WindowOperations } from '#events/void-rule.ts'
import type { PositionedEvent } from '#events/store/event-store.ts'
import { type Category, parseStreamName, type StreamName, streamName } from '#events/stream-name.ts'
import { accessFold } from '#commands/access/state.ts'
import { serviceTokenFold } from '#commands/service-token/state.ts'
import { schoolFold } from '#commands/school/state.ts'
import type { Actor, Command } from '#commands/command.ts'
import { diaryFold } from '#commands/diary/state.ts'
import { familyFold } from '#commands/family/state.ts'
import { evolve, type Fold } from '#commands/fold.ts'
import { incidentFold } from '#commands/incident/state.ts'
import { journalPageFold } from '#commands/journal-page/state.ts'
import { premisesFold } from '#commands/premises/state.ts'
import { printoutFold } from '#commands/printout/state.ts'
import { testScheduleFold } from '#commands/test-schedule/state.ts'
import { PAGE, REFERENCES, type ReferenceName, referenceStream } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import type { JsonObject } from '#integrity/tlog/canonical-json.ts'
import { mayAct } from '#values/rights.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { decodedOf, type Past } from './spec.ts'

/** What schools wrote, in the order of the log. Positions begin at 1. */
export type History = readonly PositionedEvent[]

interface Stream<State = unknown> {
  readonly state: State
  revision: bigint
  head: string | null
}

const NAMESPACE = Uuid.parse('0b5e3c1e-9d0c-4f0e-8b1a-6a1c2d3e4f51')

const FOLDS = {
  ...Object.fromEntries(Object.entries(REFERENCES).map(([name, { fold }]) => [name, fold])),
  journalPage: journalPageFold,
  testSchedule: testScheduleFold,
  printout: printoutFold,
  premises: premisesFold,
  family: familyFold,
  diary: diaryFold,
  access: accessFold,
  school: schoolFold,
  serviceToken: serviceTokenFold,
  incident: incidentFold,
} as Readonly<Record<Category, Fold<unknown>>>

/**
 * A school that writes, in memory: a command is decided by its rule on what was written before, and what it decides
 * is chained and placed as in the log. What is refused leaves no trace. The same commands write the same history.
 */
export class Chronicle {
  readonly school: SchoolSlug
  readonly written: PositionedEvent[] = []
  now: Instant
  readonly #streams = new Map<StreamName, Stream>()
  #commands = 0

  constructor(school: SchoolSlug, past: readonly Past[], now: Instant) {
    this.school = school
    this.now = now
    for (const { stream, meta, ...event } of decodedOf(past)) {
      const { category, id } = parseStreamName(stream)!
      this.#write(streamName(school, category, id), [event], { ...meta, school, cmd: this.#nextCommand() })
    }
  }

  /** Carries a command out as `execute` does, but for the log and for what is kept aside of it. */
  ask<Input extends z.ZodObject, State, Needs extends ReferenceName>(
    command: Command<Input, State, Needs>,
    typed: z.input<Input>,
    actor: Actor,
  ): void {
    const cmd = this.#nextCommand()
    const input = command.input.parse(typed)
    const stream = streamName(this.school, command.fold.category, command.stream(input))
    const state = this.state(command.fold, stream)
    const year = command.year?.(input, state, this.now) ?? null
    if (isRefusal(year) || !mayAct(command.operation).includes(actor.role)) return
    const journal = command.journal?.(input, state) ?? null
    const names = command.needs.map(
      (name) =>
        [
          name,
          referenceStream(this.school, name, year, { journal, account: command.account?.(input) ?? null }),
        ] as const,
    )
    const states = names.map(([name, stream]) => [name, this.state<unknown>(REFERENCES[name].fold, stream)])
    const given = {
      school: this.school,
      actor,
      input,
      state,
      operations: this.#operations(command.seeks?.(input, state, Object.fromEntries(states)) ?? null),
      references: Object.fromEntries(states),
      pages: new Map(
        (command.pages?.(input, state, Object.fromEntries(states)) ?? []).map((page) => [
          page,
          this.state(PAGE, streamName(this.school, PAGE.category, page)),
        ]),
      ),
      families: new Map(
        (command.families?.(input, Object.fromEntries(states), this.now) ?? []).map((pupil) => [
          pupil,
          this.state(familyFold, streamName(this.school, 'family', pupil)),
        ]),
      ),
      // No role was granted in it.
      holders: new Map(),
      now: this.now,
      text: (of: PersonalText) => (typeof of === 'string' ? of : null),
      newId: (name: string) => uuidV5(cmd, name),
    }
    if ((command.may?.(given) ?? null) !== null) return
    const decision = command.decide(given)
    if (isRefusal(decision)) return
    const { account: by, role, cred } = actor
    const basis = Object.fromEntries(
      names.flatMap(([, stream]) => {
        const known = this.#streams.get(stream)
        return known === undefined ? [] : [[stream, Number(known.revision)]]
      }),
    )
    const meta = { school: this.school, at: this.now, by, role, cred, cmd, cause: null, corr: null, basis }
    this.#write(stream, decision, meta)
  }

  /** What the rules know of a stream. */
  state<State>(fold: Fold<State>, stream: StreamName): State {
    return (this.#streams.get(stream)?.state as State | undefined) ?? fold.initial()
  }

  #write(name: StreamName, events: readonly DomainEvent[], by: Omit<Meta, 'v' | 'prev'>): void {
    if (events.length === 0) return
    const fold = FOLDS[parseStreamName(name)!.category]
    const stream = this.#streams.get(name) ?? { state: fold.initial(), revision: -1n, head: null }
    this.#streams.set(name, stream)
    const toRecord = events.map(({ type, data }, index) => ({
      id: uuidV5(by.cmd, String(index)),
      type,
      data: registry[type].data.parse(data) as JsonObject,
      meta: { ...by, v: registry[type].v },
    }))
    const { records, head } = chain(name, stream.revision, stream.head, toRecord)
    stream.head = head
    for (const record of records) {
      stream.revision += 1n
      const position = positionAt(this.written.length)
      const event = { ...record, stream: name, revision: stream.revision, position }
      this.written.push(event)
      evolve(fold, stream.state, decode(event)!)
    }
  }

  #operations(window: Window | null) {
    if (window === null) return []
    const operations = new WindowOperations(window)
    for (const event of this.written) operations.take(event)
    return operations.found
  }

  #nextCommand(): Uuid {
    return uuidV5(NAMESPACE, `${this.school} ${this.#commands++}`)
  }
}

/** The position of the event at `index` of a history. */
export function positionAt(index: number): PositionedEvent['position'] {
  const place = BigInt(index + 1)
  return { commit: place, prepare: place }
}
