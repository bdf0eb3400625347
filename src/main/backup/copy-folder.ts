import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupKey } from '#integrity/backup/backup-key.ts'
import {
  checksumName,
  checksumText,
  copyOf,
  isAuthentic,
  isStoredName,
  type Manifest,
  type ManifestBody,
  manifestName,
  manifestText,
  NotAManifest,
  parseManifest,
} from '#integrity/backup/manifest.ts'
import { Obstacle } from '../explain.ts'
import { FolderInUse, lockFolder } from '../folder-lock.ts'
import { makeFolder } from '../folder.ts'
import { DamagedCopy, unreadable } from './damaged-copy.ts'
import { flushNames, UNFINISHED, writeWhole } from './stored-file.ts'

/** Somebody else is making a copy in this folder. */
export class BackupRunning extends Obstacle {}

/** Takes a folder of copies for this process alone, making it where it is not there. @throws {BackupRunning} */
export function lockCopies(folder: string): () => void {
  makeFolder(folder, 0o700)
  try {
    return lockFolder(folder)
  } catch (cause) {
    if (!(cause instanceof FolderInUse)) throw cause
    throw new BackupRunning('В этой папке уже делается копия: дождитесь её конца.', { cause })
  }
}

/** The numbers of the copies in a folder, the oldest first; of damaged ones too. */
export function copiesIn(folder: string): number[] {
  const manifests = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return manifests
    .map((name) => copyOf(name))
    .filter((copy) => copy !== null)
    .toSorted((a, b) => a - b)
}

/**
 * The manifest of a copy, compared with its checksums, and that every file is there in its size. What is in the files is
 * not looked at.
 *
 * @throws {DamagedCopy}
 */
export function readManifest(folder: string, copy: number): Manifest {
  const name = manifestName(copy)
  const text = textOf(folder, name)
  const sums = textOf(folder, checksumName(copy))
  const manifest = parsed(name, text)
  if (manifest.copy !== copy) throw new DamagedCopy(name, `это манифест копии ${manifest.copy}`)
  if (checksumText(name, text, manifest.files) !== sums) {
    throw new DamagedCopy(name, `манифест не сходится с ${checksumName(copy)}`)
  }
  for (const file of manifest.files) {
    const size = sizeOf(folder, file.name)
    if (size !== file.bytes) throw new DamagedCopy(file.name, `байт ${size} вместо ${file.bytes}`)
  }
  return manifest
}

/**
 * That the key is the one of the copy, and that who wrote the manifest had it.
 *
 * @returns the key by which the files of the copy are read: null where they are not encrypted
 * @throws {Obstacle} the key is missing or another one
 * @throws {DamagedCopy}
 */
export function keyFor(manifest: Manifest, key: BackupKey | null): BackupKey | null {
  if (manifest.key === null) return null
  if (key === null) {
    throw new Obstacle('Копия зашифрована: укажите файл ключа (--key-file или LETOPIS_BACKUP_KEY_FILE).')
  }
  if (key.id !== manifest.key) {
    throw new Obstacle(`Ключ не тот: копия зашифрована ключом ${manifest.key}, а дан ${key.id}.`)
  }
  if (!isAuthentic(manifest, key)) {
    throw new DamagedCopy(manifestName(manifest.copy), 'манифест составлен не тем, у кого ключ')
  }
  return key
}

function parsed(name: string, text: string): Manifest {
  try {
    return parseManifest(text)
  } catch (cause) {
    if (!(cause instanceof NotAManifest)) throw cause
    throw new DamagedCopy(name, 'это не манифест копии, или форма его новее', { cause })
  }
}

function textOf(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch (error) {
    throw unreadable(name, error)
  }
}

function sizeOf(folder: string, name: string): number {
  try {
    return lstatSync(join(folder, name)).size
  } catch (error) {
    throw unreadable(name, error)
  }
}

/**
 * Makes a copy out of files that are stored already. Before the manifest has its name there is no copy, and after it
 * there is a whole one.
 */
export async function commitCopy(
  folder: string,
  body: ManifestBody,
  key: BackupKey | null,
): Promise<Manifest> {
  const name = manifestName(body.copy)
  const text = manifestText(body, key)
  await writeWhole(folder, checksumName(body.copy), [Buffer.from(checksumText(name, text, body.files))])
  flushNames(folder)
  await writeWhole(folder, name, [Buffer.from(text)])
  flushNames(folder)
  return parseManifest(text)
}

/** Removes a copy. Its files go with the next {@link sweep}, unless another copy lists them too. */
export function removeCopy(folder: string, copy: number): void {
  rmSync(join(folder, manifestName(copy)), { force: true })
  flushNames(folder)
  rmSync(join(folder, checksumName(copy)), { force: true })
}

/**
 * Removes what killed processes left, and files that no copy lists any more. While there is a copy whose manifest
 * cannot be read, its files are not known, and nothing but unfinished ones is removed.
 *
 * @returns the copies that cannot be read
 */
export function sweep(folder: string): number[] {
  const names = readdirSync(folder)
  for (const name of names) {
    if (name.endsWith(UNFINISHED) && isOurs(name.slice(0, -UNFINISHED.length))) rmSync(join(folder, name))
  }
  const begun = names.filter((name) => copyOf(name) !== null)
  for (const name of begun) {
    // Checksums whose manifest never came, or has gone already.
    const manifest = manifestName(copyOf(name)!)
    if (name !== manifest && !names.includes(manifest)) rmSync(join(folder, name))
  }
  const listed = new Set<string>()
  const unknown: number[] = []
  for (const copy of copiesIn(folder)) {
    try {
      for (const { name } of parsed(manifestName(copy), textOf(folder, manifestName(copy))).files) {
        listed.add(name)
      }
    } catch (error) {
      if (!(error instanceof DamagedCopy)) throw error
      unknown.push(copy)
    }
  }
  if (unknown.length > 0) return unknown
  for (const name of names) if (isStoredName(name) && !listed.has(name)) rmSync(join(folder, name))
  return []
}

const isOurs = (name: string): boolean => isStoredName(name) || copyOf(name) !== null
