import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Instant } from '#values/time.ts'
import { parseCheckpoint } from './tlog/checkpoint.ts'
import { Malformed } from './tlog/malformed.ts'
import type { Sealed } from './sealed-log.ts'

/** What was signed last, kept apart from the database: by it a key never signs two pasts, whatever becomes of the tables. */
export interface SigningState {
  /** What was signed last, on the disk for sure; null before the first. @throws {StateDamaged} */
  read(): Sealed | null
  /**
   * Puts what is about to be published in the place of what was read.
   *
   * @throws {StateMoved} something else stands there: another one signs
   */
  replace(before: Sealed | null, next: Sealed): void
}

export class StateDamaged extends Error {
  override readonly name = 'StateDamaged'
}

export class StateMoved extends Error {
  override readonly name = 'StateMoved'
}

/** The state as a file: the note, and when it was signed. A note from here is as good a checkpoint as any. */
export class StateFile implements SigningState {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  read(): Sealed | null {
    let text: string
    try {
      text = readFileSync(this.#file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
    const found = this.#parsed(text)
    // What a killed process renamed may not have reached the disk yet; nothing is published before it has.
    sync(this.#file)
    sync(dirname(this.#file))
    return found
  }

  replace(before: Sealed | null, next: Sealed): void {
    const stands = this.read()
    if (stands?.note !== before?.note) throw new StateMoved(`${this.#file} was written by somebody else`)
    const aside = `${this.#file}.new`
    writeFileSync(aside, `${JSON.stringify({ v: 1, at: next.at, note: next.note }, null, 2)}\n`, {
      mode: 0o600,
    })
    sync(aside)
    renameSync(aside, this.#file)
    sync(dirname(this.#file))
  }

  #parsed(text: string): Sealed {
    try {
      const { v, at, note } = JSON.parse(text) as Record<string, unknown>
      if (v !== 1 || typeof note !== 'string') throw new Malformed('not of version 1')
      const { size, root } = parseCheckpoint(note)
      return { size, root, note, at: Instant.parse(at) }
    } catch (cause) {
      throw new StateDamaged(`${this.#file} is not what was written there`, { cause })
    }
  }
}

function sync(path: string): void {
  const opened = openSync(path, 'r')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}
