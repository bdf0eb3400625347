import { setImmediate } from 'node:timers/promises'
import { Bell } from '#events/store/bell.ts'
import type { EventStore, PositionedEvent } from '#events/store/event-store.ts'
import { comparePositions, formatPosition, type Position } from '#events/store/position.ts'
import type { Clock, Instant } from '#values/time.ts'
import { KnownHeads } from './known-heads.ts'
import { BadRecord, LogCheck } from './log-check.ts'
import type { Leaf, Sealed, SealedLog } from './sealed-log.ts'
import { type SigningState, StateDamaged, StateMoved } from './signing-state.ts'
import { formatCheckpoint } from './tlog/checkpoint.ts'
import { Malformed } from './tlog/malformed.ts'
import { Frontier, type TreeHash, verifiesConsistency } from './tlog/merkle-tree.ts'
import {
  BadSignature,
  formatVerifierKey,
  parseNote,
  signNote,
  type SignerKey,
  verifiedKeys,
  type VerifierKey,
} from './tlog/signed-note.ts'

/** Why a sealer does not sign. Nothing of it passes by itself, but for the clock. */
export type RefusedBecause =
  /** The log ends before what was signed. */
  | 'shrunken'
  /** What was signed is not the beginning of this log. */
  | 'forked'
  /** A record cannot be as it was written. */
  | 'bad-record'
  /** The tables hold other hashes than the records have. */
  | 'tables-differ'
  /** The clock shows a time before that of the last signature. */
  | 'clock-back'
  /** The database knows a newer checkpoint than the signing state, or the state is damaged. */
  | 'state-lost'
  /** The signing state is of another key: a new key has a new log. */
  | 'other-key'

/** The sealer does not sign: a matter for people. */
export class SealingRefused extends Error {
  override readonly name = 'SealingRefused'
  readonly because: RefusedBecause

  constructor(because: RefusedBecause, what: string, cause?: unknown) {
    super(what, { cause })
    this.because = because
  }
}

/** What the operator is told. Never person data. */
export interface SealerLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface SealerParts {
  readonly store: Pick<EventStore, 'subscribe' | 'head'>
  readonly sealed: Pick<
    SealedLog,
    'progress' | 'leaves' | 'heads' | 'append' | 'edge' | 'consistencyProof' | 'publish' | 'newest'
  >
  readonly state: SigningState
  /** The keys by which it signs now, one or, while they change, two; the name of each is the origin of the log. */
  readonly keys: () => readonly SignerKey[]
  /** Whether an event of this type is signed at once, and not only when it is time. */
  readonly forces: (type: string) => boolean
  readonly clock: Clock
  readonly log: SealerLog
  /** How often a grown tree is signed, in milliseconds; 0 is after every batch. */
  readonly every: number
}

/** Leaves of one statement. */
const BATCH = 1_000
/** Streams whose heads are remembered. Three batches have fewer: what is not written yet is never asked of the tables. */
const HEADS = 16_384
/** Records that are checked in one turn. */
const AT_ONCE = 200
/** How often a sealer with nothing to do looks at the clock and at the end of the log, in milliseconds. */
const LOOK = 1_000
/** How long to wait before the next attempt, in milliseconds: doubling, with a ceiling. */
const BACK_OFF = { first: 100, most: 15_000 }

/**
 * Follows the log, appends every record to the Merkle tree and signs the tree now and then (docs/spec/sealed-log.md).
 *
 * It signs what it has read itself: after a start it reads everything behind the last checkpoint once more, whatever the
 * tables say. The order of its writes is the state of the signer, then the checkpoint; killed between any two of them it
 * publishes what it had signed, and never signs another tree of that size.
 */
export class Sealer {
  readonly #parts: SealerParts
  #last: Sealed | null = null
  #position: Position | null = null
  #refusal: RefusedBecause | null = null
  #failingSince: Instant | null = null

  constructor(parts: SealerParts) {
    this.#parts = parts
  }

  /** The newest checkpoint that this sealer knows to be published. */
  get last(): Sealed | null {
    return this.#last
  }

  /** The position of the last event that it covers. */
  get position(): Position | null {
    return this.#position
  }

  /** Why nothing is signed; null while all is well, or an engine is only away. */
  get refusal(): RefusedBecause | null {
    return this.#refusal
  }

