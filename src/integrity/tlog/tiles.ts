import { Malformed } from './malformed.ts'
import { HASH_BYTES, rowOver, type Subtree, type SubtreeHash, type TreeHash } from './merkle-tree.ts'

/**
 * C2SP tlog-tiles: the tree as runs of up to 256 hashes, and the entries as runs of up to 256 records.
 *
 *     tile/0/x001/x234/067        the full tile 1234067 of level 0: the hashes of 256 leaves
 *     tile/1/000.p/17             17 hashes of level 1, each over a full tile of level 0
 *     tile/entries/000.p/112      the first 112 records
 */

export const TILE_WIDTH = 256
export const HEIGHT = 8

/** The tile over the nodes from `index`·256 of the tree's level 8·`level` on. */
export interface Tile {
  readonly level: number
  readonly index: number
}

/** What a path asks for: a tile of hashes, or the records below one of level 0; so many of them. */
export interface TileRequest {
  readonly level: number | 'entries'
  readonly index: number
  /** 256 of a full tile. */
  readonly width: number
}

/** How many hashes of a level a tree of this size has. */
export function hashesOf(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level)
}

/** How wide a tile is in a tree of this size; 0 where it has none. */
export function widthOf({ level, index }: Tile, size: number): number {
  return Math.min(TILE_WIDTH, Math.max(0, hashesOf(level, size) - index * TILE_WIDTH))
}

/** `{ level: 1, index: 0, width: 17 }` → `tile/1/000.p/17`. */
export function tilePath({ level, index, width }: TileRequest): string {
  const parts = [String(index % 1_000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1_000); rest > 0; rest = Math.floor(rest / 1_000)) {
    parts.unshift(`x${String(rest % 1_000).padStart(3, '0')}`)
  }
  return `tile/${level}/${parts.join('/')}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

/** The path of a tile: at most six groups of digits, which is more than 2^53 / 256. */
const PATH = /^tile\/(entries|\d|[1-5]\d|6[0-3])\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** The inverse of {@link tilePath}; null for anything else, also for another spelling of the same tile. */
export function parseTilePath(path: string): TileRequest | null {
  const [, level, digits, width] = PATH.exec(path) ?? []
  if (level === undefined || digits === undefined) return null
  const request: TileRequest = {
    level: level === 'entries' ? level : Number(level),
    index: Number(digits.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  }
  return Number.isSafeInteger(request.index) && tilePath(request) === path ? request : null
}

/** The tile in which a perfect subtree stands, or below whose hashes it is the node. */
export function tileOf({ level, index }: Subtree): Tile {
  const below = 2 ** (level % HEIGHT)
  return { level: Math.floor(level / HEIGHT), index: Math.floor((index * below) / TILE_WIDTH) }
}

/** The tiles from which hashes of perfect subtrees are made, each once. */
export function tilesOf(subtrees: readonly Subtree[]): Tile[] {
  return [...new Map(subtrees.map(tileOf).map((tile) => [`${tile.level}/${tile.index}`, tile])).values()]
}

/**
 * Hashes of perfect subtrees out of tiles. Whether a tile is what it should be is not known from the tile: whoever does
 * not trust where it came from makes a proof of it and verifies that against a signed root.
 *
 * @param tile the bytes of a tile
 * @throws {Malformed} a tile is missing or too short
 */
export function subtreesIn(tile: (tile: Tile) => Uint8Array | undefined): SubtreeHash {
  return (subtree) => {
    const at = tileOf(subtree)
    const bytes = tile(at)
    const leaves = 2 ** (subtree.level % HEIGHT)
    const from = (subtree.index * leaves) % TILE_WIDTH
    if (bytes === undefined || bytes.length < (from + leaves) * HASH_BYTES) {
      throw new Malformed(`tile ${at.level}/${at.index} is missing or too short`)
    }
    return over(bytes.subarray(from * HASH_BYTES, (from + leaves) * HASH_BYTES))
  }
}

/** The node over hashes that stand one after the other; their number is a power of two. */
function over(hashes: Uint8Array): TreeHash {
  let row = hashes
  while (row.length > HASH_BYTES) row = rowOver(row)
  return row
}

/** The hash over a full tile: the one that stands for it in the level above. */
export const tileRoot = (tile: Uint8Array): TreeHash => over(tile.subarray(0, TILE_WIDTH * HASH_BYTES))

/** The largest entry: its length is written in two bytes. */
const MAX_ENTRY = 65_535

/** Entries as a bundle: each behind its length in two bytes, the higher first. @throws {RangeError} one is too large */
export function entryBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > MAX_ENTRY) throw new RangeError(`an entry of ${entry.length} bytes`)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )
}

/** The inverse of {@link entryBundle}. @param width how many there must be @throws {Malformed} */
export function parseEntryBundle(bundle: Buffer, width: number): Buffer[] {
  const entries: Buffer[] = []
  let at = 0
  while (at < bundle.length) {
    const from = at + 2
    const end = from > bundle.length ? Number.POSITIVE_INFINITY : from + bundle.readUInt16BE(at)
    if (end > bundle.length) throw new Malformed('a bundle of entries is cut off')
    if (entries.length === width) throw new Malformed(`a bundle has more than ${width} entries`)
    entries.push(bundle.subarray(from, end))
    at = end
  }
  if (entries.length !== width)
    throw new Malformed(`a bundle has ${entries.length} entries instead of ${width}`)
  return entries
}
