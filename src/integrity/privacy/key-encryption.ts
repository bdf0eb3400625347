import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'

const NONCE = 12
const TAG = 16
const KEY = 32

/** The keys that wrap the keys of people: they stand outside the database, which alone opens nothing. */
export interface KeyEncryption {
  /** The one that wraps what is new. */
  readonly current: KeyEncryptionKey
  /** One by its id: older ones unwrap what was not wrapped anew yet. Null where it is not here. */
  byId(id: string): KeyEncryptionKey | null
  /** Makes digests of what must not be guessed by who has the log alone. */
  readonly digesting: KeyObject
}

export interface KeyEncryptionKey {
  readonly id: string
  readonly secret: KeyObject
}

/** A wrapped key does not open: it was wrapped by another key, or is not as it was. */
export class NotUnwrapped extends Error {
  override readonly name = 'NotUnwrapped'
}

/** A new key of a person, as it is used and as it is kept. */
export function newKey(id: string, by: KeyEncryptionKey): { secret: KeyObject; wrapped: string } {
  const bytes = randomBytes(KEY)
  return { secret: createSecretKey(bytes), wrapped: wrapped(id, bytes, by) }
}

/** AES-256-GCM of the key, bound to its id: nonce, cipher text and tag in base64url. */
function wrapped(id: string, bytes: Uint8Array, { secret }: KeyEncryptionKey): string {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: TAG })
  cipher.setAAD(Buffer.from(id, 'ascii'))
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
}

function bytesOf(id: string, kept: string, { secret }: KeyEncryptionKey): Buffer {
  const all = Buffer.from(kept, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', secret, all.subarray(0, NONCE), { authTagLength: TAG })
  decipher.setAAD(Buffer.from(id, 'ascii'))
  decipher.setAuthTag(all.subarray(all.length - TAG))
  try {
    return Buffer.concat([decipher.update(all.subarray(NONCE, all.length - TAG)), decipher.final()])
  } catch (cause) {
    throw new NotUnwrapped(`the key ${id} does not open`, { cause })
  }
}

/** @throws {NotUnwrapped} */
export function unwrap(id: string, kept: string, by: KeyEncryptionKey): KeyObject {
  return createSecretKey(bytesOf(id, kept, by))
}

/** The same key wrapped by another one. @throws {NotUnwrapped} */
export function rewrap(id: string, kept: string, from: KeyEncryptionKey, to: KeyEncryptionKey): string {
  return wrapped(id, bytesOf(id, kept, from), to)
}
