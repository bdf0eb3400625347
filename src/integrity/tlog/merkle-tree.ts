import { hash } from 'node:crypto'
import { parseBase64 } from './malformed.ts'

/**
 * The Merkle tree of RFC 6962 section 2.1 and RFC 9162 section 2.1, with SHA-256.
 *
 * Counts are numbers, exact up to 2^53 − 1, and are halved by division: the shifts of JavaScript end at 2^31.
 */

/** A SHA-256, 32 bytes. */
export type TreeHash = Uint8Array
export const HASH_BYTES = 32

/** The longest proof of a tree whose size is a number of JavaScript. */
export const MAX_PROOF = 63

/** The root of a tree without leaves: the hash of nothing. */
export const EMPTY_ROOT: TreeHash = hash('sha256', '', 'buffer')

/** What a node hashes; written anew each time, and never handed out. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1)

/**
 * SHA-256(0x01 ‖ left ‖ right): the hash of a node over two others.
 *
 * Taken as text of a byte a character, which costs half of what `'buffer'` does (Node 24): a proof is some hundreds of
 * these.
 */
export function nodeHash(left: TreeHash, right: TreeHash): TreeHash {
  node.set(left, 1)
  node.set(right, 1 + HASH_BYTES)
  return Buffer.from(hash('sha256', node, 'binary'), 'binary')
}

/** The hashes of nodes over pairs of hashes that stand one after the other; one that is left over has none. */
export function rowOver(hashes: Uint8Array): Buffer {
  const below = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.length)
  const above = Buffer.allocUnsafe(Math.floor(hashes.length / HASH_BYTES / 2) * HASH_BYTES)
  for (let at = 0; at < above.length; at += HASH_BYTES) {
    below.copy(node, 1, 2 * at, 2 * (at + HASH_BYTES))
    above.write(hash('sha256', node, 'binary'), at, 'binary')
  }
  return above
}

/** A perfect subtree: the node over the leaves from `index`·2^`level` to (`index` + 1)·2^`level`, exclusive. */
export interface Subtree {
  readonly level: number
  readonly index: number
}

/** Gives the hash of a perfect subtree. */
export type SubtreeHash = (subtree: Subtree) => TreeHash

