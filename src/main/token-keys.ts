import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Obstacle } from './explain.ts'
import { makeFolder } from './folder.ts'
import { placeNew } from './placed-file.ts'

/**
 * The Ed25519 keys by which access tokens are signed: made at the first start and kept in the data folder, readable by
 * its owner alone. Who deletes the file ends every session.
 */
export function tokenKeys(folder: string): { private: string; public: string } {
  const file = join(folder, 'keys', 'access-token.pem')
  const kept = readIfThere(file)
  if (kept !== null) return whole(kept, file)
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  makeFolder(folder)
  makeFolder(join(folder, 'keys'), 0o700)
  placeNew(file, made)
  return whole(readFileSync(file, 'utf8'), file)
}

function whole(pem: string, file: string): { private: string; public: string } {
  try {
    return withPublic(pem)
  } catch (cause) {
    throw new Obstacle(
      `${file}: это не ключ. Верните его из копии или удалите: будет создан новый, и всем придётся войти снова.`,
      { cause },
    )
  }
}

function withPublic(pem: string): { private: string; public: string } {
  return { private: pem, public: createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString() }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