  /** Since when nothing can be sealed; null while it can. */
  get failingSince(): Instant | null {
    return this.#failingSince
  }

  /** Seals until `signal` aborts, and signs what has grown by then. Never fails: what is away is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    let wait = BACK_OFF.first
    while (!signal.aborted) {
      const before = this.#last?.size
      try {
        await this.#term(signal)
      } catch (error) {
        if (this.#last?.size !== before) wait = BACK_OFF.first
        this.#failed(error)
        await new Bell().rung.orAfter(wait, signal)
        wait = Math.min(wait * 2, BACK_OFF.most)
      }
    }
  }

  /** One attempt, from what stands to the end of the signal. */
  async #term(signal: AbortSignal): Promise<void> {
    const term = await this.#begin()
    const over = new AbortController()
    const ends = AbortSignal.any([signal, over.signal])
    const batches = this.#parts.store.subscribe({ after: term.position, signal: ends, asText: true })
    const events = batches[Symbol.asyncIterator]()
    try {
      const following = (): ReturnType<typeof events.next> => {
        const batch = events.next()
        // Whoever races it against the time may leave before it fails.
        batch.catch(() => {})
        return batch
      }
      const passing = (): Promise<null> => new Bell().rung.orAfter(LOOK, ends).then(() => null)
      let [next, time] = [following(), passing()]
      while (!signal.aborted) {
        const batch = await Promise.race([next, time])
        if (batch === null) {
          time = passing()
          await term.look()
        } else if (batch.done === true) {
          break
        } else {
          // The log reads on while this is worked on, once its statement has had the turn in which it goes out.
          next = following()
          await setImmediate()
          await term.take(batch.value)
        }
        if (term.isDue()) await term.seal()
        if (term.isWell) this.#recovered()
      }
      await term.seal()
    } finally {
      over.abort()
      // The next attempt looks at what stands, and that must not change behind it.
      await term.written().catch(() => {})
      await events.return?.().catch(() => {})
    }
  }

  async #begin(): Promise<Term> {
    const { sealed } = this.#parts
    const state = this.#state()
    const newest = await sealed.newest()
    if (newest !== null && newest.size > (state?.size ?? 0)) {
      throw new SealingRefused(
        'state-lost',
        `a checkpoint of ${newest.size} leaves was published, the signing state has ${state?.size ?? 'none'}`,
      )
    }
    if (newest !== null && newest.size === state?.size && !same(newest.root, state.root)) {
      throw new SealingRefused('forked', `two trees of ${newest.size} leaves were signed`)
    }
    const progress = await sealed.progress()
    const begins = progress?.size ?? 0
    const frontier = new Frontier(begins, await edgeOf(sealed, begins))
    this.#last = newest
    this.#position = progress?.position ?? null
    return new Term(this.#parts, {
      state,
      frontier,
      position: progress?.position ?? null,
      published: (last, position) => {
        this.#last = last
        this.#position = position
        this.#parts.log.info({ size: last.size }, 'the log is sealed up to here')
      },
    })
  }

  #state(): Sealed | null {
    const { state, keys } = this.#parts
    try {
      const found = state.read()
      if (found !== null && verifiedKeys(parseNote(found.note), keys()).length === 0) {
        throw new SealingRefused('other-key', 'the signing state is of another key')
      }
      return found
    } catch (error) {
      if (!(error instanceof StateDamaged || error instanceof BadSignature)) throw error
      throw new SealingRefused('state-lost', 'the signing state is damaged', error)
    }
  }

  #recovered(): void {
    if (this.#failingSince !== null) {
      this.#parts.log.info({ since: this.#failingSince }, 'the log is sealed again')
    }
    this.#failingSince = null
    this.#refusal = null
  }

  #failed(err: unknown): void {
    const because = err instanceof SealingRefused ? err.because : null
    const { log, clock } = this.#parts
    // Said as it begins, and when it becomes something else.
    if (because !== null && because !== this.#refusal) log.error({ because, err }, 'the log is not sealed')
    else if (this.#failingSince === null) log.warn({ err }, 'the log cannot be sealed yet; waiting')
    this.#refusal = because
    this.#failingSince ??= clock()
  }
}

