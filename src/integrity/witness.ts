import type { Clock } from '#values/time.ts'
import type { Sealed } from './sealed-log.ts'
import { type SigningState, StateDamaged, StateMoved } from './signing-state.ts'
import { cosign } from './tlog/cosignature.ts'
import { Malformed } from './tlog/malformed.ts'
import { EMPTY_ROOT, type TreeHead, verifiesConsistency } from './tlog/merkle-tree.ts'
import {
  BadSignature,
  type SignerKey,
  signatureLine,
  verifiedKeys,
  type VerifierKey,
} from './tlog/signed-note.ts'
import { parseWitnessRequest, SIZE_TYPE, type WitnessRequest } from './tlog/witness-request.ts'

/** What a witness answers, in the terms of HTTP. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 503
  readonly type: string
  readonly body: string
}

export interface WitnessParts {
  /** Of the kind of cosignatures. */
  readonly key: SignerKey
  /** The keys of the logs that it witnesses; the name of each is the origin. */
  readonly logs: readonly VerifierKey[]
  /** What was cosigned last for an origin, on the disk: it is written before the answer. */
  readonly states: (origin: string) => SigningState
  readonly clock: Clock
  /** Keeps a checkpoint that the key of a log has signed and that does not go on: with the one before it proves a forgery. */
  readonly evidence: (origin: string, body: string, why: string) => void
}

const TEXT = 'text/plain; charset=utf-8'
const refused = (status: WitnessAnswer['status'], why: string): WitnessAnswer => ({
  status,
  type: TEXT,
  body: `${why}\n`,
})

const NOTHING: TreeHead = { size: 0, root: EMPTY_ROOT }

/**
 * A witness of C2SP tlog-witness: it cosigns a checkpoint that goes on from the last one that it cosigned of that log, and
 * no other. Whoever changes the past of a log after that finds no second signature of the witness for it.
 *
 * Looking at the state, checking and replacing it happen in one go, without waiting for anything, and the state is on the
 * disk before the answer: two requests at once cannot both be the next.
 */
export class Witness {
  readonly #parts: WitnessParts

  constructor(parts: WitnessParts) {
    this.#parts = parts
  }

  /** Answers `add-checkpoint`. */
  add(body: Uint8Array): WitnessAnswer {
    let request: WitnessRequest
    try {
      request = parseWitnessRequest(body)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      return refused(400, error.message)
    }
    const { logs } = this.#parts
    const { checkpoint } = request
    const keys = logs.filter(({ name }) => name === checkpoint.origin)
    if (keys.length === 0) return refused(404, 'this log is not witnessed here')
    try {
      if (verifiedKeys(checkpoint.note, keys).length === 0) return refused(403, 'no known key has signed it')
    } catch (error) {
      if (!(error instanceof BadSignature)) throw error
      return refused(403, error.message)
    }
    try {
      return this.#next(request, Buffer.from(body).toString('utf8'))
    } catch (error) {
      // Without what it cosigned last a witness must not sign anything: it could be a second history.
      if (error instanceof StateDamaged) return refused(503, 'what was cosigned last cannot be read')
      if (error instanceof StateMoved) return refused(503, 'another witness works with this state')
      throw error
    }
  }

  #next({ old, proof, checkpoint }: WitnessRequest, body: string): WitnessAnswer {
    const { key, states, clock, evidence } = this.#parts
    const { origin, size, root, note } = checkpoint
    const state = states(origin)
    const last = state.read()
    const before = last ?? NOTHING
    const conflict: WitnessAnswer = { status: 409, type: SIZE_TYPE, body: `${before.size}\n` }
    if (old !== before.size) return conflict
    if (size === before.size && Buffer.compare(root, before.root) !== 0) {
      evidence(origin, body, 'another-root')
      return conflict
    }
    if (!verifiesConsistency(before, checkpoint, proof)) {
      evidence(origin, body, 'inconsistent')
      return refused(422, 'the checkpoint does not go on from the last one')
    }
    const at = clock()
    const line = cosign(note.text, key, Math.floor(Date.parse(at) / 1_000))
    const signatures = note.signatures.map((one) => signatureLine(one, one.signature))
    const next: Sealed = { size, root, at, note: `${note.text}\n${signatures.join('')}${line}` }
    state.replace(last, next)
    return { status: 200, type: TEXT, body: line }
  }
}
