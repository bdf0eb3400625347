import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const SCRIPT = join(import.meta.dirname, '../support/ask-pglite.ts')

/** How many functions of WebAssembly were compiled for speed in a process that asks a PGlite. */
async function compiledForSpeed(how: 'small' | 'as-it-comes'): Promise<number> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--trace-wasm-compilation-times', SCRIPT, how],
    { maxBuffer: 2 ** 26 },
  )
  expect(stdout).toContain('using Liftoff')
  return stdout.split('\n').filter((line) => line.includes('using TurboFan')).length
}

it('WebAssembly that is kept small is compiled once', async () => {
  expect(await compiledForSpeed('as-it-comes')).toBeGreaterThan(100)
  // Node has some of its own, from before.
  expect(await compiledForSpeed('small')).toBeLessThan(20)
})
