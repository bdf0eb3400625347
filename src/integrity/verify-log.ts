import type { EventStore } from '#events/store/event-store.ts'
import { parseStreamName, type StreamName } from '#events/stream-name.ts'
import { formatPosition, type Position } from '#events/store/position.ts'
import type { Instant } from '#values/time.ts'
import { ClockBracket, type ClockFound } from './clock-bracket.ts'
import { LogCheck } from './log-check.ts'
import { type Leaf, type LeafPage, type Sealed, type SealedLog } from './sealed-log.ts'
import { type Stated, TreeCheck } from './tree-check.ts'
import { isAnchor, type Trust, vouched } from './trust.ts'
import { checkVoidLists } from './void-check.ts'

/** A record is not the one of its leaf: one of the two was changed, or taken out, or put in. */
export class LeafDiffers extends Error {
  override readonly name = 'LeafDiffers'
  readonly index: number
  /** What the tree has there; null where it ends. */
  readonly leaf: Leaf | null
  /** What the log has there; null where it ends. */
  readonly record: { readonly stream: string; readonly rev: number } | null

  constructor(index: number, leaf: Leaf | null, record: { stream: string; rev: number } | null) {
    super(`leaf ${index} is not the record there`)
    this.index = index
    this.leaf = leaf
    this.record = record
  }
}

/** A checkpoint of the database whose row says something else than its note. */
export class CheckpointDiffers extends Error {
  override readonly name = 'CheckpointDiffers'
  readonly size: number

  constructor(size: number) {
    super(`the checkpoint of ${size} records is not the one of its note`)
    this.size = size
  }
}

export interface VerifiedLog {
  readonly records: number
  readonly streams: number
  /** How many checkpoints of the database were held against the log. */
  readonly checkpoints: number
  /** The largest checkpoint of the database that is believed; 0 where none is. */
  readonly anchored: number
  /** How many incidents were declared, whose lists of void and suspect operations were recomputed. */
  readonly incidents: number
  /** Records behind the last checkpoint: nothing vouches for them yet. */
  readonly unsealed: number
  /** Where the times of records contradict those of the checkpoints around them. */
  readonly clock: ClockFound
}

/** What is read of a table at once. */
const PAGE = 2_000

/**
 * Reads a log from its beginning and holds every record against its chain and its leaf, and the tree of all of them
 * against every checkpoint. In memory stand what {@link LogCheck} keeps, one page of leaves and one of checkpoints.
 *
 * @param tick told now and then how many records were held, and where the last of them stands
 * @param pinned checkpoints that somebody kept elsewhere
 * @param sealed the tables; null where there are none beside this log
 * @throws {BadRecord} {@link LeafDiffers} {@link CheckpointDiffers} {@link TreeDiffers} the first thing that cannot be
 * @throws {VoidListDiffers} operations are void, or are not, against the rule
 * @throws {Malformed} {@link BadSignature} a checkpoint of the database is none, or not of whom it claims
 */
export async function verifyLog(
  store: Pick<EventStore, 'readAll' | 'readStream'>,
  { sealed, trust, pinned }: { sealed: SealedLog | null; trust: Trust; pinned: readonly Stated[] },
  tick: (records: number, at: Position) => void = () => {},
): Promise<VerifiedLog> {
  const log = new LogCheck()
  const tree = new TreeCheck(pinned)
  const clock = new ClockBracket()
  const witnessed = pinned
    .filter((one): one is Stated & { readonly seen: Instant } => (one.seen ?? null) !== null)
    .toSorted((a, b) => a.size - b.size)
  // What is sealed now stands in the log that is read after: whoever seals meanwhile does not disturb.
  const last = (await sealed?.newest())?.size ?? 0
  const leaves = new Paged(sealed, (await sealed?.size()) ?? 0)
  const published = await Published.from(sealed, trust, last)
  for await (const event of store.readAll({ asText: true })) {
    const { hash, at } = log.follow(event, () => `позиция ${formatPosition(event.position)}`)
    const index = tree.size
    if (!leaves.has(index)) await leaves.turn(index)
    const { stream, id } = event
    const rev = Number(event.revision)
    const leaf = Buffer.from(hash, 'base64')
    if (!leaves.isAt(index, { stream, rev, event: id, hash: leaf })) {
      throw new LeafDiffers(index, await leaves.leaf(index), { stream, rev })
    }
    tree.follow(leaf)
    clock.follow({ leaf: index, stream, rev, at })
    while (witnessed[0]?.size === tree.size) clock.seen(tree.size, witnessed.shift()!.seen)
    if (published.next === tree.size) await published.holdAt(tree, clock)
    if (tree.size % 1_000 === 0) tick(tree.size, event.position)
  }
  const beyond = await leaves.leaf(tree.size)
  if (beyond !== null) throw new LeafDiffers(tree.size, beyond, null)
  published.end(tree)
  tree.end()
  let incidents = 0
  for (const stream of log.heads.keys()) {
    const name = parseStreamName(stream)
    if (name?.category === 'incident') incidents += await checkVoidLists(store, stream as StreamName)
  }
  return {
    records: tree.size,
    streams: log.heads.size,
    checkpoints: published.held,
    incidents,
    anchored: published.anchored,
    unsealed: tree.size - published.largest,
    clock: clock.found,
  }
}

