import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Malformed } from '#integrity/tlog/malformed.ts'
import {
  consistencyParts,
  Frontier,
  inclusionParts,
  joined,
  proofOf,
  rootParts,
  type TreeHash,
  verifiesConsistency,
  verifiesInclusion,
} from '#integrity/tlog/merkle-tree.ts'
import {
  entryBundle,
  parseEntryBundle,
  parseTilePath,
  subtreesIn,
  type Tile,
  TILE_WIDTH,
  tileOf,
  tilePath,
  tileRoot,
  tilesOf,
  widthOf,
} from '#integrity/tlog/tiles.ts'

const leaves = Array.from({ length: 70_000 }, (_, i) => hash('sha256', `\u0000${i}`, 'buffer'))

/** The tiles of a tree, as tlog-tiles describes them: each hash of a level over a full tile of the level below. */
function tilesOfTree(all: readonly TreeHash[]): Map<string, Buffer> {
  const tiles = new Map<string, Buffer>()
  let row = all
  for (let level = 0; row.length > 0; level++) {
    const above: TreeHash[] = []
    for (let index = 0; index * TILE_WIDTH < row.length; index++) {
      const tile = Buffer.concat(row.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH))
      tiles.set(`${level}/${index}`, tile)
      if (tile.length === TILE_WIDTH * 32) above.push(tileRoot(tile))
    }
    row = above
  }
  return tiles
}
const tiles = tilesOfTree(leaves)
const bytesOf = ({ level, index }: Tile) => tiles.get(`${level}/${index}`)
const subtree = subtreesIn(bytesOf)

describe('the path of a tile', () => {
  it('is that of tlog-tiles', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067')
    expect(tilePath({ level: 2, index: 0, width: 1 })).toBe('tile/2/000.p/1')
    expect(tilePath({ level: 'entries', index: 1_000, width: 256 })).toBe('tile/entries/x001/000')
    expect(tilePath({ level: 63, index: 999, width: 255 })).toBe('tile/63/999.p/255')
  })

  it('leads back to its tile, and no tile has two (property)', () => {
    const request = fc.record({
      level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
      index: fc.oneof(fc.nat(), fc.integer({ min: 0, max: 999_999_999_999_999 })),
      width: fc.integer({ min: 1, max: 256 }),
    })
    fc.assert(
      fc.property(request, (asked) => {
        expect(parseTilePath(tilePath(asked))).toEqual(asked)
      }),
    )
  })

  it.each([
    'tile/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/001/000',
    'tile/0/x000/001',
    'tile/0/x1/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000/',
    'tile/0/000.p/1/2',
    'tile/0/../000',
    '/tile/0/000',
    'tile/data/000',
    'tile/0/٠٠٠',
    'tile/0/000\n',
    'tile/0/x999/x999/x999/x999/x999/999',
  ])('is not %j', (path) => expect(parseTilePath(path)).toBeNull())
})

const widths = (size: number, level: number, index: number) => widthOf({ level, index }, size)

describe('tiles', () => {
  it('are as wide as tlog-tiles says of a tree of 70000 and one of 256', () => {
    expect([widths(70_000, 0, 272), widths(70_000, 0, 273), widths(70_000, 0, 274)]).toEqual([256, 112, 0])
    expect([widths(70_000, 1, 0), widths(70_000, 1, 1), widths(70_000, 2, 0)]).toEqual([256, 17, 1])
    expect([widths(256, 0, 0), widths(256, 1, 0), widths(256, 2, 0)]).toEqual([256, 1, 0])
    for (const [name, tile] of tiles) {
      const [level, index] = name.split('/').map(Number)
      expect(tile.length / 32).toBe(widths(70_000, level!, index!))
    }
  })

  it('give the root, and proofs of any leaf and between any sizes', () => {
    const frontier = new Frontier()
    const sizes = new Set([1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000, 69_999, 70_000])
    const heads: Array<{ size: number; root: TreeHash }> = []
    for (const leaf of leaves) {
      frontier.append(leaf)
      if (sizes.has(frontier.size)) heads.push({ size: frontier.size, root: frontier.root() })
    }
    for (const head of heads) {
      expect(joined(rootParts(head.size), subtree)).toEqual(head.root)
      for (const index of [0, 1, 100, 255, 256, 65_535, 65_536, 69_999]) {
        if (index >= head.size) continue
        const proof = proofOf(inclusionParts(index, head.size), subtree)
        expect(verifiesInclusion(leaves[index]!, { ...head, index, proof })).toBe(true)
      }
      for (const older of heads) {
        if (older.size > head.size) continue
        const proof = proofOf(consistencyParts(older.size, head.size), subtree)
        expect(verifiesConsistency(older, head, proof)).toBe(true)
      }
    }
  })

  it('are asked for only as far as they are needed', () => {
    const parts = inclusionParts(69_999, 70_000).flat()
    expect(
      tilesOf(parts)
        .map(({ level, index }) => `${level}/${index}`)
        .toSorted(),
    ).toEqual(['0/273', '1/1', '2/0'])
    expect(tileOf({ level: 17, index: 3 })).toEqual({ level: 2, index: 0 })
  })

  it('that were emptied of a full tile no longer prove what stood there (CVE-2026-56865)', () => {
    const head = { size: 70_000, root: joined(rootParts(70_000), subtree) }
    const zeroed = subtreesIn((tile) =>
      tile.level === 0 && tile.index === 0 ? Buffer.alloc(8_192) : bytesOf(tile),
    )
    const proof = proofOf(inclusionParts(3, head.size), zeroed)
    expect(verifiesInclusion(leaves[3]!, { ...head, index: 3, proof })).toBe(false)
    expect(verifiesInclusion(Buffer.alloc(32), { ...head, index: 3, proof })).toBe(false)
  })

  it('that are missing or cut off are an error, and no hash', () => {
    const without = subtreesIn((tile) => (tile.level === 1 ? undefined : bytesOf(tile)))
    expect(() => joined(rootParts(70_000), without)).toThrow(Malformed)
    const short = subtreesIn((tile) => bytesOf(tile)?.subarray(0, 16 * 32))
    expect(() => joined(rootParts(70_000), short)).toThrow(Malformed)
  })
})

describe('a bundle of entries', () => {
  it('has every entry behind its length in two bytes', () => {
    const bundle = entryBundle([Buffer.from(''), Buffer.from('ab'), Buffer.alloc(300, 'x')])
    expect(bundle.subarray(0, 8).toString('hex')).toBe('000000026162012c')
    expect(parseEntryBundle(bundle, 3).map((entry) => entry.length)).toEqual([0, 2, 300])
    expect(() => entryBundle([Buffer.alloc(65_536)])).toThrow(RangeError)
  })

  it('comes back as it was, and not when it is cut, or of another width (property)', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })
    fc.assert(
      fc.property(entries, (list) => {
        const bundle = entryBundle(list)
        expect(parseEntryBundle(bundle, list.length)).toEqual(list.map((entry) => Buffer.from(entry)))
        expect(() => parseEntryBundle(bundle, list.length + 1)).toThrow(Malformed)
        if (list.length === 0) return
        expect(() => parseEntryBundle(bundle, list.length - 1)).toThrow(Malformed)
        for (let end = 0; end < bundle.length; end += 7)
          expect(() => parseEntryBundle(bundle.subarray(0, end), list.length)).toThrow(Malformed)
      }),
    )
  })
})
