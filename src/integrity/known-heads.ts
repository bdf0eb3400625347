import type { Head, Heads } from './heads.ts'

/** Where streams end, of those that were met last: as many as it may hold, whatever a log has. */
export class KnownHeads {
  readonly #most: number
  /** In the order in which they were met. */
  readonly #heads = new Map<string, Head>()
  #all: boolean

  /**
   * @param most how many it holds at least; while more come at once, all of those
   * @param all nothing stands before what will be met
   */
  constructor(most: number, all: boolean) {
    this.#most = most
    this.#all = all
  }

  /** Whether a stream that it does not know is none yet: everything was met, and nothing is forgotten. */
  get areAll(): boolean {
    return this.#all
  }

  /** Those of these streams that it knows, and the names of the others. */
  of(streams: Iterable<string>): { readonly known: Map<string, Head>; readonly others: readonly string[] } {
    const known = new Map<string, Head>()
    const others = new Set<string>()
    for (const stream of streams) {
      const head = this.#heads.get(stream)
      if (head === undefined) others.add(stream)
      else known.set(stream, head)
    }
    return { known, others: [...others] }
  }

  /** Where these streams end now; those that were not met for longest are forgotten for them. */
  meet(heads: Heads): void {
    for (const [stream, head] of heads) {
      this.#heads.delete(stream)
      this.#heads.set(stream, head)
    }
    for (const stream of this.#heads.keys()) {
      if (this.#heads.size <= Math.max(this.#most, heads.size)) return
      this.#heads.delete(stream)
      this.#all = false
    }
  }
}
