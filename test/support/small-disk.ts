import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { afterAll } from 'vitest'
import { temporaryFolder } from './databases.ts'

/**
 * Small disks for the tests of the file or the `describe` in which this is called. They are gone before the folders
 * that were made earlier, in which they may be mounted.
 */
export function smallDisks(): { readonly mount: (place: string, megabytes: number) => string } {
  const mounted: string[] = []
  afterAll(() => {
    for (const place of mounted) unmount(place)
  })
  return {
    mount: (place, megabytes) => {
      mkdirSync(place)
      mount(place, megabytes)
      mounted.push(place)
      return place
    },
  }
}

/** Why no small disk can be mounted here; null where it can. */
export const noTmpfs: string | null = (() => {
  const folder = temporaryFolder()
  try {
    mount(folder.path, 1)
    unmount(folder.path)
    return null
  } catch {
    return ' (skipped: mounting a small disk needs the rights of root)'
  } finally {
    folder.remove()
  }
})()

function mount(place: string, megabytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', place], { stdio: 'pipe' })
}

function unmount(place: string): void {
  execFileSync('umount', ['--lazy', place])
}

/** Writes a file until there is no space for more of it, or until it has so many megabytes. */
export function fill(file: string, megabytes = Number.POSITIVE_INFINITY): void {
  const opened = openSync(file, 'w')
  try {
    for (const size of [1_048_576, 4_096]) {
      try {
        for (let n = 0; n < megabytes; n++) writeSync(opened, Buffer.alloc(size, 1))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    }
  } finally {
    closeSync(opened)
  }
}
