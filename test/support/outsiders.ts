import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Whether a test that wants a program of others is left out, because the program is not here; its title says which. With
 * `REQUIRE_OUTSIDERS=1` nothing is left out, and the test fails.
 */
export function leftOut(isHere: boolean): boolean {
  return !isHere && process.env['REQUIRE_OUTSIDERS'] !== '1'
}

export const isInstalled = (program: string, ...how: readonly string[]): boolean =>
  spawnSync(program, how).error === undefined

/** Where Debian keeps the sources of Go packages (golang-golang-x-mod-dev). */
const GOPATH = process.env['GOPATH'] ?? '/usr/share/gocode'
export const GO =
  isInstalled('go', 'version') && existsSync(join(GOPATH, 'src/golang.org/x/mod/sumdb/tlog/tlog.go'))

/** Builds the checker of docs/examples/tlogcheck, which stands on packages of the Go project. @returns the program */
export function buildTlogcheck(folder: string): string {
  const program = join(folder, 'tlogcheck')
  execFileSync('go', ['build', '-o', program, '.'], {
    cwd: join(import.meta.dirname, '../../docs/examples/tlogcheck'),
    env: { ...process.env, GO111MODULE: 'off', GOPATH, GOCACHE: join(folder, 'go-cache') },
  })
  return program
}
