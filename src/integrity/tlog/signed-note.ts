import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { Malformed, parseBase64 } from './malformed.ts'

/**
 * C2SP signed-note: a text and the signatures below it.
 *
 *     journal.school35.example/log
 *     20852163
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 *     — journal.school35.example/log Az3grlgtzPICa5OS8npVmf1M…
 *
 * Keys are known from outside: nothing in a note says whom to believe.
 */

/** What a signature is made over, as the byte in its key says. */
export const ED25519 = 0x01
/** A cosignature of a witness, with its time: `cosignature.ts`. */
export const COSIGNATURE = 0x04
export type SignatureType = typeof ED25519 | typeof COSIGNATURE

/** A key by which notes are verified. */
export interface VerifierKey {
  readonly name: string
  /** The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as a number. */
  readonly id: number
  readonly type: SignatureType
  readonly publicKey: KeyObject
}

/** A key by which notes are signed. */
export interface SignerKey extends VerifierKey {
  readonly privateKey: KeyObject
}

export interface NoteSignature {
  readonly name: string
  readonly id: number
  readonly signature: Buffer
}

/** A note that is well formed; of whom it is, {@link verifiedKeys} says. */
export interface Note {
  /** With its last line feed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A note of a key that is known, with a signature that is not of that key. */
export class BadSignature extends Error {
  override readonly name = 'BadSignature'
  readonly key: string

  constructor(key: VerifierKey) {
    super(`the signature of ${key.name} does not verify`)
    this.key = key.name
  }
}

// A note is read from anywhere, so it is bounded. The specification wants 16 signatures borne at least.
const MAX_NOTE_BYTES = 65_536
const MAX_SIGNATURES = 64

const PUBLIC_BYTES = 32
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Not empty, no space of Unicode, no plus, no control character. */
const isName = (name: string): boolean => /^[^\s+\p{Cc}]+$/u.test(name) && name.isWellFormed()

const rawPublic = (key: KeyObject): Buffer =>
  key.export({ type: 'spki', format: 'der' }).subarray(-PUBLIC_BYTES)

function idOf(name: string, type: number, publicKey: Buffer): number {
  return hash(
    'sha256',
    Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]),
    'buffer',
  ).readUInt32BE()
}

function keyOf(name: string, type: SignatureType, publicKey: KeyObject): VerifierKey {
  if (!isName(name)) throw new Malformed('the name of a key has a space or a plus, or is empty')
  return { name, id: idOf(name, type, rawPublic(publicKey)), type, publicKey }
}

const hexId = (id: number): string => id.toString(16).padStart(8, '0')

/** A new key. @throws {Malformed} no name for a key */
export function newSignerKey(name: string, type: SignatureType = ED25519): SignerKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { ...keyOf(name, type, publicKey), privateKey }
}

/** `journal.school35.example/log+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW`: what may be published. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${hexId(id)}+${Buffer.concat([Buffer.of(type), rawPublic(publicKey)]).toString('base64')}`
}

/** The inverse of {@link formatVerifierKey}. @throws {Malformed} */
export function parseVerifierKey(text: string): VerifierKey {
  const { name, id, type, material } = parseKey(text)
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI, material]), format: 'der', type: 'spki' })
  const key = keyOf(name, type, publicKey)
  if (hexId(key.id) !== id) throw new Malformed('the id of a key is not that of its name and its bytes')
  return key
}

const PRIVATE = 'PRIVATE+KEY+'

/** `PRIVATE+KEY+journal.school35.example/log+c74f20a3+AYEKFALV…`, as the note tools of Go keep a key: a secret. */
export function formatSignerKey({ name, id, type, privateKey }: SignerKey): string {
  const seed = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-PUBLIC_BYTES)
  return `${PRIVATE}${name}+${hexId(id)}+${Buffer.concat([Buffer.of(type), seed]).toString('base64')}`
}

/** The inverse of {@link formatSignerKey}. @throws {Malformed} */
export function parseSignerKey(text: string): SignerKey {
  if (!text.startsWith(PRIVATE)) throw new Malformed('this is no signing key')
  const { name, id, type, material } = parseKey(text.slice(PRIVATE.length))
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8, material]),
    format: 'der',
    type: 'pkcs8',
  })
  const key = keyOf(name, type, createPublicKey(privateKey))
  if (hexId(key.id) !== id) throw new Malformed('the id of a key is not that of its name and its bytes')
  return { ...key, privateKey }
}