const same = (a: TreeHash, b: TreeHash): boolean => Buffer.compare(a, b) === 0

async function edgeOf(sealed: SealerParts['sealed'], size: number): Promise<TreeHash[]> {
  try {
    return await sealed.edge(size)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new SealingRefused('tables-differ', `tiles of ${size} leaves are missing`, error)
  }
}

interface TermBegins {
  readonly state: Sealed | null
  readonly frontier: Frontier
  readonly position: Position | null
  readonly published: (last: Sealed, position: Position) => void
}

/** What a sealer knows between its beginning and its next failure. */
class Term {
  readonly #parts: SealerParts
  readonly #frontier: Frontier
  readonly #published: TermBegins['published']
  #state: Sealed | null
  #position: Position | null
  /** Whether the tree that was signed last was met in this log. */
  #met: boolean
  #signed: number
  /** Whether something was read that must not wait for its time. */
  #forced = false
  /** Where streams end among the records that were checked. */
  readonly #heads: KnownHeads
  /** Whether the tables were met where they end: what stands behind it, this one writes, or the database refuses it. */
  #atEnd = false
  /** The leaves of the last records that were checked are being written, or wait for those before them. */
  #writing: Promise<void> = Promise.resolve()
  /** The write before that one. */
  #before: Promise<void> = Promise.resolve()
  #well = true

  constructor(parts: SealerParts, { state, frontier, position, published }: TermBegins) {
    this.#parts = parts
    this.#state = state
    this.#frontier = frontier
    this.#heads = new KnownHeads(HEADS, frontier.size === 0)
    this.#position = position
    this.#published = published
    this.#met = state === null
    // A restart does not make a checkpoint early.
    this.#signed = performance.now()
    if (state?.size === frontier.size) this.#meet(state)
  }

  get position(): Position | null {
    return this.#position
  }

  /** Whether the tables take what is written; false while the first of it is on its way. */
  get isWell(): boolean {
    return this.#well
  }

  /** With nothing new: whether all is written, and the log does not end before what was signed. */
  async look(): Promise<void> {
    await this.#writing
    if (this.#met) return
    const head = await this.#parts.store.head()
    if (comparePositions(this.#position, head) < 0) return
    throw new SealingRefused(
      'shrunken',
      `${this.#state!.size} leaves were signed, the log ends after ${this.#frontier.size}`,
    )
  }

  async take(events: readonly PositionedEvent[]): Promise<void> {
    for (let from = 0; from < events.length; ) {
      // A run ends where the signed tree does, so that its root is met.
      const until = this.#met ? BATCH : Math.min(BATCH, this.#state!.size - this.#frontier.size)
      const run = events.slice(from, from + until)
      await this.#take(run)
      from += run.length
    }
  }

  /** When everything that was checked stands in the tables. */
  written(): Promise<void> {
    return this.#writing
  }

  /** Checks a run while the one before it is written and another one waits for that, and leaves it being written. */
  async #take(run: readonly PositionedEvent[]): Promise<void> {
    const size = this.#frontier.size
    const leaves = await this.#checked(run)
    const standing = this.#atEnd ? 0 : await this.#standing(size, leaves)
    await this.#before
    const fresh = leaves.slice(standing)
    if (fresh.length > 0) this.#write(size + standing, fresh)
    for (const { hash } of leaves) this.#frontier.append(hash)
    this.#position = run.at(-1)!.position
    this.#forced ||= run.some(({ type }) => this.#parts.forces(type))
    if (!this.#met && this.#state?.size === this.#frontier.size) {
      this.#meet(this.#state)
      // It was signed, and its publication cut short.
      // A change of keys between the signature and a restart makes nobody else the one who signed.
      const signed = verifiedKeys(parseNote(this.#state.note), this.#parts.keys())
      await this.#publish(
        this.#state,
        signed.map(({ key }) => key),
      )
    }
  }

  #write(size: number, leaves: readonly Leaf[]): void {
    // What goes on behind a write that went through is well until it is known not to be.
    if (!this.#atEnd) this.#well = false
    this.#atEnd = true
    this.#before = this.#writing
    this.#writing = this.#append(size, leaves, this.#before)
    // Whoever comes next meets the failure.
    this.#writing.catch(() => {})
  }

  async #append(size: number, leaves: readonly Leaf[], before: Promise<void>): Promise<void> {
    await this.#parts.sealed.append(size, leaves, before)
    this.#well = true
  }

  /** The leaves of records, each of which is as it was written and the next of its stream. */
  async #checked(run: readonly PositionedEvent[]): Promise<Leaf[]> {
    const { known, others } = this.#heads.of(run.map(({ stream }) => stream))
    if (others.length > 0 && !this.#heads.areAll) {
      const asked = await this.#parts.sealed.heads(others, this.#frontier.size)
      for (const [stream, head] of asked) known.set(stream, head)
    }
    const check = new LogCheck({ heads: known })
    const leaves: Leaf[] = []
    for (let from = 0; from < run.length; from += AT_ONCE) {
      leaves.push(...checked(run.slice(from, from + AT_ONCE), check))
      // What waits for an answer of the database goes out as soon as that is there.
      await setImmediate()
    }
    this.#heads.meet(check.heads)
    return leaves
  }

  /** How many of these leaves stand in the tables already. */
  async #standing(size: number, leaves: readonly Leaf[]): Promise<number> {
    const standing = await this.#parts.sealed.leaves(size, leaves.length)
    for (const [i, leaf] of standing.entries()) {
      const { stream, rev, event, hash } = leaves[i]!
      const equal =
        leaf.stream === stream && leaf.rev === rev && leaf.event === event && same(leaf.hash, hash)
      if (!equal) {
        throw new SealingRefused(
          'tables-differ',
          `leaf ${size + i} is ${leaf.stream} ${leaf.rev} in the tree, ${stream} ${rev} in the log`,
        )
      }
    }
    return standing.length
  }

