import { hash } from 'node:crypto'
import { expect } from 'vitest'
import type { Command } from '#commands/command.ts'
import { evolve, type Fold } from '#commands/fold.ts'
import { cutBy, incidentFold } from '#commands/incident/state.ts'
import { type JournalPageState, journalPageFold } from '#commands/journal-page/state.ts'
import { PAGE, REFERENCES, referenceStream, WHOLE_SCHOOL } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import { type Decoded, registry } from '#events/registry.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import { type FoundOperation, type Window, WindowOperations } from '#events/void-rule.ts'
import { WithoutEffect } from '#events/without-effect.ts'
import type { RecordedEvent } from '#events/store/event-store.ts'
import { completed, type SchoolCommand } from '#main/synthetic/school-command.ts'
import { pageId, type PeriodId, SchoolSlug } from '#values/school.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'

const SCHOOL = SchoolSlug.parse('village')

interface Stream<State> {
  state: State
  revision: bigint
  readonly events: Decoded[]
}

/** A school in memory: each command is decided by its rule on what the commands before it came to. */
export class LivedSchool {
  readonly #streams = new Map<StreamName, Stream<unknown>>()
  readonly #see: (event: Decoded) => void
  readonly #withoutEffect = new WithoutEffect()
  readonly #log: Decoded[] = []
  readonly #left = new Set<string>()
  /** How many events of each type have their effect. */
  readonly counted = new Map<string, number>()

  /** @param see is shown every event, with the state before it */
  constructor(see: (event: Decoded) => void = () => {}) {
    this.#see = see
  }

  live(commands: Iterable<SchoolCommand>): this {
    for (const command of commands) this.#give(command)
    return this
  }

  state<State>(fold: Fold<State>, id: string | number): State {
    return this.#stream(fold, streamName(SCHOOL, fold.category, id)).state
  }

  page(journal: Uuid, period: PeriodId): JournalPageState {
    return this.state(journalPageFold, pageId(journal, period))
  }

  get events(): number {
    return [...this.counted.values()].reduce((sum, one) => sum + one, 0)
  }

  #give(one: SchoolCommand): void {
    const { at, id, command, input, actor } = this.#whole(one)
    const name = streamName(SCHOOL, command.fold.category, command.stream(input))
    const stream = this.#stream(command.fold, name)
    const said = (of: { refused: string; detail: unknown }) =>
      `${at} ${command.name} ${JSON.stringify(input)}: ${of.refused} ${JSON.stringify(of.detail)}`
    const year = command.year?.(input, stream.state as object, at) ?? null
    if (isRefusal(year)) return expect.fail(said(year))
    const of = {
      pupil: command.pupil?.(input) ?? null,
      journal: command.journal?.(input, stream.state as object) ?? null,
      account: command.account?.(input) ?? null,
    }
    const references = Object.fromEntries(
      command.needs.map((need) => [
        need,
        this.#stream<unknown>(REFERENCES[need].fold, referenceStream(SCHOOL, need, year, of)).state,
      ]),
    )
    const cut = cutBy(this.state(incidentFold, WHOLE_SCHOOL), actor.account, actor.cred)
    if (cut !== null && !(cut === 'new-credentials-needed' && command.renewsCredentials === true))
      return expect.fail(said({ refused: cut, detail: {} }))
    const wanted = command.pages?.(input, stream.state as object, references as never) ?? []
    const sought = command.seeks?.(input, stream.state as object, references as never) ?? null
    const given = {
      school: SCHOOL,
      actor,
      input,
      state: stream.state,
      references,
      pages: new Map(wanted.map((page) => [page, this.state<unknown>(PAGE, page)])),
      operations: sought === null ? [] : this.#operations(sought),
      text: (text: unknown) => text,
      now: at,
      newId: (of: string) => uuidV5(id, of),
    } as unknown as Parameters<Command['decide']>[0]
    const decision = command.may?.(given) ?? command.decide(given)
    if (isRefusal(decision)) return expect.fail(said(decision))
    for (const [i, { type, data }] of decision.entries()) {
      stream.revision += 1n
      this.counted.set(type, (this.counted.get(type) ?? 0) + 1)
      const { account: by, role, cred } = actor
      const meta = { v: registry[type].v, at, by, role, cred, cause: null }
      const made = { type, data, id: uuidV5(id, `event ${i}`), stream: name, revision: stream.revision, meta }
      const event = made as unknown as Decoded
      this.#see(event)
      stream.events.push(event)
      evolve(command.fold, stream.state, event)
      this.#log.push(event)
      if (command.fold.category === 'incident') this.#foldAnew(this.#withoutEffect.take(event))
    }
  }

  /** The command with what this log alone knows; of an extract, the hash of a file of one line. */
  #whole(one: SchoolCommand): SchoolCommand {
    const { lacks } = one
    if (lacks === undefined) return one
    if (lacks.kind === 'extract') {
      const [content, digest] = ['content', 'file'].map((of) => hash('sha256', `${of} ${one.id}`))
      const made = { template: 'pupil-extract/1', snapshot: 'pupil-extract.1', content, digest, bytes: 41 }
      return completed(one, made)
    }
    const suspects =
      this.state(incidentFold, WHOLE_SCHOOL).incidents.get(lacks.incident)?.suspects ?? new Map()
    const operations = lacks.of.map(({ page, revision }) => {
      const stream = streamName(SCHOOL, 'journalPage', page)
      return [...suspects.values()].find((known) => known.stream === stream && known.rev === revision)
        ?.operation
    })
    return completed(one, { operations })
  }

  #operations(window: Window): readonly FoundOperation[] {
    const found = new WindowOperations(window)
    for (const event of this.#log) found.take(event as unknown as RecordedEvent)
    return found.found
  }

  /** Operations of these streams have lost their effect. */
  #foldAnew(streams: readonly StreamName[]): void {
    for (const name of streams) {
      const stream = this.#streams.get(name)!
      const before = stream.events.filter(({ id }) => this.#withoutEffect.has(id) && !this.#left.has(id))
      for (const { id, type } of before) {
        this.#left.add(id)
        this.counted.set(type, this.counted.get(type)! - 1)
      }
      stream.state = journalPageFold.initial()
      for (const event of stream.events)
        evolve(journalPageFold, stream.state as JournalPageState, event, ({ id }) =>
          this.#withoutEffect.has(id),
        )
    }
  }

  #stream<State>(fold: Fold<State>, name: StreamName): Stream<State> {
    const known = this.#streams.get(name) ?? { state: fold.initial(), revision: -1n, events: [] }
    this.#streams.set(name, known)
    return known as Stream<State>
  }
}
