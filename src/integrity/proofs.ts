import { openTiles, tilesFor, TilesDiffer } from './archive/tile-tree.ts'
import type { SealedLog } from './sealed-log.ts'
import {
  HASH_BYTES,
  inclusionParts,
  joined,
  proofOf,
  rootParts,
  rowOver,
  type SubtreeHash,
  type TreeHash,
  type TreeHead,
} from './tlog/merkle-tree.ts'
import { HEIGHT, type Tile, TILE_WIDTH, tileOf, widthOf } from './tlog/tiles.ts'

/** The nodes over the hashes of a tile, row by row: first the tile itself, last, of a full one, the one over all. */
type Rows = readonly Buffer[]

/** Full tiles that are kept, those that were used last: 16 KB each. */
const TILES = 512

/**
 * Proofs of single records, for everybody who asks. A tile costs 255 hashes, so what cannot change any more is kept:
 * full tiles, and the edge of the tree that was asked for last. No proof is made of a tile that was not held against the
 * root: the edge by the root itself, a full tile by its hash in the tile above.
 *
 * Whoever seals looks at the tables as they are, and has no use for this.
 */
export class Proofs {
  readonly #sealed: Pick<SealedLog, 'tilesAt'>
  readonly #most: number
  /** In the order in which they were used. */
  readonly #full = new Map<string, Rows>()
  #edge: { readonly tree: TreeHead; readonly tiles: ReadonlyMap<string, Rows> } | null = null

  constructor(sealed: Pick<SealedLog, 'tilesAt'>, most = TILES) {
    this.#sealed = sealed
    this.#most = most
  }

  /**
   * That leaf `index` stands in a tree. The tiles that are not kept are read in one statement.
   *
   * @param found the tile in which the leaf stands, where it was read already: of the tree, or of one that is larger
   * @throws {Malformed} tiles are missing
   * @throws {TilesDiffer} they are not those of this tree
   */
  async inclusion(index: number, tree: TreeHead, found: Buffer | null = null): Promise<TreeHash[]> {
    const { size } = tree
    const edge = this.#edge !== null && isSame(this.#edge.tree, tree) ? this.#edge.tiles : null
    const path = tilesFor([index], size).filter((tile) => widthOf(tile, size) === TILE_WIDTH)
    const tiles = new Map(edge)
    for (const tile of path) {
      const kept = this.#full.get(keyOf(tile))
      if (kept !== undefined) tiles.set(keyOf(tile), kept)
    }
    const own = tileOf({ level: 0, index })
    const bytes = widthOf(own, size) * HASH_BYTES
    if (found !== null && found.length >= bytes && !tiles.has(keyOf(own)))
      tiles.set(keyOf(own), rowsOver(found.subarray(0, bytes)))
    const missing = [...openTiles(size), ...path].filter((tile) => !tiles.has(keyOf(tile)))
    if (missing.length > 0) {
      for (const { tile, bytes } of await this.#sealed.tilesAt(missing, size)) {
        tiles.set(keyOf(tile), rowsOver(bytes))
      }
    }
    if (edge === null) this.#keepEdge(tree, tiles)
    // From the root down: a tile is held against one that was held before it.
    for (const tile of path.toReversed()) this.#keep(tile, tiles)
    return proofOf(inclusionParts(index, size), nodeIn(tiles))
  }

  #keepEdge(tree: TreeHead, tiles: ReadonlyMap<string, Rows>): void {
    const root = joined(rootParts(tree.size), nodeIn(tiles))
    if (Buffer.compare(root, tree.root) !== 0) throw new TilesDiffer(null)
    const edge = openTiles(tree.size).map((tile): [string, Rows] => [keyOf(tile), tiles.get(keyOf(tile))!])
    this.#edge = { tree, tiles: new Map(edge) }
  }

  #keep(tile: Tile, tiles: ReadonlyMap<string, Rows>): void {
    const key = keyOf(tile)
    const rows = tiles.get(key)!
    this.#full.delete(key)
    const above = nodeIn(tiles)({ level: (tile.level + 1) * HEIGHT, index: tile.index })
    if (Buffer.compare(rows.at(-1)!, above) !== 0) throw new TilesDiffer(tile)
    this.#full.set(key, rows)
    for (const oldest of this.#full.keys()) {
      if (this.#full.size <= this.#most) return
      this.#full.delete(oldest)
    }
  }
}

const keyOf = ({ level, index }: Tile): string => `${level}/${index}`

const isSame = (a: TreeHead, b: TreeHead): boolean =>
  a.size === b.size && Buffer.compare(a.root, b.root) === 0

function rowsOver(tile: Buffer): Rows {
  const rows = [tile]
  for (let row = tile; row.length >= 2 * HASH_BYTES; rows.push(row)) row = rowOver(row)
  return rows
}

const nodeIn =
  (tiles: ReadonlyMap<string, Rows>): SubtreeHash =>
  (subtree) => {
    const tile = tileOf(subtree)
    const height = subtree.level % HEIGHT
    const at = (subtree.index - (tile.index * TILE_WIDTH) / 2 ** height) * HASH_BYTES
    return tiles.get(keyOf(tile))![height]!.subarray(at, at + HASH_BYTES)
  }
