import type { EventStore } from '#events/store/event-store.ts'
import { parseStreamName, type StreamName } from '#events/stream-name.ts'
import { formatPosition } from '#events/store/position.ts'
import { LogCheck } from './log-check.ts'
import type { Leaf, Sealed, SealedLog } from './sealed-log.ts'
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
}

/** What is read of a table at once. */
const PAGE = 1_000

/**
 * Reads a log from its beginning and holds every record against its chain and its leaf, and the tree of all of them
 * against every checkpoint. In memory stand what {@link LogCheck} keeps, one page of leaves and one of checkpoints.
 *
 * @param pinned checkpoints that somebody kept elsewhere
 * @param sealed the tables; null where there are none beside this log
 * @throws {BadRecord} {@link LeafDiffers} {@link CheckpointDiffers} {@link TreeDiffers} the first thing that cannot be
 * @throws {VoidListDiffers} operations are void, or are not, against the rule
 * @throws {Malformed} {@link BadSignature} a checkpoint of the database is none, or not of whom it claims
 */
export async function verifyLog(
  store: Pick<EventStore, 'readAll' | 'readStream'>,
  { sealed, trust, pinned }: { sealed: SealedLog | null; trust: Trust; pinned: readonly Stated[] },
  tick: (records: number) => void = () => {},
): Promise<VerifiedLog> {
  const log = new LogCheck()
  const tree = new TreeCheck(pinned)
  // What is sealed now stands in the log that is read after: whoever seals meanwhile does not disturb.
  const last = (await sealed?.newest())?.size ?? 0
  const leaves = new Paged(sealed, (await sealed?.size()) ?? 0)
  const published = new Published(sealed, trust, last)
  for await (const event of store.readAll()) {
    const hash = Buffer.from(
      log.follow(event, () => `позиция ${formatPosition(event.position)}`),
      'base64',
    )
    const index = tree.size
    const leaf = await leaves.at(index)
    const record = { stream: event.stream, rev: Number(event.revision) }
    if (leaf !== null && !isOf(leaf, record, hash)) throw new LeafDiffers(index, leaf, record)
    tree.follow(hash)
    await published.holdAt(tree)
    if (tree.size % 1_000 === 0) tick(tree.size)
  }
  const beyond = await leaves.at(tree.size)
  if (beyond !== null) throw new LeafDiffers(tree.size, beyond, null)
  await published.end(tree)
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
  }
}

const isOf = (leaf: Leaf, { stream, rev }: { stream: string; rev: number }, hash: Buffer): boolean =>
  leaf.stream === stream && leaf.rev === rev && Buffer.compare(leaf.hash, hash) === 0

/** The first `size` leaves in order, a page at a time. */
class Paged {
  readonly #sealed: SealedLog | null
  readonly #size: number
  #page: Leaf[] = []
  #from = 0

  constructor(sealed: SealedLog | null, size: number) {
    this.#sealed = sealed
    this.#size = size
  }

  async at(index: number): Promise<Leaf | null> {
    if (this.#sealed === null || index >= this.#size) return null
    if (index >= this.#from + this.#page.length) {
      this.#page = await this.#sealed.leaves(index, PAGE)
      this.#from = index
    }
    return this.#page[index - this.#from] ?? null
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

  constructor(sealed: SealedLog | null, trust: Trust, last: number) {
    this.#sealed = sealed
    this.#trust = trust
    this.#last = last
  }

  async #next(): Promise<Sealed | null> {
    if (this.#sealed === null || this.largest >= this.#last) return null
    if (this.#page.length === 0) this.#page = await this.#sealed.checkpoints(this.largest, PAGE)
    return this.#page[0] ?? null
  }

  async holdAt(tree: TreeCheck): Promise<void> {
    const next = await this.#next()
    if (next?.size !== tree.size) return
    const found = vouched(next.note, this.#trust)
    const { size, root } = found.checkpoint
    if (size !== next.size || Buffer.compare(root, next.root) !== 0) throw new CheckpointDiffers(next.size)
    tree.hold({ size, root, where: `integrity.checkpoint ${size}` })
    this.held++
    this.largest = size
    if (isAnchor(found, this.#trust)) this.anchored = size
    this.#page.shift()
  }

  async end(tree: TreeCheck): Promise<void> {
    const missed = await this.#next()
    if (missed === null) return
    throw tree.differs('shorter', { ...missed, where: `integrity.checkpoint ${missed.size}` })
  }
}
