import { existsSync } from 'node:fs'
import type { BackupCopy } from '#api/backups.ts'
import type { Instant } from '#values/time.ts'
import { copiesIn, readManifest } from './copy-folder.ts'
import { DamagedCopy } from './damaged-copy.ts'

/** The copies of a folder, the newest first; none where there is no folder yet. What is in the files is not looked at. */
export function listCopies(folder: string): BackupCopy[] {
  if (!existsSync(folder)) return []
  return copiesIn(folder)
    .toReversed()
    .map((copy) => shown(folder, copy))
}

/** When the newest whole copy was made; null where there is none. */
export function lastGoodCopy(folder: string): Instant | null {
  return listCopies(folder).find(({ problem }) => problem === null)?.at ?? null
}

function shown(folder: string, copy: number): BackupCopy {
  try {
    const { at, events, key, files } = readManifest(folder, copy)
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    return { copy, at, events, bytes, encrypted: key !== null, problem: null }
  } catch (error) {
    if (!(error instanceof DamagedCopy)) throw error
    return { copy, at: null, events: null, bytes: null, encrypted: null, problem: error.message }
  }
}
