import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { Malformed, parseCount } from './malformed.ts'
import { hashLines, MAX_PROOF, parseHash, type TreeHash } from './merkle-tree.ts'

/**
 * C2SP tlog-witness, what is posted to `add-checkpoint`:
 *
 *     old 20852014
 *     PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
 *     …
 *
 *     (the checkpoint)
 */
export interface WitnessRequest {
  /** The size of the tree that the witness is believed to have cosigned last; 0 is none. */
  readonly old: number
  /** That the tree of the checkpoint goes on from that one (RFC 6962, 2.1.2). */
  readonly proof: readonly TreeHash[]
  readonly checkpoint: SignedCheckpoint
}

/** Where a witness is asked, below its submission prefix. */
export const ADD_CHECKPOINT = '/add-checkpoint'
/** The content type of the size that a witness knows, when it was asked with another. */
export const SIZE_TYPE = 'text/x.tlog.size'
/** The longest request: a proof of 63 lines and the longest note. */
export const MAX_REQUEST_BYTES = 131_072

/** @param note the signed checkpoint, as it was published */
export function formatWitnessRequest(old: number, proof: readonly TreeHash[], note: string): string {
  return `old ${old}\n${hashLines(proof)}\n${note}`
}

/** The inverse of {@link formatWitnessRequest}. @throws {Malformed} */
export function parseWitnessRequest(body: Uint8Array | string): WitnessRequest {
  const text = typeof body === 'string' ? body : decoded(body)
  const end = text.indexOf('\n\n')
  if (end < 0) throw new Malformed('a request has no empty line before its checkpoint')
  const [first, ...lines] = text.slice(0, end).split('\n', 2 + MAX_PROOF)
  if (first?.startsWith('old ') !== true) throw new Malformed('a request does not begin with the old size')
  if (lines.length > MAX_PROOF) throw new Malformed('a proof is too long')
  const old = parseCount(first.slice('old '.length), 'the old size')
  const checkpoint = parseCheckpoint(text.slice(end + 2))
  if (old > checkpoint.size) throw new Malformed('the old size is above that of the checkpoint')
  return { old, proof: lines.map(parseHash), checkpoint }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Malformed('a request is not UTF-8', { cause })
  }
}
