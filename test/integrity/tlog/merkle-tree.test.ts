import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  consistencyParts,
  EMPTY_ROOT,
  Frontier,
  inclusionParts,
  joined,
  MAX_PROOF,
  nodeHash,
  proofOf,
  rootParts,
  type SubtreeHash,
  type TreeHash,
  verifiesConsistency,
  verifiesInclusion,
} from '#integrity/tlog/merkle-tree.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { naiveConsistency, naivePath, naiveRoot } from './naive-tree.ts'

const hex = (hash: TreeHash): string => Buffer.from(hash).toString('hex')
const bytes = (text: string): Buffer => Buffer.from(text, 'hex')

/** The leaves and roots that the tests of certificate-transparency (Google, merkletree) give for RFC 6962. */
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const MOST = 130
const entries = Array.from({ length: MOST }, (_, i) => Buffer.from(`record ${i}`))
const leafOf = (entry: Uint8Array): TreeHash => hash('sha256', Buffer.concat([Buffer.of(0), entry]), 'buffer')
const leaves = entries.map(leafOf)

/** Perfect subtrees out of all leaves, each once. */
function subtreesOver(all: readonly TreeHash[]): SubtreeHash {
  const known = new Map<string, TreeHash>()
  const at: SubtreeHash = ({ level, index }) => {
    const key = `${level}/${index}`
    const found =
      known.get(key) ??
      (level === 0
        ? all[index]!
        : nodeHash(
            at({ level: level - 1, index: 2 * index }),
            at({ level: level - 1, index: 2 * index + 1 }),
          ))
    known.set(key, found)
    return found
  }
  return at
}
const subtree = subtreesOver(leaves)
const rootOf = (size: number): TreeHash => joined(rootParts(size), subtree)
const roots = Array.from({ length: MOST + 1 }, (_, size) => rootOf(size))
const flipped = (hash: TreeHash, bit: number): TreeHash => {
  const other = Buffer.from(hash)
  other[bit >> 3]! ^= 1 << (bit & 7)
  return other
}

describe('the tree of RFC 6962', () => {
  it('has the roots of its reference implementation', () => {
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    const frontier = new Frontier()
    for (const [i, entry] of ENTRIES.entries()) {
      frontier.append(leafOf(bytes(entry)))
      expect(hex(frontier.root())).toBe(ROOTS[i])
    }
  })

  it('has the proofs of its reference implementation', () => {
    const of = subtreesOver(ENTRIES.map((entry) => leafOf(bytes(entry))))
    expect(proofOf(consistencyParts(6, 8), of).map(hex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
    expect(proofOf(consistencyParts(2, 5), of).map(hex)).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ])
  })

  it('takes the leaf hash of a record as it is', () => {
    expect(leafHash('record 7')).toBe(Buffer.from(leaves[7]!).toString('base64'))
  })

  it('has the root that the definition gives, in every size, all at once and leaf by leaf', () => {
    const frontier = new Frontier()
    for (let size = 0; size <= MOST; size++) {
      const expected = hex(naiveRoot(entries.slice(0, size)))
      expect(hex(roots[size]!)).toBe(expected)
      expect(hex(frontier.root())).toBe(expected)
      const again = new Frontier(size, rootParts(size).map(subtree))
      expect(hex(again.root())).toBe(expected)
      if (size === MOST) break
      frontier.append(leaves[size]!)
      again.append(leaves[size]!)
      expect(hex(again.root())).toBe(hex(frontier.root()))
    }
    expect(() => new Frontier(3, [leaves[0]!])).toThrow('no edge of this tree')
  })
})

describe('a proof of inclusion', () => {
  it('is the path of the definition and verifies, of every leaf in every size', () => {
    for (let size = 1; size <= MOST; size++) {
      for (let index = 0; index < size; index++) {
        const proof = proofOf(inclusionParts(index, size), subtree)
        if (size <= 33) expect(proof.map(hex)).toEqual(naivePath(index, entries.slice(0, size)).map(hex))
        expect(verifiesInclusion(leaves[index]!, { index, size, proof, root: roots[size]! })).toBe(true)
      }
    }
  })

  it('of one leaf proves no other, at no other place, in no other tree, longer or shorter', () => {
    for (let size = 1; size <= 34; size++) {
      for (let index = 0; index < size; index++) {
        const proof = proofOf(inclusionParts(index, size), subtree)
        const root = roots[size]!
        const stated = { index, size, proof, root }
        const refused = (leaf: TreeHash, other: Partial<typeof stated>): void =>
          expect(verifiesInclusion(leaf, { ...stated, ...other })).toBe(false)
        const leaf = leaves[index]!
        refused(leaves[(index + 1) % MOST]!, {})
        for (let other = 0; other < size; other++) if (other !== index) refused(leaf, { index: other })
        refused(leaf, { root: roots[size + 1]! })
        refused(leaf, { proof: [...proof, leaf] })
        refused(leaf, { proof: [leaf, ...proof] })
        if (proof.length > 0) {
          refused(leaf, { proof: proof.slice(1) })
          refused(leaf, { proof: proof.slice(0, -1) })
        }
        if (proof.length > 1) refused(leaf, { proof: proof.toReversed() })
        refused(leaf, { index: size })
        refused(leaf, { index: -1 })
        refused(leaf, { index: index + 0.5 })
        refused(leaf, { size: 0 })
      }
    }
  })

  it('is refused with any bit of it turned', () => {
    for (const size of [1, 2, 3, 5, 8, 13]) {
      for (let index = 0; index < size; index++) {
        const proof = proofOf(inclusionParts(index, size), subtree)
        const root = roots[size]!
        for (let bit = 0; bit < 256; bit++) {
          expect(verifiesInclusion(flipped(leaves[index]!, bit), { index, size, proof, root })).toBe(false)
          const other = { index, size, proof, root: flipped(root, bit) }
          expect(verifiesInclusion(leaves[index]!, other)).toBe(false)
          for (const place of proof.keys()) {
            const bent = proof.with(place, flipped(proof[place]!, bit))
            expect(verifiesInclusion(leaves[index]!, { index, size, proof: bent, root })).toBe(false)
          }
        }
      }
    }
  })

  it('is not read past its bound', () => {
    const proof = Array.from({ length: MAX_PROOF + 1 }, () => leaves[0]!)
    const root = roots[1]!
    expect(verifiesInclusion(leaves[0]!, { index: 0, size: Number.MAX_SAFE_INTEGER, proof, root })).toBe(
      false,
    )
  })
})

