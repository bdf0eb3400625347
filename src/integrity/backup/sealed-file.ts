import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type BackupKey, derived } from './backup-key.ts'

/**
 * An encrypted file of a backup (docs/spec/backup.md):
 *
 *     "letopis sealed 1" ‖ salt (16 bytes) ‖ frame ‖ frame ‖ …
 *
 * Each frame is AES-256-GCM over one mebibyte of plain text (the last: what is left, perhaps nothing) with its tag of
 * 16 bytes. The key of the file is derived from the backup key and the salt, so a counter serves as nonce: 11 bytes of
 * the number of the frame, then 1 for the last frame and 0 for the others. The name of the file is authenticated with
 * every frame. So a frame that was changed, moved, left out or added is noticed, a file that ends early as well, and
 * one that stands under the name of another; and no more than a frame is ever in memory.
 */
const MAGIC = Buffer.from('letopis sealed 1', 'ascii')
const SALT = 16
const HEADER = MAGIC.length + SALT
const FRAME = 1_048_576
const TAG = 16

/** The bytes are not those that were sealed under this name with this key. */
export class NotSealed extends Error {
  override readonly name = 'NotSealed'
}

export async function* seal(
  plain: AsyncIterable<Uint8Array>,
  key: BackupKey,
  name: string,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT)
  const fileKey = fileKeyOf(key, salt)
  yield Buffer.concat([MAGIC, salt])
  for await (const { bytes, number, last } of frames(plain, FRAME)) {
    const cipher = createCipheriv('aes-256-gcm', fileKey, nonce(number, last))
    cipher.setAAD(Buffer.from(name))
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  }
}

/** @throws {NotSealed} */
export async function* unseal(
  sealed: AsyncIterable<Uint8Array>,
  key: BackupKey,
  name: string,
): AsyncGenerator<Buffer> {
  let fileKey: Buffer | null = null
  for await (const { bytes, number, last } of frames(sealed, FRAME + TAG, HEADER)) {
    if (number < 0) {
      if (bytes.length < HEADER || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
        throw new NotSealed('the file does not begin as a sealed one does')
      }
      if (last) throw new NotSealed('the file ends after its header')
      fileKey = fileKeyOf(key, bytes.subarray(MAGIC.length))
      continue
    }
    if (bytes.length < TAG) throw new NotSealed('the file ends in the middle')
    const tag = bytes.length - TAG
    const decipher = createDecipheriv('aes-256-gcm', fileKey!, nonce(number, last), { authTagLength: TAG })
    decipher.setAAD(Buffer.from(name))
    decipher.setAuthTag(bytes.subarray(tag))
    const opened = decipher.update(bytes.subarray(0, tag))
    try {
      decipher.final()
    } catch (cause) {
      throw new NotSealed(`frame ${number} is not as it was sealed`, { cause })
    }
    yield opened
  }
}

function fileKeyOf(key: BackupKey, salt: Uint8Array): Buffer {
  return derived(key.secret, salt, 'letopis backup file 1', 32)
}

function nonce(number: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeBigUInt64BE(BigInt(number), 3)
  bytes[11] = last ? 1 : 0
  return bytes
}

interface Frame {
  readonly bytes: Buffer
  /** From 0; -1 is the header. */
  readonly number: number
  readonly last: boolean
}

/** Cuts a stream of bytes into frames of one size, of which the last alone may be shorter; there is always a last. */
async function* frames(source: AsyncIterable<Uint8Array>, size: number, header = 0): AsyncGenerator<Frame> {
  let parts: Uint8Array[] = []
  let held = 0
  let number = header === 0 ? 0 : -1
  for await (const part of source) {
    parts.push(part)
    held += part.length
    const next = (): number => (number < 0 ? header : size)
    // A frame that is full may be the last one: only a byte beyond it tells.
    if (held <= next()) continue
    let bytes = Buffer.concat(parts)
    while (bytes.length > next()) {
      const length = next()
      yield { bytes: bytes.subarray(0, length), number, last: false }
      bytes = bytes.subarray(length)
      number++
    }
    parts = [bytes]
    held = bytes.length
  }
  yield { bytes: Buffer.concat(parts), number, last: true }
}