/** The first `size` leaves in order, a page at a time; the next is read while this one is looked at. */
class Paged {
  readonly #sealed: SealedLog | null
  readonly #size: number
  #page: LeafPage | null = null
  #from = 0
  #coming: { readonly from: number; readonly page: Promise<LeafPage | null> } | null = null

  constructor(sealed: SealedLog | null, size: number) {
    this.#sealed = sealed
    this.#size = size
  }

  /** Whether `isAt` knows this leaf, or that there is none. */
  has(index: number): boolean {
    return index >= this.#size || (index >= this.#from && index < this.#behind)
  }

  get #behind(): number {
    return this.#from + (this.#page?.length ?? 0)
  }

  /** Whether the leaf is this one, or there is none. */
  isAt(index: number, leaf: Leaf): boolean {
    return this.#page === null || index >= this.#behind || this.#page.isAt(index - this.#from, leaf)
  }

  /** Goes on to the page that begins with a leaf; behind the last one it is empty. */
  async turn(index: number): Promise<void> {
    const coming = this.#coming?.from === index ? this.#coming.page : this.#read(index)
    this.#page = await coming
    this.#from = index
    const next = this.#behind
    this.#coming = next < this.#size && next > index ? { from: next, page: this.#read(next) } : null
    // Whoever found a fault leaves before it comes.
    this.#coming?.page.catch(() => {})
  }

  async #read(from: number): Promise<LeafPage | null> {
    return this.#sealed === null || from >= this.#size ? null : this.#sealed.leafPage(from, PAGE)
  }

  /** What stands there; null behind the last one. */
  async leaf(index: number): Promise<Leaf | null> {
    if (this.#sealed === null || index >= this.#size) return null
    return (await this.#sealed.leaves(index, 1))[0] ?? null
  }
}

/** The checkpoints of the database up to a size, in order, each held against the tree as that comes to its size. */
class Published {
  readonly #sealed: SealedLog | null
  readonly #trust: Trust
  readonly #last: number
  #page: Sealed[] = []
  held = 0
  anchored = 0
  largest = 0

  private constructor(sealed: SealedLog | null, trust: Trust, last: number) {
    this.#sealed = sealed
    this.#trust = trust
    this.#last = last
  }

  static async from(sealed: SealedLog | null, trust: Trust, last: number): Promise<Published> {
    const published = new Published(sealed, trust, last)
    await published.#turn()
    return published
  }

  /** The size of the next one; null where there is none. */
  get next(): number | null {
    // Others may have come since the last one was asked for.
    return this.largest < this.#last ? (this.#page[0]?.size ?? null) : null
  }

  async #turn(): Promise<void> {
    if (this.#sealed === null || this.largest >= this.#last || this.#page.length > 0) return
    this.#page = await this.#sealed.checkpoints(this.largest, PAGE)
  }

  /** Holds the next one against a tree of its size, and its time against those of the records. */
  async holdAt(tree: TreeCheck, clock: ClockBracket): Promise<void> {
    const next = this.#page.shift()!
    const found = vouched(next.note, this.#trust)
    const { size, root } = found.checkpoint
    if (size !== next.size || Buffer.compare(root, next.root) !== 0) throw new CheckpointDiffers(next.size)
    tree.hold({ size, root, where: `integrity.checkpoint ${size}` })
    if (found.seen !== null) clock.seen(size, found.seen)
    clock.sealed(size, next.at)
    this.held++
    this.largest = size
    if (isAnchor(found, this.#trust)) this.anchored = size
    await this.#turn()
  }

  end(tree: TreeCheck): void {
    if (this.next === null) return
    const missed = this.#page[0]!
    throw tree.differs('shorter', { ...missed, where: `integrity.checkpoint ${missed.size}` })
  }
}
