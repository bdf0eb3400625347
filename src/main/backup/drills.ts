import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { RestoreDrill } from '#api/backups.ts'
import { Instant } from '#values/time.ts'

/** A rehearsal of a restore, as it is kept beside the copies (R-A3.4b, R-7A.18). */
const Kept: z.ZodType<RestoreDrill> = z.strictObject({
  at: Instant,
  copy: z.int().nullable(),
  copyAt: Instant.nullable(),
  ok: z.boolean(),
  events: z.int(),
  seconds: z.number(),
  engine: z.string(),
  problem: z.string().nullable(),
})

const FILE = 'drills.ndjson'

/** Keeps a drill: when this returns, it is on the disk. */
export function recordDrill(folder: string, drill: RestoreDrill): void {
  const file = openSync(join(folder, FILE), 'a', 0o600)
  try {
    // A line of its own, whatever a killed process has left of the one before.
    const begins = textOf(folder).endsWith('\n') || textOf(folder) === '' ? '' : '\n'
    writeSync(file, `${begins}${JSON.stringify(drill)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** The last drill; null where there was none. */
export function lastDrill(folder: string): RestoreDrill | null {
  for (const line of textOf(folder).split('\n').toReversed()) {
    const drill = parsed(line)
    if (drill !== null) return drill
  }
  return null
}

function parsed(line: string): RestoreDrill | null {
  try {
    return Kept.parse(JSON.parse(line))
  } catch {
    return null
  }
}

function textOf(folder: string): string {
  try {
    return readFileSync(join(folder, FILE), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
