import { sign, verify } from 'node:crypto'
import {
  type Note,
  signatureLine,
  type SignatureCheck,
  type SignerKey,
  verifiedKeys,
  type VerifierKey,
} from './signed-note.ts'

/**
 * C2SP tlog-cosignature, version 1 with Ed25519: a witness says that at a time this was the largest tree of the log that
 * it had seen, and that it went on from every one before. The signature is 8 bytes of POSIX seconds and 64 of Ed25519.
 */

const TIME_BYTES = 8
const SIGNATURE_BYTES = 64
/** 2^63 − 1, the last time that there is. */
const LAST = 2n ** 63n - 1n

const message = (text: string, seconds: bigint): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`)

/**
 * The line that a witness puts under a checkpoint.
 *
 * @param text of the checkpoint, without signatures
 * @param seconds POSIX time
 */
export function cosign(text: string, key: SignerKey, seconds: number): string {
  const time = Buffer.alloc(TIME_BYTES)
  time.writeBigUInt64BE(BigInt(seconds))
  return signatureLine(key, Buffer.concat([time, sign(null, message(text, BigInt(seconds)), key.privateKey)]))
}

const check: SignatureCheck = (text, signature, { publicKey }) => {
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return false
  const seconds = signature.readBigUInt64BE()
  if (seconds > LAST) return false
  return verify(null, message(text, seconds), publicKey, signature.subarray(TIME_BYTES))
}

/**
 * Which of the witnesses have cosigned a checkpoint, and when (POSIX seconds).
 *
 * @throws {BadSignature} a signature of a known witness does not verify
 */
export function cosignedBy<Key extends VerifierKey>(
  note: Note,
  witnesses: readonly Key[],
): Array<{ readonly key: Key; readonly seconds: bigint }> {
  return verifiedKeys(note, witnesses, check).map(({ key, signature }) => ({
    key,
    seconds: signature.readBigUInt64BE(),
  }))
}
