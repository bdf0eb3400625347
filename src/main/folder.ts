import { mkdirSync } from 'node:fs'

/**
 * Makes a folder in one that exists; one that is there is left as it is, a file in its place is an error.
 * Not recursive: a folder that is asked for at a place that does not exist is rather a mistake, and Node's recursive
 * mkdir never returns where a file system answers ENOENT for ever, as /proc does.
 */
export function makeFolder(folder: string, mode?: number): void {
  try {
    mkdirSync(folder, mode === undefined ? {} : { mode })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
