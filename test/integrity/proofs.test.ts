import { describe, expect, it } from 'vitest'
import { TilesDiffer } from '#integrity/archive/tile-tree.ts'
import { Proofs } from '#integrity/proofs.ts'
import { joined, rootParts, type TreeHead, verifiesInclusion } from '#integrity/tlog/merkle-tree.ts'
import { type Tile, widthOf } from '#integrity/tlog/tiles.ts'
import { treeOf } from '#support/grown-trees.ts'

/** The tiles of a tree whose leaves are made of their numbers, as the tables give them, and which of them were asked for. */
class Tables {
  readonly asked: string[][] = []
  readonly #bent = new Map<string, number>()
  readonly #node = treeOf(0)
  readonly #made = new Map<string, Buffer>()

  /** Changes one hash of a tile. */
  bend(tile: string, place: number): void {
    this.#bent.set(tile, place)
  }

  mend(): void {
    this.#bent.clear()
  }

  async tilesAt(tiles: readonly Tile[], size: number): Promise<Array<{ tile: Tile; bytes: Buffer }>> {
    this.asked.push(tiles.map(({ level, index }) => `${level}/${index}`))
    return tiles.map((tile) => ({ tile, bytes: this.#bytes(tile, widthOf(tile, size)) }))
  }

  #bytes(tile: Tile, width: number): Buffer {
    const key = `${tile.level}/${tile.index}`
    const made = this.#made.get(`${key}/${width}`) ?? Buffer.concat(this.#hashes(tile, width))
    this.#made.set(`${key}/${width}`, made)
    const bent = this.#bent.get(key)
    if (bent === undefined) return made
    const bytes = Buffer.from(made)
    bytes[bent * 32]! ^= 1
    return bytes
  }

  #hashes({ level, index }: Tile, width: number): Uint8Array[] {
    return Array.from({ length: width }, (_, i) => this.#node({ level: level * 8, index: index * 256 + i }))
  }
}

const leaf = treeOf(0)
const treeAt = (size: number): TreeHead => ({ size, root: joined(rootParts(size), leaf) })

async function expectProven(
  proofs: Proofs,
  index: number,
  tree: TreeHead,
  found: Buffer | null = null,
): Promise<void> {
  const proof = await proofs.inclusion(index, tree, found)
  expect(
    verifiesInclusion(leaf({ level: 0, index }), { ...tree, index, proof }),
    `${index} of ${tree.size}`,
  ).toBe(true)
}

/** Tiles as they are when the tree has 1,010 records. */
const tileOf = async (tables: Tables, ...tiles: readonly Tile[]): Promise<Buffer[]> =>
  (await tables.tilesAt(tiles, 1_010)).map(({ bytes }) => bytes)

describe('proofs', () => {
  it('are right for all records of trees of every size up to 260', async () => {
    const proofs = new Proofs(new Tables())
    for (let size = 1; size <= 260; size++) {
      const tree = treeAt(size)
      for (let index = 0; index < size; index++) await expectProven(proofs, index, tree)
    }
  })

  it.each([511, 512, 513, 65_535, 65_536, 65_537, 70_000])(
    'are right at the edges of tiles of a tree of %i records',
    async (size) => {
      const tree = treeAt(size)
      const edges = [0, 1, 255, 256, 257, 511, 40_000, 65_279, 65_280, 65_535, 65_536, size - 257, size - 1]
      const proofs = new Proofs(new Tables())
      for (const index of edges) if (index >= 0 && index < size) await expectProven(proofs, index, tree)
    },
  )

  it('ask once for the tiles of a record, all at once, and not again for those that are kept', async () => {
    const tables = new Tables()
    const proofs = new Proofs(tables)
    await expectProven(proofs, 300, treeAt(1_000))
    await expectProven(proofs, 511, treeAt(1_000))
    await expectProven(proofs, 10, treeAt(1_000))
    await expectProven(proofs, 400, treeAt(1_001))
    expect(tables.asked.map((tiles) => tiles.toSorted())).toEqual([
      ['0/1', '0/3', '1/0'],
      ['0/0'],
      ['0/3', '1/0'],
    ])
  })

  it('keep the tiles that were used last, and no more', async () => {
    const tables = new Tables()
    const proofs = new Proofs(tables, 2)
    const tree = treeAt(1_200)
    for (const index of [0, 300, 0, 600]) await expectProven(proofs, index, tree)
    tables.asked.length = 0
    await expectProven(proofs, 0, tree)
    expect(tables.asked).toEqual([])
    await expectProven(proofs, 300, tree)
    expect(tables.asked).toEqual([['0/1']])
  })

  it.each([
    { what: 'a hash of the tile', tile: '0/1', place: 44 },
    { what: 'the neighbour of the record', tile: '0/1', place: 45 },
    { what: 'the hash over the tile, which no proof of a record in it shows', tile: '1/0', place: 1 },
    { what: 'the edge', tile: '0/3', place: 3 },
  ])('are not made of tiles in which $what was changed, and such are not kept', async ({ tile, place }) => {
    const tables = new Tables()
    const proofs = new Proofs(tables)
    const tree = treeAt(1_000)
    tables.bend(tile, place)
    await expect(proofs.inclusion(300, tree)).rejects.toThrow(TilesDiffer)
    tables.mend()
    await expectProven(proofs, 300, tree)
    await expectProven(proofs, 0, tree)
  })

  it('take the tile that was found with the record, cut to the tree, and ask for the others', async () => {
    const tables = new Tables()
    const proofs = new Proofs(tables)
    const [full, open] = await tileOf(tables, { level: 0, index: 1 }, { level: 0, index: 3 })
    tables.asked.length = 0
    await expectProven(proofs, 300, treeAt(1_000), full)
    await expectProven(proofs, 1_000, treeAt(1_001), open)
    expect(tables.asked.map((tiles) => tiles.toSorted())).toEqual([['0/3', '1/0'], ['1/0']])
  })

  it('ask for a tile that was found while it was narrower', async () => {
    const tables = new Tables()
    const narrow = (await tables.tilesAt([{ level: 0, index: 3 }], 1_000))[0]!.bytes
    tables.asked.length = 0
    await expectProven(new Proofs(tables), 990, treeAt(1_001), narrow)
    expect(tables.asked).toEqual([['0/3', '1/0']])
  })

  it('are not made of a found tile that is not the one of the tree', async () => {
    const tables = new Tables()
    const proofs = new Proofs(tables)
    const [full] = await tileOf(tables, { level: 0, index: 1 })
    const other = Buffer.from(full!)
    other[45 * 32]! ^= 1
    await expect(proofs.inclusion(300, treeAt(1_000), other)).rejects.toThrow(TilesDiffer)
    await expectProven(proofs, 300, treeAt(1_000))
  })

  it('are not made of kept tiles for a tree of which they are not', async () => {
    const proofs = new Proofs(new Tables())
    await expectProven(proofs, 300, treeAt(1_000))
    await expect(proofs.inclusion(300, { ...treeAt(1_000), root: Buffer.alloc(32) })).rejects.toThrow(
      TilesDiffer,
    )
  })
})
