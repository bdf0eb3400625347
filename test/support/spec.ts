import { expect } from 'vitest'
import type { z } from 'zod'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import type { Meta } from '#events/record.ts'
import { type Decoded, type DomainEvent, registry } from '#events/registry.ts'
import { type FoundOperation, type Window, WindowOperations } from '#events/void-rule.ts'
import { type Category, streamName } from '#events/stream-name.ts'
import { type Actor, type Command, type Decision, type Given, giversOf } from '#commands/command.ts'
import { type AccessState, accessFold } from '#commands/access/state.ts'
import { familyFold } from '#commands/family/state.ts'
import { forbids } from '#commands/forbids.ts'
import { evolve, type Fold, type IsVoid, NOTHING_VOID } from '#commands/fold.ts'
import { policyFold, switchedOn } from '#commands/policy/state.ts'
import { DEFAULT_ZONE } from '#commands/school-year/state.ts'
import { PAGE, REFERENCES, type ReferenceName, referenceStream } from '#commands/references.ts'
import { isRefusal, type Reason, refuse } from '#commands/refusal.ts'
import type { Role } from '#values/role.ts'
import { SchoolSlug, type SchoolYear } from '#values/school.ts'
import { dateAt, Instant } from '#values/time.ts'
import { type Uuid, uuidV5 } from '#values/uuid.ts'

export const SCHOOL = SchoolSlug.parse('tomsk35')

/** An event of the past, where and when it was recorded. */
export interface Past {
  readonly category: Category
  readonly id: string | number
  readonly event: DomainEvent
  readonly at: Instant
  readonly by: Uuid
  /** A teacher, where it is not said. */
  readonly role?: Role
}

/** What a command finds that asks whether a signature is good: it is. That it finds out otherwise has tests of its own. */
export const PROOF = {
  checked: 'verified',
  revocation: 'not-revoked',
  certificate: 'ab'.repeat(32),
  cms: 'MAA=',
  given: null,
} as const

export interface As {
  readonly as: Actor
  /** The instant of the command, `2026-11-09T03:00:00.000Z`. */
  readonly now: string
}

/**
 * Specs of rules: given a history, when a command is given, it records events or is refused.
 *
 *     given(school, pageOpened).when(recordLesson, { … }, { as: teacher, now }).records('LessonRecorded')
 *
 * The history is folded, and the command decided, by the very functions that the service uses; only the log is absent.
 */
export function given(...histories: ReadonlyArray<Past | readonly Past[]>) {
  const history = histories.flat()
  return {
    /** The history and what the command adds to it. */
    and: (...more: ReadonlyArray<Past | readonly Past[]>) => given(...history, ...more.flat()),
    when<Input extends z.ZodObject, State, Needs extends ReferenceName>(
      command: Command<Input, State, Needs>,
      input: z.input<Input>,
      { as, now }: As,
      isVoid: IsVoid = NOTHING_VOID,
    ) {
      const decision = decideOn(history, command, command.input.parse(input), as, Instant.parse(now), isVoid)
      return {
        decision,
        /** Records events of these types, in this order; an object says what must be in the data. */
        records(
          ...expected: ReadonlyArray<DomainEvent['type'] | { type: DomainEvent['type']; data: object }>
        ) {
          if (isRefusal(decision))
            expect.fail(`refused: ${decision.refused} ${JSON.stringify(decision.detail)}`)
          expect(decision.map(({ type }) => type)).toEqual(
            expected.map((e) => (typeof e === 'string' ? e : e.type)),
          )
          for (const [i, e] of expected.entries())
            if (typeof e !== 'string') expect(decision[i]).toMatchObject(e)
          // What a rule records is what the registry promises for ever, to the last member.
          for (const { type, data } of decision) expect(registry[type].data.parse(data)).toEqual(data)
          return decision
        },
        refuses(reason: Reason, detail: object = {}) {
          expect(decision).toMatchObject({ refused: reason, detail })
        },
      }
    },
  }
}

