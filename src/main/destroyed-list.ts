import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** One key that was destroyed, as the list outside the database remembers it: ids and no name. */
export interface DestroyedKey {
  readonly school: string
  readonly person: string
  readonly purpose: string
  readonly at: string
}

const fileIn = (folder: string): string => join(folder, 'destroyed.ndjson')

/** Writes down that keys are destroyed, on the disk for sure, before they go. */
export function listDestroyed(folder: string, keys: readonly DestroyedKey[]): void {
  const file = openSync(fileIn(folder), 'a', 0o600)
  try {
    writeSync(file, keys.map((key) => `${JSON.stringify(key)}\n`).join(''))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** What the list in a folder names; a line that was cut short is the last one, and its key was not destroyed yet. */
export function destroyedIn(folder: string): DestroyedKey[] {
  let text: string
  try {
    text = readFileSync(fileIn(folder), 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as DestroyedKey)
}
