/** An event as it is given to everybody: about 400 bytes of data and metadata. */
export interface Given {
  readonly id: string
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
  readonly meta: Readonly<Record<string, unknown>>
}

/** A log that takes part: ours, a peer, or the bare statement that bounds them. */
export interface Contestant {
  readonly name: string
  readonly kind: 'ours' | 'raw' | 'peer'
  /** @param stream a UUID @param after how many events the stream has: the append must fail if it has another number */
  append(stream: string, after: number, events: readonly Given[]): Promise<void>
  close(): Promise<void>
}

/** Opens a contestant on an empty database of its own. */
export type Open = (url: string, connections: number) => Promise<Contestant | null>