function decideOn<Input extends z.ZodObject, State, Needs extends ReferenceName>(
  history: readonly Past[],
  command: Command<Input, State, Needs>,
  input: z.output<Input>,
  actor: Actor,
  now: Instant,
  isVoid: IsVoid,
): Decision {
  const { state } = foldOf(
    history,
    command.fold,
    streamName(SCHOOL, command.fold.category, command.stream(input)),
    isVoid,
  )
  const { state: rules } = foldOf(history, policyFold, referenceStream(SCHOOL, 'policy', null), isVoid)
  const permitted =
    giversOf(command).includes(actor.role) ||
    switchedOn(rules, command.operation, actor.role, dateAt(now, DEFAULT_ZONE))
  if (!permitted) return refuse('role-not-permitted')
  const year = command.year?.(input, state, now) ?? null
  if (isRefusal(year)) return year
  const references = referencesOf(
    history,
    command.needs,
    year,
    {
      pupil: command.pupil?.(input) ?? null,
      journal: command.journal?.(input, state) ?? null,
      account: command.account?.(input) ?? null,
    },
    isVoid,
  )
  const pages = command.pages?.(input, state, references) ?? []
  const sought = command.seeks?.(input, state, references) ?? null
  const value: Given<z.output<Input>, State, Needs> = {
    school: SCHOOL,
    actor,
    input,
    state,
    references,
    pages: new Map(
      pages.map((page) => [
        page,
        foldOf(history, PAGE, streamName(SCHOOL, PAGE.category, page), isVoid).state,
      ]),
    ),
    families: new Map(
      (command.families?.(input, references, now) ?? []).map((pupil) => [
        pupil,
        foldOf(history, familyFold, streamName(SCHOOL, 'family', pupil), isVoid).state,
      ]),
    ),
    holders: holdersIn(history, command.holdersOf?.(input) ?? null, isVoid),
    operations: sought === null ? [] : operationsIn(history, sought),
    now,
    text: (of) => (typeof of === 'string' ? of : null),
    ...('cms' in input ? { proof: PROOF } : {}),
    newId: (name) => idMadeBy(actor, command, name),
  }
  return forbids(command, value) ?? command.decide(value)
}

/** The accounts to which a role was granted, as the service finds them. */
function holdersIn(
  history: readonly Past[],
  role: Role | null,
  isVoid: IsVoid,
): ReadonlyMap<Uuid, AccessState> {
  const granted = history.flatMap(({ event }) =>
    event.type === 'RoleGranted' && event.data.role === role ? [event.data.account] : [],
  )
  return new Map(
    granted.map((account) => [
      account,
      foldOf(history, accessFold, streamName(SCHOOL, 'access', account), isVoid).state,
    ]),
  )
}

function operationsIn(history: readonly Past[], window: Window): readonly FoundOperation[] {
  const operations = new WindowOperations(window)
  for (const event of decodedOf(history)) operations.take(event as never)
  return operations.found
}

function referencesOf<Needs extends ReferenceName>(
  history: readonly Past[],
  needs: readonly Needs[],
  year: SchoolYear | null,
  of: Parameters<typeof referenceStream>[3],
  isVoid: IsVoid,
): Given<unknown, unknown, Needs>['references'] {
  const states = needs.map((name) => {
    const fold: Fold<unknown> = REFERENCES[name].fold
    return [name, foldOf(history, fold, referenceStream(SCHOOL, name, year, of), isVoid).state]
  })
  return Object.fromEntries(states) as Given<unknown, unknown, Needs>['references']
}

function foldOf<State>(
  history: readonly Past[],
  fold: Fold<State>,
  stream: string,
  isVoid: IsVoid,
): { state: State } {
  const state = fold.initial()
  for (const event of decodedOf(history)) if (event.stream === stream) evolve(fold, state, event, isVoid)
  return { state }
}

/** The state that a history comes to on one stream. */
export function foldedOf<State>(history: readonly Past[], fold: Fold<State>, id: string | number): State {
  return foldOf(history, fold, streamName(SCHOOL, fold.category, id), NOTHING_VOID).state
}

/** The fields of an input that the command's schema refuses, as paths: `topic`, `marks.0.value`. */
export function malformed(command: Pick<Command, 'input'>, input: unknown): string[] {
  const { error } = command.input.safeParse(input)
  return error === undefined ? [] : error.issues.map(({ path }) => path.join('.'))
}

/** The id that a command makes for a new thing in a spec. */
export const idMadeBy = (actor: Actor, command: Pick<Command, 'name'>, name: string): Uuid =>
  uuidV5(actor.account, `${command.name} ${name}`)

/** The history as a fold or a projection meets it: as it comes from its canonical text, each stream counted from 0. */
export function decodedOf(history: readonly Past[]): Decoded[] {
  const revisions = new Map<string, bigint>()
  return history.map(({ category, id, event, at, by, role = 'teacher' }, index) => {
    const stream = streamName(SCHOOL, category, id)
    const revision = (revisions.get(stream) ?? -1n) + 1n
    revisions.set(stream, revision)
    const cmd = uuidV5(by, `command ${index}`)
    const meta: Meta = {
      v: 1,
      school: SCHOOL,
      at,
      by,
      role,
      cred: 1,
      cmd,
      cause: null,
      corr: null,
      basis: {},
      prev: null,
    }
    const data = JSON.parse(canonicalJson(event.data))
    return { ...event, data, id: uuidV5(cmd, '0'), stream, revision, meta }
  })
}