/** The largest power of two that is smaller than `size`, for a size above 1. */
function split(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

/** The perfect subtrees, the largest first, that cover the leaves from `start` to `end`: those of a subtree of the RFC. */
function cover(start: number, end: number): Subtree[] {
  const parts: Subtree[] = []
  for (let at = start; at < end; ) {
    let level = 0
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level++
    parts.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return parts
}

/** The perfect subtrees whose hashes, joined from the right, are the root of a tree of `size` leaves. */
export function rootParts(size: number): Subtree[] {
  return cover(0, size)
}

/**
 * An audit path, RFC 9162 section 2.1.3.1, from the sibling of the leaf up to a child of the root: each hash is given by
 * the perfect subtrees of which it is joined.
 *
 * @param index of the leaf, from 0
 * @param size of the tree, more than `index`
 */
export function inclusionParts(index: number, size: number): Subtree[][] {
  const path: Subtree[][] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + split(end - start)
    const left = index < middle
    path.push(left ? cover(middle, end) : cover(start, middle))
    if (left) end = middle
    else start = middle
  }
  return path.toReversed()
}

/** A consistency proof, RFC 9162 section 2.1.4.1, between the trees of the first `from` and the first `to` leaves. */
export function consistencyParts(from: number, to: number): Subtree[][] {
  if (from === 0 || from === to) return []
  const proof: Subtree[][] = []
  let [start, end] = [0, to]
  while (from !== end) {
    const middle = start + split(end - start)
    if (from <= middle) {
      proof.push(cover(middle, end))
      end = middle
    } else {
      proof.push(cover(start, middle))
      start = middle
    }
  }
  // A subtree from the first leaf on is the old tree itself, whose root the verifier knows.
  if (start !== 0) proof.push(cover(start, end))
  return proof.toReversed()
}

/** The hash over parts that stand side by side, the largest first; of no parts, that of the empty tree. */
export function joined(parts: readonly Subtree[], subtree: SubtreeHash): TreeHash {
  if (parts.length === 0) return EMPTY_ROOT
  return parts.map(subtree).reduceRight((right, left) => nodeHash(left, right))
}

/** {@link inclusionParts} and {@link consistencyParts} as hashes. */
export function proofOf(parts: readonly Subtree[][], subtree: SubtreeHash): TreeHash[] {
  return parts.map((each) => joined(each, subtree))
}

const same = (a: TreeHash, b: TreeHash): boolean => Buffer.compare(a, b) === 0

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

const half = (value: number): number => Math.floor(value / 2)
const isOdd = (value: number): boolean => value % 2 === 1

/**
 * Whether a leaf stands at `index` of the tree of `size` leaves with this root (RFC 9162 section 2.1.3.2). A root does
 * not bind the size: both must come from one signed checkpoint.
 */
export function verifiesInclusion(
  leaf: TreeHash,
  { index, size, proof, root }: { index: number; size: number; proof: readonly TreeHash[]; root: TreeHash },
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || proof.length > MAX_PROOF) return false
  let [fn, sn, at] = [index, size - 1, leaf]
  for (const step of proof) {
    if (sn === 0) return false
    if (isOdd(fn) || fn === sn) {
      at = nodeHash(step, at)
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else {
      at = nodeHash(at, step)
    }
    ;[fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 && same(at, root)
}

/** A tree, as a checkpoint states it. */
export interface TreeHead {
  readonly size: number
  readonly root: TreeHash
}

/**
 * Whether the first tree is the beginning of the second (RFC 9162 section 2.1.4.2). Of an empty one, and between equal
 * sizes, the proof is empty.
 */
export function verifiesConsistency(from: TreeHead, to: TreeHead, proof: readonly TreeHash[]): boolean {
  if (!isCount(from.size) || !isCount(to.size) || from.size > to.size || proof.length > MAX_PROOF)
    return false
  if (from.size === 0) return proof.length === 0 && same(from.root, EMPTY_ROOT)
  if (from.size === to.size) return proof.length === 0 && same(from.root, to.root)
  let [fn, sn] = [from.size - 1, to.size - 1]
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)]
  // A power of two is a node of the second tree: then the proof leaves out what the verifier knows.
  const [first, ...steps] = fn === 0 ? [from.root, ...proof] : proof
  if (first === undefined) return false
  let [old, whole] = [first, first]
  for (const step of steps) {
    if (sn === 0) return false
    if (isOdd(fn) || fn === sn) {
      old = nodeHash(step, old)
      whole = nodeHash(step, whole)
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else {
      whole = nodeHash(whole, step)
    }
    ;[fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 && same(old, from.root) && same(whole, to.root)
}

/**
 * The right edge of a growing tree: all that is needed to append leaves and to know the root. At most 53 hashes,
 * however many leaves there are.
 */
export class Frontier {
  #size: number
  /** Hashes of {@link rootParts}, the largest subtree first. */
  readonly #edge: TreeHash[]

  /** @param edge the hashes of the {@link rootParts} of a tree of this size; without it, the tree is empty */
  constructor(size = 0, edge: readonly TreeHash[] = []) {
    if (!isCount(size) || rootParts(size).length !== edge.length) throw new Error('no edge of this tree')
    this.#size = size
    this.#edge = [...edge]
  }

  get size(): number {
    return this.#size
  }

  append(leaf: TreeHash): void {
    let node = leaf
    for (let at = this.#size; isOdd(at); at = half(at)) node = nodeHash(this.#edge.pop()!, node)
    this.#edge.push(node)
    this.#size++
  }

  root(): TreeHash {
    if (this.#edge.length === 0) return EMPTY_ROOT
    return this.#edge.reduceRight((right, left) => nodeHash(left, right))
  }
}

/** Hashes as lines of base64, as C2SP writes proofs. */
export const hashLines = (hashes: readonly TreeHash[]): string =>
  hashes.map((each) => `${Buffer.from(each).toString('base64')}\n`).join('')

/** The inverse of {@link hashLines}. @throws {Malformed} */
export const parseHash = (line: string): Buffer => parseBase64(line, HASH_BYTES, 'a hash')
