import { createReadStream, existsSync, linkSync, rmSync, statSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { makeFolder } from '../folder.ts'
import { flushNames } from '../backup/stored-file.ts'

const NAME = /^[0-9a-f]{128}$/

/**
 * The packages as files, each by the SHA-512 of its bytes: the same package is kept once, and no name can be another's.
 * The folder stands outside the database, on a disk of its own if the school has one.
 */
export class PackageFolder {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  pathOf(sha512: string): string {
    if (!NAME.test(sha512)) throw new RangeError('no digest of a package')
    return join(this.#folder, sha512.slice(0, 2), `${sha512}.zip`)
  }

  has(sha512: string): boolean {
    return existsSync(this.pathOf(sha512))
  }

  /** Keeps a package: on the disk for sure before this resolves, and under its name whole or not at all. */
  async keep(sha512: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(sha512)
    if (existsSync(path)) return
    const below = join(this.#folder, sha512.slice(0, 2))
    makeFolder(this.#folder, 0o700)
    makeFolder(below, 0o700)
    const aside = `${path}.${randomUUID()}`
    const file = await open(aside, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    try {
      linkSync(aside, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(aside)
    }
    flushNames(below)
  }

  /** The bytes from `start` to `end`, both included. */
  read(sha512: string, range?: { readonly start: number; readonly end: number }): Readable {
    return createReadStream(this.pathOf(sha512), range ?? {})
  }

  bytes(sha512: string): number | null {
    return this.has(sha512) ? statSync(this.pathOf(sha512)).size : null
  }

  /** Removes a package that was destroyed by an act. */
  remove(sha512: string): void {
    rmSync(this.pathOf(sha512), { force: true })
  }
}
