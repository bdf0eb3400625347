import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { onServer } from './scratch.ts'

/** On what the figures were measured: they mean nothing elsewhere, their ratios do. */
export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly memoryGib: number
  readonly node: string
  readonly postgres: string | null
  readonly fsync: string | null
  readonly pglite: string
  /** Runnable processes over the last minute when the run began: other people's work on the same cores. */
  readonly load: number
}

export async function machine(): Promise<Machine> {
  const server = await onServer<{ version: string; fsync: string }>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync`,
  ).catch(() => [])
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  const { version: pglite } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    postgres: server[0]?.version ?? null,
    fsync: server[0]?.fsync ?? null,
    pglite,
    load: Number(loadavg()[0]!.toFixed(2)),
  }
}
