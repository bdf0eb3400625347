import type { Instant } from '#values/time.ts'
import { parseCheckpoint, type SignedCheckpoint } from './tlog/checkpoint.ts'
import { cosignedBy } from './tlog/cosignature.ts'
import { Malformed } from './tlog/malformed.ts'
import { COSIGNATURE, ED25519, parseVerifierKey, verifiedKeys, type VerifierKey } from './tlog/signed-note.ts'

/** Whom somebody believes who checks a log: known to him from elsewhere, never from what he checks. */
export interface Trust {
  /** Keys of the log; the name of each is the origin of its checkpoints. */
  readonly keys: readonly VerifierKey[]
  readonly witnesses: readonly VerifierKey[]
  /** How many of the witnesses must have cosigned; 0 asks for none. */
  readonly quorum: number
}

/** Nobody: then nothing is more than consistent. */
export const NOBODY: Trust = { keys: [], witnesses: [], quorum: 0 }

/**
 * A file of trust, JSON: `{ "keys": ["name+id+base64", …], "witnesses": ["…"], "quorum": 1 }`; the last two may be absent.
 *
 * @throws {Malformed}
 */
export function parseTrust(text: string): Trust {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new Malformed('a file of trust is JSON', { cause })
  }
  if (typeof parsed !== 'object' || parsed === null) throw new Malformed('a file of trust is an object')
  const { keys, witnesses = [], quorum = 0, ...others } = parsed as Record<string, unknown>
  if (Object.keys(others).length > 0) throw new Malformed(`a file of trust has no ${Object.keys(others)[0]}`)
  const count = Number(quorum)
  if (!Number.isSafeInteger(quorum) || count < 0) throw new Malformed('the quorum is no count')
  return { keys: keysOf(keys, ED25519), witnesses: keysOf(witnesses, COSIGNATURE), quorum: count }
}

function keysOf(list: unknown, type: number): VerifierKey[] {
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) {
    throw new Malformed('the keys of a file of trust are a list of texts')
  }
  const keys = list.map(parseVerifierKey)
  if (keys.some((key) => key.type !== type))
    throw new Malformed('a key of a file of trust is of another kind')
  return keys
}

/** A checkpoint, and how far those whom somebody trusts stand behind it. */
export interface Vouched {
  readonly checkpoint: SignedCheckpoint
  /** A trusted key of this very log has signed it. */
  readonly signed: boolean
  /** The trusted witnesses that have cosigned it, by name. */
  readonly witnesses: readonly string[]
  /** When the first of them did; null where none has. */
  readonly seen: Instant | null
}

/**
 * @throws {Malformed} no checkpoint
 * @throws {BadSignature} a signature claims to be of somebody trusted, and is not
 */
export function vouched(note: Uint8Array | string, trust: Trust): Vouched {
  const checkpoint = parseCheckpoint(note)
  const signed = verifiedKeys(checkpoint.note, trust.keys).some(({ key }) => key.name === checkpoint.origin)
  const cosigned = cosignedBy(checkpoint.note, trust.witnesses)
  const witnesses = cosigned.map(({ key }) => key.name)
  return { checkpoint, signed, witnesses, seen: firstOf(cosigned.map(({ seconds }) => seconds)) }
}

/** The last POSIX second that has a date. */
const LAST_SECOND = 8_640_000_000_000n

function firstOf(seconds: readonly bigint[]): Instant | null {
  const [first] = seconds.filter((one) => one <= LAST_SECOND).toSorted((a, b) => (a < b ? -1 : 1))
  return first === undefined ? null : (new Date(Number(first) * 1_000).toISOString() as Instant)
}

/** Whether a checkpoint is believed by this trust. */
export function isAnchor({ signed, witnesses }: Vouched, { quorum }: Trust): boolean {
  return signed && new Set(witnesses).size >= quorum
}
