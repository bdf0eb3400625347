import { expect } from 'vitest'
import type { Command } from '#commands/command.ts'
import { evolve, type Fold } from '#commands/fold.ts'
import { type JournalPageState, journalPageFold } from '#commands/journal-page/state.ts'
import { PAGE, REFERENCES, referenceStream } from '#commands/references.ts'
import { isRefusal } from '#commands/refusal.ts'
import { type Decoded, registry } from '#events/registry.ts'
import { type StreamName, streamName } from '#events/stream-name.ts'
import type { SchoolCommand } from '#main/synthetic/school-command.ts'
import { pageId, type PeriodId, SchoolSlug } from '#values/school.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'

const SCHOOL = SchoolSlug.parse('village')

interface Stream<State> {
  readonly state: State
  revision: bigint
}

/** A school in memory: each command is decided by its rule on what the commands before it came to. */
export class LivedSchool {
  readonly #streams = new Map<StreamName, Stream<unknown>>()
  readonly #see: (event: Decoded) => void
  /** How many events of each type there are. */
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

  #give({ at, id, command, input, actor }: SchoolCommand): void {
    const name = streamName(SCHOOL, command.fold.category, command.stream(input))
    const stream = this.#stream(command.fold, name)
    const said = (of: { refused: string; detail: unknown }) =>
      `${at} ${command.name} ${JSON.stringify(input)}: ${of.refused} ${JSON.stringify(of.detail)}`
    const year = command.year?.(input, stream.state as object, at) ?? null
    if (isRefusal(year)) return expect.fail(said(year))
    const of = {
      pupil: command.pupil?.(input) ?? null,
      journal: command.journal?.(input, stream.state as object) ?? null,
    }
    const references = Object.fromEntries(
      command.needs.map((need) => [
        need,
        this.#stream<unknown>(REFERENCES[need].fold, referenceStream(SCHOOL, need, year, of)).state,
      ]),
    )
    const wanted = command.pages?.(input, stream.state as object, references as never) ?? []
    const given = {
      school: SCHOOL,
      actor,
      input,
      state: stream.state,
      references,
      pages: new Map(wanted.map((page) => [page, this.state<unknown>(PAGE, page)])),
      operations: [],
      now: at,
      newId: (of: string) => uuidV5(id, of),
    } as unknown as Parameters<Command['decide']>[0]
    const decision = command.may?.(given) ?? command.decide(given)
    if (isRefusal(decision)) return expect.fail(said(decision))
    for (const { type, data } of decision) {
      stream.revision += 1n
      this.counted.set(type, (this.counted.get(type) ?? 0) + 1)
      const meta = { v: registry[type].v, at, by: actor.account, role: actor.role }
      const event = { type, data, id, stream: name, revision: stream.revision, meta } as unknown as Decoded
      this.#see(event)
      evolve(command.fold, stream.state, event)
    }
  }

  #stream<State>(fold: Fold<State>, name: StreamName): Stream<State> {
    const known = this.#streams.get(name) ?? { state: fold.initial(), revision: -1n }
    this.#streams.set(name, known)
    return known as Stream<State>
  }
}
