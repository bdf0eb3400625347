/** What is written: an event as the protocol brings it. */
export interface ProposedEvent {
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

export interface LoggedEvent extends ProposedEvent {
  readonly stream: string
  readonly revision: bigint
  /** Its place in the order of all events: how many bytes stand before it. */
  readonly position: bigint
  /** 100 ns since 1970, as the server's clock had it. */
  readonly created: bigint
}

export type Expected = bigint | 'no-stream' | 'any' | 'stream-exists'

export type Outcome =
  | { readonly written: true; readonly revision: bigint; readonly position: bigint }
  | { readonly written: false; readonly current: bigint | null }
  | 'deleted'

/** The number that the tombstone of a stream has. */
const TOMBSTONE = 2n ** 63n - 1n

/** The events of a server, in memory: it outlives the server, as a disk would. */
export class MemoryLog {
  readonly events: LoggedEvent[] = []
  readonly #streams = new Map<string, LoggedEvent[]>()
  readonly #listeners = new Set<() => void>()
  #end = 0n

  /** @param now in milliseconds since 1970 */
  append(stream: string, expected: Expected, proposed: readonly ProposedEvent[], now: number): Outcome {
    const stand = this.#streams.get(stream) ?? []
    if (stand.at(-1)?.revision === TOMBSTONE) return 'deleted'
    const current = stand.length === 0 ? -1n : stand.at(-1)!.revision
    const verdict =
      typeof expected === 'string' && expected !== 'no-stream'
        ? verdictOnAny(stand, expected, proposed)
        : verdictAt(stand, expected === 'no-stream' ? -1n : expected, proposed, current)
    if (verdict === 'refused') return { written: false, current: current < 0n ? null : current }
    if (verdict !== 'new') return { written: true, revision: verdict.revision, position: verdict.position }
    let last: LoggedEvent | undefined
    for (const [i, event] of proposed.entries()) {
      last = this.#add({
        ...event,
        stream,
        revision: current + BigInt(i + 1),
        position: this.#end,
        created: BigInt(now) * 10_000n,
      })
    }
    this.#tell()
    return { written: true, revision: last?.revision ?? current, position: last?.position ?? this.#end }
  }

  /** Deletes a stream for ever. */
  tombstone(stream: string, now: number): LoggedEvent {
    const deleted = this.#add({
      id: crypto.randomUUID(),
      type: '$streamDeleted',
      contentType: 'application/json',
      data: new Uint8Array(),
      metadata: new Uint8Array(),
      stream,
      revision: TOMBSTONE,
      position: this.#end,
      created: BigInt(now) * 10_000n,
    })
    this.#tell()
    return deleted
  }

  /** What can be read of a stream: null when there is none, or it is soft-deleted; without what is truncated. */
  stream(name: string): readonly LoggedEvent[] | 'deleted' | null {
    const stand = this.#streams.get(name)
    if (stand === undefined) return null
    if (stand.at(-1)!.revision === TOMBSTONE) return 'deleted'
    const from = this.#truncatedBefore(name)
    const readable = from === 0n ? stand : stand.filter(({ revision }) => revision >= from)
    return readable.length === 0 ? null : readable
  }

  /** The index of the first event at or after a position. */
  indexOf(position: bigint): number {
    let [low, high] = [0, this.events.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.events[middle]!.position < position) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Calls `listener` after each append; the answer ends that. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #add(event: LoggedEvent): LoggedEvent {
    this.events.push(event)
    const stand = this.#streams.get(event.stream)
    if (stand === undefined) this.#streams.set(event.stream, [event])
    else stand.push(event)
    // A record on the disk is its content and a head.
    this.#end += BigInt(
      event.data.length + event.metadata.length + event.stream.length + event.type.length + 100,
    )
    return event
  }

  #truncatedBefore(name: string): bigint {
    const text = this.#streams.get(`$$${name}`)?.at(-1)?.data
    const found = text === undefined ? null : /"\$tb"\s*:\s*(\d+)/.exec(Buffer.from(text).toString())
    return found === null ? 0n : BigInt(found[1]!)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** New, refused, or the last event of the same append, which stands already. */
type Verdict = 'new' | 'refused' | LoggedEvent

function verdictAt(
  stand: readonly LoggedEvent[],
  expected: bigint,
  proposed: readonly ProposedEvent[],
  current: bigint,
): Verdict {
  if (expected === current) return 'new'
  if (expected > current) return 'refused'
  const there = stand.slice(Number(expected) + 1, Number(expected) + 1 + proposed.length)
  const same = there.length === proposed.length && proposed.every(({ id }, i) => id === there[i]!.id)
  return same && there.length > 0 ? there.at(-1)! : 'refused'
}

function verdictOnAny(
  stand: readonly LoggedEvent[],
  expected: 'any' | 'stream-exists',
  proposed: readonly ProposedEvent[],
): Verdict {
  if (expected === 'stream-exists' && stand.length === 0) return 'refused'
  const known = proposed.map(({ id }) => stand.find((event) => event.id === id))
  if (known[0] === undefined) return 'new'
  return known.at(-1) ?? 'refused'
}