  #meet(state: Sealed): void {
    if (!same(this.#frontier.root(), state.root)) {
      throw new SealingRefused('forked', `the first ${state.size} records are not those that were signed`)
    }
    this.#met = true
  }

  isDue(): boolean {
    return this.#forced || performance.now() - this.#signed >= this.#parts.every
  }

  /** Signs the tree, if it has grown since the last time. */
  async seal(): Promise<void> {
    this.#signed = performance.now()
    const { sealed, state, clock } = this.#parts
    const { size } = this.#frontier
    if (!this.#met) return
    this.#forced = false
    if (size === (this.#state?.size ?? 0)) return
    const keys = this.#parts.keys()
    const tree = { origin: keys[0]!.name, size, root: this.#frontier.root() }
    await this.#writing
    const edge = await edgeOf(sealed, size)
    if (!same(new Frontier(size, edge).root(), tree.root)) {
      throw new SealingRefused('tables-differ', `the tiles of ${size} leaves give another root`)
    }
    if (this.#state !== null) {
      const proof = await sealed.consistencyProof(this.#state.size, size)
      if (!verifiesConsistency(this.#state, tree, proof)) {
        throw new SealingRefused('forked', `the tree of ${size} leaves does not go on from what was signed`)
      }
    }
    const at = clock()
    if (this.#state !== null && at < this.#state.at) {
      throw new SealingRefused('clock-back', `it is ${at}, and ${this.#state.at} was signed`)
    }
    const next = { size, root: tree.root, at, note: signNote(formatCheckpoint(tree), ...keys) }
    try {
      state.replace(this.#state, next)
    } catch (error) {
      if (!(error instanceof StateMoved)) throw error
      throw new SealingRefused('state-lost', 'another one signs with this state', error)
    }
    this.#state = next
    await this.#publish(next, keys)
  }

  /** @param keys those that signed it */
  async #publish(next: Sealed, keys: readonly VerifierKey[]): Promise<void> {
    await this.#writing
    await this.#parts.sealed.publish(next, keys.map(formatVerifierKey), this.#position!)
    this.#published(next, this.#position!)
  }
}

/** @throws {SealingRefused} one is not as it was written, or not the next of its stream */
function checked(run: readonly PositionedEvent[], check: LogCheck): Leaf[] {
  return run.map((event) => {
    try {
      const { hash } = check.follow(event, () => formatPosition(event.position))
      return {
        stream: event.stream,
        rev: Number(event.revision),
        event: event.id,
        hash: Buffer.from(hash, 'base64'),
      }
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error
      throw new SealingRefused('bad-record', error.message, error)
    }
  })
}
