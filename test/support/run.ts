import { randomUUID } from 'node:crypto'
import type { TestProject } from 'vitest/node'
import { onServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Names this run among others at the same server. */
    readonly run: string
  }
}

/** Once for a run, in its main process: what the workers leave on the server for each other goes with the run. */
export default function setUp({ provide }: TestProject): () => Promise<void> {
  const run = randomUUID().slice(0, 8)
  provide('run', run)
  return () => removeTemplates(run)
}

async function removeTemplates(run: string): Promise<void> {
  const left = await onServer<{ datname: string }>(
    `select datname from pg_database where datname like 'letopis_template_${run}_%'`,
    // Without a server there are none.
  ).catch(() => [])
  for (const { datname } of left) await onServer(`drop database ${datname} with (force)`)
}
