import { accessSync, constants, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another living process works in this folder; `pid` where it has told which. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse'
  readonly pid: number | null

  constructor(folder: string, pid: number | null) {
    super(`${folder} is in use by ${pid === null ? 'another process' : `process ${pid}`}`)
    this.pid = pid
  }
}

// An unreferenced connection is collected, and its lock goes with it.
const held = new Set<DatabaseSync>()

/**
 * Takes a data folder for this process alone. Two PGlite on one folder would destroy it, so the second is refused.
 *
 * The lock is the operating system's, on an empty SQLite file, because that is the one way in which Node reaches
 * it: it ends with the process however that ends, so no lock is ever stale, and no two processes can both believe
 * that they took over one. `letopis.pid` beside it only tells people who holds it.
 *
 * @returns gives the folder back
 * @throws {FolderInUse}
 */
export function lockFolder(folder: string): () => void {
  // SQLite would say only that it cannot open a file: let the system say why.
  accessSync(join(folder, '/'), constants.W_OK)
  const note = join(folder, 'letopis.pid')
  const lock = take(join(folder, 'letopis.lock'))
  if (lock === null) throw new FolderInUse(folder, pidIn(note))
  held.add(lock)
  writeFileSync(note, `${process.pid}\n`)
  return () => {
    if (!held.delete(lock)) return
    rmSync(note, { force: true })
    lock.close()
  }
}

const SQLITE_BUSY = 5
const SQLITE_NOTADB = 26

function take(file: string): DatabaseSync | null {
  const lock = new DatabaseSync(file)
  try {
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    const { errcode } = error as { errcode?: number }
    if (errcode === SQLITE_BUSY) return null
    if (errcode !== SQLITE_NOTADB) throw error
    // Something was written into the file. It is emptied and not removed: on a second file there could be a second lock.
    truncateSync(file)
    return take(file)
  }
}

function pidIn(note: string): number | null {
  try {
    return Number.parseInt(readFileSync(note, 'utf8'), 10) || null
  } catch {
    return null
  }
}
