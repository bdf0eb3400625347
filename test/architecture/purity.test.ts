import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contentOfFile, ROOT } from '../../scripts/rule-sources.ts'

/** Names through which a file reaches the machine without an import, so that no check of imports sees them. */
const MACHINE = [
  'process',
  'Date',
  'performance',
  'crypto',
  'fetch',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'globalThis',
  'require',
]

function filesOf(...patterns: string[]): string[] {
  const files = globSync(patterns, { cwd: ROOT })
  expect(files.length).toBeGreaterThan(5)
  return files.toSorted()
}

describe('the environment of the process', () => {
  it('is read by the composition roots alone', () => {
    const files = filesOf('src/**/*.ts').filter((file) => !file.startsWith('src/main/'))
    expect(files.filter((file) => contentOfFile(file).names.has('process'))).toEqual([])
  })
})

describe('a rule or an event', () => {
  const files = filesOf('src/commands/*/*.ts', 'src/events/*.ts')

  it.each(files)('asks no clock, no chance and no machine: %s', (file) => {
    const { names } = contentOfFile(file)
    expect(MACHINE.filter((name) => names.has(name))).toEqual([])
    expect(readFileSync(join(ROOT, file), 'utf8')).not.toMatch(/\bMath\.random\b/)
  })
})
