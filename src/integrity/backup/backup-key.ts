import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** The key by which backups are encrypted, given from outside: 32 random bytes. */
export interface BackupKey {
  readonly secret: KeyObject
  /** Tells keys apart without telling anything of them: 16 hex digits. */
  readonly id: string
}

/** The text of a key file is no key. */
export class NotAKey extends Error {
  override readonly name = 'NotAKey'
}

/**
 * The key of a key file: 64 hex digits, as `openssl rand -hex 32` makes them.
 *
 * @throws {NotAKey}
 */
export function parseBackupKey(text: string): BackupKey {
  const digits = text.trim()
  if (!/^[0-9a-fA-F]{64}$/.test(digits)) throw new NotAKey('a backup key is 64 hex digits')
  const secret = createSecretKey(Buffer.from(digits, 'hex'))
  return { secret, id: derived(secret, Buffer.alloc(0), 'letopis backup key id 1', 8).toString('hex') }
}

/** HKDF of RFC 5869 with SHA-256. */
export function derived(secret: KeyObject, salt: Uint8Array, info: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, bytes))
}
