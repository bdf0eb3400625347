import { testKeys } from './person-keys.ts'
import { randomBytes } from 'node:crypto'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll } from 'vitest'
import { parseBackupKey } from '#integrity/backup/backup-key.ts'
import { keysFolderOf } from '#main/backup/key-copies.ts'
import { type CopyMade, type Keeping, makeCopy } from '#main/backup/make-copy.ts'
import { sourceOf } from '#main/backup/source.ts'
import { install, type Installation } from '#main/installation.ts'
import { type Clock, Instant, systemClock, TimeZone } from '#values/time.ts'
import { type TestDatabase, temporaryFolder } from './databases.ts'

export const KEY = parseBackupKey(randomBytes(32).toString('hex'))
export const OTHER_KEY = parseBackupKey(randomBytes(32).toString('hex'))
export const ZONE = TimeZone.parse('Asia/Tomsk')
export const silent = pino({ level: 'silent' })

/** Folders for the tests of the file or the `describe` in which this is called, each of its own and empty. */
export function folders(): { folder(): string; copyOf(folder: string): string } {
  const root = temporaryFolder()
  afterAll(() => root.remove())
  let made = 0
  const folder = (): string => join(root.path, String(++made))
  return {
    folder,
    copyOf(other) {
      const mine = folder()
      cpSync(other, mine, { recursive: true })
      cpSync(keysFolderOf(other), keysFolderOf(mine), { recursive: true })
      return mine
    },
  }
}

export async function installed(database: TestDatabase, clock: Clock = systemClock): Promise<Installation> {
  return install(database, clock, silent, testKeys)
}

export interface BackUp extends Partial<Keeping> {
  readonly key?: typeof KEY | null
  readonly at?: string
  /** Bytes of text after which a file of events is full. */
  readonly full?: number
}

/** Makes a copy of an installation as the command line does. */
export function backUp(
  folder: string,
  installation: Installation,
  { key = KEY, at, full, days = 30, zone = ZONE, anew = false }: BackUp = {},
): Promise<CopyMade> {
  const clock: Clock = at === undefined ? systemClock : () => Instant.parse(at)
  const making = {
    source: sourceOf(installation),
    clock,
    software: 'letopis test',
    key,
    ...(full && { full }),
  }
  return makeCopy(folder, making, { days, zone, anew })
}
