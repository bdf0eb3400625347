import { HASH_BYTES, joined, rootParts, type TreeHash, type TreeHead } from '../tlog/merkle-tree.ts'
import { hashesOf, subtreesIn, type Tile, TILE_WIDTH, tileRoot, widthOf } from '../tlog/tiles.ts'
import { Malformed } from '../tlog/malformed.ts'

/** The bytes of a tile, as somebody gives them who is not believed; null where he has none. */
export type TileBytes = (tile: Tile, width: number) => Buffer | null

/** The tiles are not those of the tree that was signed. */
export class TilesDiffer extends Error {
  override readonly name = 'TilesDiffer'
  readonly tile: Tile | null

  constructor(tile: Tile | null) {
    super(tile === null ? 'the tiles give another root' : `tile ${tile.level}/${tile.index} is another`)
    this.tile = tile
  }
}

/** The last tile of each level that is not full: the parts of which a root is joined stand in these and nowhere else. */
export function openTiles(size: number): Tile[] {
  const tiles: Tile[] = []
  for (let level = 0; hashesOf(level, size) > 0; level++) {
    const count = hashesOf(level, size)
    if (count % TILE_WIDTH > 0) tiles.push({ level, index: Math.floor(count / TILE_WIDTH) })
  }
  return tiles
}

/** The tiles by which leaves are held against a root: those that they stand in, those above, and the {@link openTiles}. */
export function tilesFor(leaves: Iterable<number>, size: number): Tile[] {
  const found = new Map<string, Tile>()
  const add = (tile: Tile): boolean => {
    const key = `${tile.level}/${tile.index}`
    if (found.has(key)) return false
    found.set(key, tile)
    return true
  }
  for (const tile of openTiles(size)) add(tile)
  for (const leaf of leaves) {
    let tile: Tile = { level: 0, index: Math.floor(leaf / TILE_WIDTH) }
    while (add(tile) && widthOf(tile, size) === TILE_WIDTH) {
      tile = { level: tile.level + 1, index: Math.floor(tile.index / TILE_WIDTH) }
    }
  }
  return [...found.values()]
}

/**
 * Leaves of a tree that was signed, out of tiles that nobody vouches for. No hash is taken out of a tile before every
 * hash of it was held against the root: the open tiles by the root itself, a full one by its hash in the tile above.
 * So a tile of zeroes is found whichever leaf is asked for (CVE-2026-56865), at 255 hashes for a tile, not 20 for a leaf.
 */
export class TileTree {
  readonly #size: number
  readonly #bytes: TileBytes
  readonly #open = new Map<number, Buffer>()
  /** The full tile of each level that was held last: leaves are asked for in their order. */
  readonly #last = new Map<number, { readonly index: number; readonly bytes: Buffer }>()

  /** @throws {TilesDiffer} {@link Malformed} */
  constructor({ size, root }: TreeHead, bytes: TileBytes) {
    this.#size = size
    this.#bytes = bytes
    for (const tile of openTiles(size)) this.#open.set(tile.level, this.#given(tile))
    const of = subtreesIn(({ level }) => this.#open.get(level))
    if (Buffer.compare(joined(rootParts(size), of), root) !== 0) throw new TilesDiffer(null)
  }

  /** The leaf at a place of the tree. @throws {TilesDiffer} {@link Malformed} */
  leaf(index: number): TreeHash {
    if (index >= this.#size) throw new Malformed('a leaf stands behind the end of the tree')
    return this.#hash(0, index)
  }

  #hash(level: number, index: number): TreeHash {
    const at = (index % TILE_WIDTH) * HASH_BYTES
    return this.#tile({ level, index: Math.floor(index / TILE_WIDTH) }).subarray(at, at + HASH_BYTES)
  }

  #tile(tile: Tile): Buffer {
    if (widthOf(tile, this.#size) < TILE_WIDTH) return this.#open.get(tile.level)!
    const known = this.#last.get(tile.level)
    if (known?.index === tile.index) return known.bytes
    const bytes = this.#given(tile)
    const above = this.#hash(tile.level + 1, tile.index)
    if (Buffer.compare(tileRoot(bytes), above) !== 0) throw new TilesDiffer(tile)
    this.#last.set(tile.level, { index: tile.index, bytes })
    return bytes
  }

  #given(tile: Tile): Buffer {
    const width = widthOf(tile, this.#size)
    const bytes = this.#bytes(tile, width)
    if (bytes === null || bytes.length !== width * HASH_BYTES) {
      throw new Malformed(`tile ${tile.level}/${tile.index} is missing or not as wide as the tree makes it`)
    }
    return bytes
  }
}
