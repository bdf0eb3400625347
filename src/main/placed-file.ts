import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Puts a secret under a name that nobody has yet, for its owner alone. Written aside and linked: a process that is cut
 * short leaves no half of it, one that is there is never written over, and of several processes that start at once on one
 * folder the first gives it to all.
 *
 * @returns false where one is there already
 */
export function placeNew(file: string, text: string): boolean {
  const aside = `${file}.${randomUUID()}`
  writeFileSync(aside, text, { mode: 0o600, flush: true })
  try {
    linkSync(aside, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(aside)
  }
}

/** Puts a text in the place of another, whole, and on the disk before it returns. */
export function replaceWhole(file: string, text: string, mode?: number): void {
  const aside = `${file}.${randomUUID()}`
  writeFileSync(aside, text, { flush: true, ...(mode === undefined ? {} : { mode }) })
  renameSync(aside, file)
  const folder = openSync(dirname(file), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
