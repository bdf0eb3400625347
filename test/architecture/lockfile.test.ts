import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../scripts/rule-sources.ts'

interface Locked {
  readonly resolved?: string
  readonly integrity?: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile
const installed = Object.entries(packages).filter(([path]) => path !== '')

describe('package-lock.json', () => {
  it('names no registry, so that it installs from any mirror', () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  })

  it('fixes the content of every package by its hash, but for those of other platforms that no mirror served', () => {
    expect(installed.length).toBeGreaterThan(100)
    const unfixed = installed.filter(([, { integrity }]) => integrity === undefined)
    const here = unfixed.filter(
      ([, { os, cpu }]) => !os || !cpu || (os.includes('linux') && cpu.includes('x64')),
    )
    // The musl builds for this processor are of another libc; npm decides by the name of the package that asks.
    expect(here.map(([path]) => path).filter((path) => !path.endsWith('-musl'))).toEqual([])
  })

  it('holds the optional packages of every platform, without which npm ci refuses it on each (npm run lock)', () => {
    const optional = installed.flatMap(([, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies),
    )
    expect(optional.length).toBeGreaterThan(50)
    expect(optional.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([])
  })
})
