/**
 * Adds to package-lock.json the optional packages of other platforms that a registry or mirror did not serve when the
 * lock was written: without them `npm ci` refuses the lock, on this platform too. Run it after npm has written the lock.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './rule-sources.ts'

interface Locked {
  readonly version: string
  readonly dev?: true
  readonly optional?: true
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']

const file = join(ROOT, 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> }
let added = 0
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`
    if (lock.packages[path] !== undefined) continue
    const parts = name.split('/').at(-1)!.split('-')
    const os = SYSTEMS.filter((system) => parts.includes(system))
    const cpu = PROCESSORS.filter((processor) => parts.includes(processor))
    if (os.length !== 1 || cpu.length !== 1) throw new Error(`${name}: of which platform is it?`)
    lock.packages[path] = { version, ...(dev && { dev }), optional: true, os, cpu } as Locked
    added++
  }
}
const packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
console.log(`package-lock.json: ${added} packages of other platforms added`)
