import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Instant } from '#values/time.ts'

/** One rehearsal of a restore, as it is kept beside the copies (R-A3.4b, R-7A.18). */
const Drill = z.strictObject({
  at: Instant,
  /** Null where no copy could be opened. */
  copy: z.int().nullable(),
  copyAt: Instant.nullable(),
  ok: z.boolean(),
  events: z.int(),
  /** From the first byte read to read models that show everything. */
  seconds: z.number(),
  engine: z.string(),
  /** Why it failed. */
  problem: z.string().nullable(),
})
export type Drill = z.infer<typeof Drill>

const FILE = 'drills.ndjson'

/** Keeps a drill: when this returns, it is on the disk. */
export function recordDrill(folder: string, drill: Drill): void {
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
export function lastDrill(folder: string): Drill | null {
  for (const line of textOf(folder).split('\n').toReversed()) {
    const drill = parsed(line)
    if (drill !== null) return drill
  }
  return null
}

function parsed(line: string): Drill | null {
  try {
    return Drill.parse(JSON.parse(line))
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
