import { formatCheckpoint } from '#integrity/tlog/checkpoint.ts'
import {
  consistencyParts,
  joined,
  nodeHash,
  proofOf,
  rootParts,
  type SubtreeHash,
  type TreeHash,
} from '#integrity/tlog/merkle-tree.ts'
import { type SignerKey, signNote } from '#integrity/tlog/signed-note.ts'

/** A tree of any size: every leaf is of its number, and of the history that it belongs to. */
export function treeOf(history: number): SubtreeHash {
  const at: SubtreeHash = ({ level, index }) =>
    level === 0
      ? Buffer.alloc(32, `${history}/${index} `)
      : nodeHash(at({ level: level - 1, index: 2 * index }), at({ level: level - 1, index: 2 * index + 1 }))
  return at
}

/** The signed checkpoint of such a tree. */
export function checkpointOf(size: number, key: SignerKey, history = 0): string {
  const root = joined(rootParts(size), treeOf(history))
  return signNote(formatCheckpoint({ origin: key.name, size, root }), key)
}

export const consistencyOf = (from: number, to: number, history = 0): TreeHash[] =>
  from === 0 ? [] : proofOf(consistencyParts(from, to), treeOf(history))
