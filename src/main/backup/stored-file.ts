import { createHash } from 'node:crypto'
import { constants, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupKey } from '#integrity/backup/backup-key.ts'
import { gunzipLines, gzipLines, NotLines } from '#integrity/backup/gzip-lines.ts'
import { type Kind, type StoredFile, storedName } from '#integrity/backup/manifest.ts'
import { NotSealed, seal, unseal } from '#integrity/backup/sealed-file.ts'
import { DamagedCopy, unreadable } from './damaged-copy.ts'

/** What a file is called until it is whole. */
export const UNFINISHED = '.new'

/** Bytes that are read at once. */
const PIECE = 262_144

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** Writes a file that has its name only when it is whole and on the disk; replaces one of that name. */
export async function writeWhole(
  folder: string,
  name: string,
  bytes: Bytes,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const unfinished = join(folder, `${name}${UNFINISHED}`)
  const digest = createHash('sha256')
  let size = 0
  try {
    // A copy holds names and password hashes: it is its owner's alone.
    const file = await open(unfinished, 'w', 0o600)
    try {
      for await (const piece of bytes) {
        digest.update(piece)
        size += piece.length
        await file.appendFile(piece)
      }
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
  renameSync(unfinished, join(folder, name))
  return { bytes: size, sha256: digest.digest('hex') }
}

/** Brings the names of the files in a folder to the disk. */
export function flushNames(folder: string): void {
  const names = openSync(folder, 'r')
  try {
    fsyncSync(names)
  } finally {
    closeSync(names)
  }
}

export interface Storing {
  readonly folder: string
  readonly copy: number
  readonly key: BackupKey | null
}

/**
 * Stores lines of text, compressed and, with a key, encrypted.
 *
 * @param first the number of the first event in the file, from 1; of `events` alone
 */
export async function storeLines(
  { folder, copy, key }: Storing,
  kind: Kind,
  lines: AsyncIterable<string> | Iterable<string>,
  first: number | null = null,
): Promise<StoredFile> {
  const name = storedName(kind, copy, key !== null, first)
  const counted = { lines: 0, text: 0 }
  async function* counting(): AsyncGenerator<string> {
    for await (const line of lines) {
      counted.lines++
      counted.text += Buffer.byteLength(line) + 1
      yield line
    }
  }
  const zipped = gzipLines(counting())
  const written = await writeWhole(folder, name, key === null ? zipped : seal(zipped, key, name))
  return { name, kind, ...written, ...counted }
}

/**
 * The lines of a stored file, as many at a time as a piece of it gives. What comes before the end is not yet known to be
 * whole: the checksum is compared when the last byte was read.
 *
 * @throws {DamagedCopy}
 */
export async function* readStored(
  folder: string,
  file: StoredFile,
  key: BackupKey | null,
): AsyncGenerator<readonly string[]> {
  const bytes = readBytes(folder, file)
  let count = 0
  try {
    for await (const lines of gunzipLines(key === null ? bytes : unseal(bytes, key, file.name))) {
      count += lines.length
      yield lines
    }
  } catch (error) {
    throw damage(file, error)
  }
  if (count !== file.lines) throw new DamagedCopy(file.name, `строк ${count} вместо ${file.lines}`)
}

function damage({ name }: StoredFile, error: unknown): unknown {
  if (error instanceof NotSealed) {
    return new DamagedCopy(name, 'не расшифровывается', { cause: error })
  }
  const unzipped = (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true
  if (unzipped || error instanceof NotLines) {
    return new DamagedCopy(name, 'не распаковывается', { cause: error })
  }
  return error
}

/** Reads a stored file and compares its checksum, without looking at what is in it. @throws {DamagedCopy} */
export async function checkBytes(folder: string, file: StoredFile): Promise<void> {
  for await (const _ of readBytes(folder, file));
}

async function* readBytes(folder: string, file: StoredFile): AsyncGenerator<Buffer> {
  const digest = createHash('sha256')
  let handle: FileHandle
  try {
    handle = await open(join(folder, file.name), constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (error) {
    throw unreadable(file.name, error)
  }
  try {
    const buffer = Buffer.allocUnsafe(PIECE)
    for (let at = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, PIECE, at).catch((error: unknown) => {
        throw unreadable(file.name, error)
      })
      if (bytesRead === 0) break
      at += bytesRead
      // A copy of it: who reads may keep a piece while the next one is read.
      const piece = Buffer.from(buffer.subarray(0, bytesRead))
      digest.update(piece)
      yield piece
    }
  } finally {
    await handle.close()
  }
  if (digest.digest('hex') !== file.sha256) throw new DamagedCopy(file.name, 'контрольная сумма другая')
}