function parseKey(text: string): { name: string; id: string; type: SignatureType; material: Buffer } {
  if (text.length > 1_024) throw new Malformed('a key is too long')
  // The last part is base64, which has plus signs of its own.
  const [, name, id, bytes] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? []
  if (name === undefined || id === undefined || bytes === undefined || !isName(name)) {
    throw new Malformed('a key is not name+id+base64')
  }
  const value = parseBase64(bytes, 1 + PUBLIC_BYTES, 'a key')
  const type = value[0]!
  if (type !== ED25519 && type !== COSIGNATURE) throw new Malformed('a key is of an unknown type')
  return { name, id, type, material: value.subarray(1) }
}

/** Signs a text. @param text ends with a line feed @throws {Malformed} it can be no text of a note */
export function signNote(text: string, ...keys: readonly SignerKey[]): string {
  requireText(text)
  const lines = keys.map((key) => signatureLine(key, sign(null, Buffer.from(text), key.privateKey)))
  return `${text}\n${lines.join('')}`
}

/** `— name base64(id ‖ signature)`, with its line feed. */
export function signatureLine({ name, id }: Pick<VerifierKey, 'name' | 'id'>, signature: Uint8Array): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(id)
  return `— ${name} ${Buffer.concat([bytes, signature]).toString('base64')}\n`
}

function requireText(text: string): void {
  if (!text.endsWith('\n')) throw new Malformed('the text of a note does not end with a line feed')
  // Every control character of ASCII but the line feed; DEL is none of those that the specification names.
  if (!text.isWellFormed() || Buffer.from(text).some((byte) => byte < 0x20 && byte !== 0x0a)) {
    throw new Malformed('a note has a control character')
  }
}

/**
 * Takes a note apart: the text, and the signatures below the last empty line.
 *
 * @param note as bytes, or as the text that they decode to
 * @throws {Malformed}
 */
export function parseNote(note: Uint8Array | string): Note {
  const whole = typeof note === 'string' ? note : decoded(note)
  if (Buffer.byteLength(whole) > MAX_NOTE_BYTES) throw new Malformed('a note is too long')
  requireText(whole)
  const split = whole.lastIndexOf('\n\n')
  if (split < 0) throw new Malformed('a note has no signatures')
  const lines = whole.slice(split + 2, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) throw new Malformed('a note has too many signatures')
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignature) }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Malformed('a note is not UTF-8', { cause })
  }
}

/** The inverse of {@link signatureLine}, without the line feed. @throws {Malformed} */
export function parseSignature(line: string): NoteSignature {
  const [, name, text] = /^— (\S+) (\S+)$/u.exec(line) ?? []
  if (name === undefined || text === undefined || !isName(name)) {
    throw new Malformed('a line of signatures is none')
  }
  const bytes = parseBase64(text, null, 'a signature')
  if (bytes.length < 5) throw new Malformed('a signature is too short')
  return { name, id: bytes.readUInt32BE(), signature: bytes.subarray(4) }
}

/** Whether a signature verifies over a text, by a key of its type. */
export type SignatureCheck = (text: string, signature: Buffer, key: VerifierKey) => boolean

const ofText: SignatureCheck = (text, signature, { publicKey }) =>
  signature.length === 64 && verify(null, Buffer.from(text), publicKey, signature)

/**
 * The keys among `known` by which a note is signed. A signature of a key that is not known is passed over; one that
 * claims to be of a known key and is not condemns the whole note.
 *
 * @param check how a signature of these keys is verified; without it, as {@link ED25519}
 * @throws {BadSignature}
 */
export function verifiedKeys<Key extends VerifierKey>(
  { text, signatures }: Note,
  known: readonly Key[],
  check: SignatureCheck = ofText,
): Array<{ readonly key: Key; readonly signature: Buffer }> {
  const found = new Map<Key, Buffer>()
  for (const { name, id, signature } of signatures) {
    for (const key of known) {
      if (key.name !== name || key.id !== id) continue
      if (!check(text, signature, key)) throw new BadSignature(key)
      if (!found.has(key)) found.set(key, signature)
    }
  }
  return Array.from(found, ([key, signature]) => ({ key, signature }))
}
