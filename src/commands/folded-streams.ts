import { decode, type Decoded } from '#events/registry.ts'
import { WithoutEffect } from '#events/without-effect.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import type { EventStore, RecordedEvent } from '#events/store/event-store.ts'
import type { StreamName } from '#events/stream-name.ts'
import type { Uuid } from '#values/uuid.ts'
import { evolve, type Fold, type IsVoid, NOTHING_VOID } from './fold.ts'

/** A stream as far as it has been read. `state` is changed in place when more is read: look, decide, let go. */
export interface FoldedStream<State> {
  readonly state: Readonly<State>
  /** −1 while there is no stream. Void events count. */
  readonly revision: bigint
  /** The hash of the last event; null while there is none. */
  readonly head: string | null
  /** It was folded with operations that have lost their effect since: nothing may be decided on it any more. */
  readonly outdated: boolean
  /** The events of each command that this stream has seen, so that a repeated one is recognised. */
  readonly commands: ReadonlyMap<
    Uuid,
    { readonly firstId: Uuid; readonly first: bigint; readonly last: bigint }
  >
}

interface Entry<State = unknown> {
  state: State
  revision: bigint
  head: string | null
  outdated: boolean
  readonly commands: Map<Uuid, { firstId: Uuid; first: bigint; last: bigint }>
}

/** A stream misses a revision: the engine gave less than it recorded. Deciding on it would be deciding blind. */
export class StreamBroken extends Error {
  override readonly name = 'StreamBroken'
}

/**
 * Streams folded into states, kept by revision: what was read once is read forwards only, so the thousandth
 * command of a page costs what the first did.
 *
 * Operations without effect are left out. They are learned from the streams of incidents as those are read: a stream of
 * which an operation was made void is folded anew. Whoever decides reads the stream of incidents first or beside.
 */
export class FoldedStreams {
  readonly #store: EventStore
  readonly #alsoVoid: IsVoid
  readonly #withoutEffect = new WithoutEffect()
  readonly #isVoid: IsVoid
  readonly #entries = new Map<StreamName, Entry>()
  readonly #turns = new Map<StreamName, Promise<unknown>>()
  readonly #capacity: number

  /** @param alsoVoid events to be left out beside those of the streams of incidents */
  constructor(store: EventStore, alsoVoid: IsVoid = NOTHING_VOID, capacity = 4_000) {
    this.#store = store
    this.#alsoVoid = alsoVoid
    this.#isVoid = (event) => this.#withoutEffect.has(event.id) || alsoVoid(event)
    this.#capacity = capacity
  }

  /** Streams of another log, with the same void events left out. */
  over(store: EventStore): FoldedStreams {
    return new FoldedStreams(store, this.#alsoVoid, this.#capacity)
  }

  /** The stream as it stands now. */
  async load<State>(fold: Fold<State>, stream: StreamName): Promise<FoldedStream<State>> {
    for (;;) {
      const entry = this.#entry(fold, stream)
      const read: RecordedEvent[] = []
      for await (const event of this.#store.readStream(stream, { from: entry.revision + 1n }))
        read.push(event)
      // In one go, so that nobody who holds the entry decides on half of an append.
      for (const event of read) this.#apply(fold, entry, event)
      if (!entry.outdated) return entry
    }
  }

  /** Which operations are known to have lost their effect. */
  get withoutEffect(): Pick<WithoutEffect, 'of' | 'inStream' | 'between'> {
    return this.#withoutEffect
  }

  /**
   * Does work on a stream after all work on it that came before. Writers of one process who took each other's place
   * would only decide again and again; those of other processes are met at the append.
   */
  async inTurn<Result>(stream: StreamName, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(stream) ?? Promise.resolve()
    const done = before.then(work, work)
    this.#turns.set(stream, done)
    try {
      return await done
    } finally {
      if (this.#turns.get(stream) === done) this.#turns.delete(stream)
    }
  }

  /** Takes over events that were just recorded, if nobody else came between. */
  recorded<State>(fold: Fold<State>, events: readonly RecordedEvent[]): void {
    const [first] = events
    if (first === undefined) return
    const entry = this.#entry(fold, first.stream)
    if (entry.revision + 1n === first.revision) for (const event of events) this.#apply(fold, entry, event)
  }

  #entry<State>(fold: Fold<State>, stream: StreamName): Entry<State> {
    const known = this.#entries.get(stream) as Entry<State> | undefined
    const entry = known ?? {
      state: fold.initial(),
      revision: -1n,
      head: null,
      outdated: false,
      commands: new Map(),
    }
    // A Map iterates in order of insertion: what is used goes to the end, what goes out stands at the front.
    this.#entries.delete(stream)
    this.#entries.set(stream, entry)
    if (this.#entries.size > this.#capacity) this.#entries.delete(this.#entries.keys().next().value!)
    return entry
  }

  #apply<State>(fold: Fold<State>, entry: Entry<State>, event: RecordedEvent): void {
    // Two readers of one entry meet the same events: the second changes nothing.
    if (event.revision <= entry.revision) return
    if (event.revision !== entry.revision + 1n) {
      throw new StreamBroken(`${event.stream}: after revision ${entry.revision} comes ${event.revision}`)
    }
    const decoded = decode(event)
    if (decoded !== null) {
      evolve(fold, entry.state, decoded, this.#isVoid)
      remember(entry, decoded)
      if (fold.category === 'incident') this.#drop(this.#withoutEffect.take(decoded))
    }
    entry.revision = event.revision
    entry.head = leafHash(event.canonical)
  }

  /** Forgets streams that must be folded anew, also for those who hold them at this moment. */
  #drop(streams: readonly StreamName[]): void {
    for (const stream of streams) {
      const entry = this.#entries.get(stream)
      if (entry !== undefined) entry.outdated = true
      this.#entries.delete(stream)
    }
  }
}

function remember(entry: Entry, { id, revision, meta }: Decoded): void {
  const known = entry.commands.get(meta.cmd)
  if (known === undefined) entry.commands.set(meta.cmd, { firstId: id, first: revision, last: revision })
  else known.last = revision
}
