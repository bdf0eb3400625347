import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { onServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Names this run among others at the same server. */
    readonly run: string
  }
}

/** Where the workers of a run keep data folders from which others are copied. */
export const templateFolder = (run: string): string => join(tmpdir(), `letopis-template-${run}`)

/** Once for a run, in its main process: what its workers have left for each of their files goes with the run. */
export default function setUp({ provide }: TestProject): () => Promise<void> {
  const run = randomUUID().slice(0, 8)
  provide('run', run)
  return async () => {
    rmSync(templateFolder(run), { recursive: true, force: true })
    await removeTemplates(run)
  }
}

async function removeTemplates(run: string): Promise<void> {
  const left = await onServer<{ datname: string }>(
    `select datname from pg_database where datname like 'letopis_template_${run}_%'`,
    // Without a server there are none.
  ).catch(() => [])
  for (const { datname } of left) await onServer(`drop database ${datname} with (force)`)
}
