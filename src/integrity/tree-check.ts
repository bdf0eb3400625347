import type { Instant } from '#values/time.ts'
import { Frontier, type TreeHash } from './tlog/merkle-tree.ts'

/** A tree that somebody holds, and where it was found. */
export interface Stated {
  readonly size: number
  readonly root: TreeHash
  readonly where: string
  /** When a trusted witness saw it; null or absent where none did. */
  readonly seen?: Instant | null
}

/** A log is not the one of which a checkpoint speaks. */
export class TreeDiffers extends Error {
  override readonly name = 'TreeDiffers'
  /** The log ends before the checkpoint, or its first records are others. */
  readonly how: 'shorter' | 'other'
  readonly stated: Stated
  /** So many records are those that an earlier checkpoint states. */
  readonly good: number
  /** How many records there are, as far as they were read. */
  readonly records: number

  constructor(how: 'shorter' | 'other', stated: Stated, good: number, records: number) {
    super(`${stated.where} states ${stated.size} records, and they are ${how}`)
    this.how = how
    this.stated = stated
    this.good = good
    this.records = records
  }
}

/** Follows the leaves of a log in order and holds their tree against those that are stated. 53 hashes of memory. */
export class TreeCheck {
  readonly #frontier = new Frontier()
  readonly #stated: Stated[]
  #good = 0

  constructor(stated: readonly Stated[]) {
    this.#stated = stated.toSorted((a, b) => a.size - b.size)
    this.#meet()
  }

  get size(): number {
    return this.#frontier.size
  }

  /** The next leaf. @throws {TreeDiffers} */
  follow(leaf: TreeHash): void {
    this.#frontier.append(leaf)
    this.#meet()
  }

  #meet(): void {
    while (this.#stated[0]?.size === this.size) this.hold(this.#stated.shift()!)
  }

  /** Holds the tree at hand against one of its size. @throws {TreeDiffers} */
  hold(stated: Stated): void {
    if (Buffer.compare(stated.root, this.#frontier.root()) !== 0) throw this.differs('other', stated)
    this.#good = this.size
  }

  differs(how: 'shorter' | 'other', stated: Stated): TreeDiffers {
    return new TreeDiffers(how, stated, this.#good, this.size)
  }

  /** After the last leaf. @throws {TreeDiffers} the log ends before something that is stated */
  end(): void {
    const [missed] = this.#stated
    if (missed !== undefined) throw this.differs('shorter', missed)
  }
}