describe('a proof of consistency', () => {
  it('is that of the definition and verifies, between every two sizes', () => {
    for (let to = 0; to <= MOST; to++) {
      for (let from = 0; from <= to; from++) {
        const proof = proofOf(consistencyParts(from, to), subtree)
        if (to <= 33 && from > 0)
          expect(proof.map(hex)).toEqual(naiveConsistency(from, entries.slice(0, to)).map(hex))
        const [old, whole] = [from, to].map((size) => ({ size, root: roots[size]! }))
        expect(verifiesConsistency(old!, whole!, proof)).toBe(true)
      }
    }
  })

  it('does not hold for another tree, other sizes, or with a hash more or less', () => {
    for (let to = 1; to <= 34; to++) {
      for (let from = 0; from <= to; from++) {
        const proof = proofOf(consistencyParts(from, to), subtree)
        const [old, whole] = [from, to].map((size) => ({ size, root: roots[size]! })) as [never, never]
        const refused = (a: object, b: object, steps = proof): void =>
          expect(
            verifiesConsistency(
              { ...(old as object), ...a } as never,
              { ...(whole as object), ...b } as never,
              steps,
            ),
          ).toBe(false)
        refused({ root: leaves[100]! }, {})
        // An empty tree is the beginning of every tree: there is nothing that could differ.
        if (from > 0) refused({}, { root: leaves[100]! })
        refused({}, {}, [...proof, leaves[0]!])
        refused({}, {}, [leaves[0]!, ...proof])
        if (proof.length > 0) refused({}, {}, proof.slice(1))
        if (proof.length > 0) refused({}, {}, proof.slice(0, -1))
        refused({ size: to + 1 }, {})
        refused({ size: -1 }, {})
      }
    }
  })

  it('is refused with any bit of it turned', () => {
    for (const [from, to] of [
      [1, 2],
      [2, 3],
      [3, 7],
      [4, 8],
      [6, 8],
      [5, 13],
    ] as const) {
      const proof = proofOf(consistencyParts(from, to), subtree)
      const [old, whole] = [
        { size: from, root: roots[from]! },
        { size: to, root: roots[to]! },
      ]
      for (let bit = 0; bit < 256; bit++) {
        expect(verifiesConsistency({ ...old, root: flipped(old.root, bit) }, whole, proof)).toBe(false)
        expect(verifiesConsistency(old, { ...whole, root: flipped(whole.root, bit) }, proof)).toBe(false)
        for (const place of proof.keys()) {
          const bent = proof.with(place, flipped(proof[place]!, bit))
          expect(verifiesConsistency(old, whole, bent)).toBe(false)
        }
      }
    }
  })

  it('tells a log whose past was rewritten from one that went on (property)', () => {
    const tree = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 60 }), fc.nat())
    fc.assert(
      fc.property(tree, ([from, more, choice]) => {
        const to = from + more
        const rewritten = choice % from
        const other = leaves.slice(0, to).with(rewritten, leaves[129]!)
        const of = subtreesOver(other)
        const forked = { size: to, root: joined(rootParts(to), of) }
        // The most favourable proof that a forger has: that of his own tree.
        const proof = proofOf(consistencyParts(from, to), of)
        expect(verifiesConsistency({ size: from, root: roots[from]! }, forked, proof)).toBe(false)
      }),
    )
  })
})

describe('a tree of more than 2^31 leaves', () => {
  it('is proven as any other', () => {
    // All leaves alike: a node of a level is one and the same hash.
    const levels = [leaves[0]!]
    for (let level = 1; level <= 53; level++) levels.push(nodeHash(levels[level - 1]!, levels[level - 1]!))
    const alike: SubtreeHash = ({ level }) => levels[level]!
    for (const size of [2 ** 31 + 1, 2 ** 32 + 12_345, 2 ** 53 - 1]) {
      const root = joined(rootParts(size), alike)
      const index = size - 3
      const proof = proofOf(inclusionParts(index, size), alike)
      expect(verifiesInclusion(leaves[0]!, { index, size, proof, root })).toBe(true)
      expect(verifiesInclusion(leaves[1]!, { index, size, proof, root })).toBe(false)
      const from = size - 2 ** 30
      const steps = proofOf(consistencyParts(from, size), alike)
      const old = { size: from, root: joined(rootParts(from), alike) }
      expect(verifiesConsistency(old, { size, root }, steps)).toBe(true)
      expect(verifiesConsistency({ ...old, size: from - 1 }, { size, root }, steps)).toBe(false)
    }
  })
})
