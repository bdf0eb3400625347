import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const INSTALLED = join(import.meta.dirname, 'node_modules')

/** Installs the peers on first use. They have a lock file of their own, so that they never reach an installation. */
export function installPeers(): void {
  if (existsSync(INSTALLED)) return
  console.error('installing the peers (once)')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--prefix', import.meta.dirname, '--no-audit', '--no-fund', '--loglevel=error']
  const { status, error } = spawnSync(npm, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) console.error(`the peers cannot be installed (${error?.message ?? `npm: ${status}`})`)
}

/** A package of the peers; null where it is not installed. */
export async function peer<Module>(name: string): Promise<Module | null> {
  if (!existsSync(join(INSTALLED, name))) return null
  return (await import(name)) as Module
}
