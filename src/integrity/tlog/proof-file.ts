import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { Malformed, parseCount } from './malformed.ts'
import { hashLines, MAX_PROOF, parseHash, type TreeHash, verifiesInclusion } from './merkle-tree.ts'

/**
 * C2SP tlog-proof: that an entry stands in a log, in one file that needs nothing but the key of the log.
 *
 *     c2sp.org/tlog-proof@v1
 *     index 73894
 *     gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
 *     …
 *
 *     (the checkpoint)
 */

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'

export interface LogProof {
  readonly index: number
  readonly proof: readonly TreeHash[]
  readonly checkpoint: SignedCheckpoint
}

/** @param checkpoint the signed note, as it was published */
export function formatProof(index: number, proof: readonly TreeHash[], checkpoint: string): string {
  return `${FIRST_LINE}\nindex ${index}\n${hashLines(proof)}\n${checkpoint}`
}

/** The inverse of {@link formatProof}; what stands behind `extra` is passed over. @throws {Malformed} */
export function parseProof(text: string): LogProof {
  const end = text.indexOf('\n\n')
  if (end < 0) throw new Malformed('a proof has no checkpoint')
  const [first, ...lines] = text.slice(0, end).split('\n', 3 + MAX_PROOF + 1)
  if (first !== FIRST_LINE) throw new Malformed('this is no proof of a log')
  if (lines[0]?.startsWith('extra ') === true) lines.shift()
  const [index, ...hashes] = lines
  if (index === undefined || !index.startsWith('index ')) throw new Malformed('a proof has no index')
  if (hashes.length > MAX_PROOF) throw new Malformed('a proof is too long')
  return {
    index: parseCount(index.slice('index '.length), 'the index of a proof'),
    proof: hashes.map(parseHash),
    checkpoint: parseCheckpoint(text.slice(end + 2)),
  }
}

/** Whether the proof is one of this leaf; of whom the checkpoint is, is asked apart. */
export function proves({ index, proof, checkpoint: { size, root } }: LogProof, leaf: TreeHash): boolean {
  return verifiesInclusion(leaf, { index, size, proof, root })
}
