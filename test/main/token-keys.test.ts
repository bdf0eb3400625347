import { execFile } from 'node:child_process'
import { sign, verify } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Obstacle } from '#main/explain.ts'
import { tokenKeys } from '#main/token-keys.ts'
import { temporaryFolder } from '#support/databases.ts'

describe('the keys of access tokens', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let file: string
  beforeEach(() => {
    folder = temporaryFolder()
    file = join(folder.path, 'keys', 'access-token.pem')
  })
  afterEach(() => folder.remove())

  it('are made once and kept', () => {
    const made = tokenKeys(folder.path)
    const text = readFileSync(file, 'utf8')
    expect(tokenKeys(folder.path)).toEqual(made)
    expect(readFileSync(file, 'utf8')).toBe(text)
    expect(readdirSync(join(folder.path, 'keys'))).toEqual(['access-token.pem'])
  })

  it('are the same for all processes that start at once on one folder', async () => {
    const script = `import { tokenKeys } from './src/main/token-keys.ts'; console.log(tokenKeys(process.argv[1]).public)`
    const args = ['--input-type=module', '--eval', script, folder.path]
    const cwd = join(import.meta.dirname, '../..')
    const told = await Promise.all(
      Array.from({ length: 6 }, () => promisify(execFile)(process.execPath, args, { cwd })),
    )
    expect(new Set(told.map(({ stdout }) => stdout)).size).toBe(1)
    expect(readdirSync(join(folder.path, 'keys'))).toEqual(['access-token.pem'])
  })

  it('are a pair: what one signs the other verifies, also after a restart', () => {
    const signature = sign(null, Buffer.from('token'), tokenKeys(folder.path).private)
    expect(verify(null, Buffer.from('token'), tokenKeys(folder.path).public, signature)).toBe(true)
  })

  it('are for their owner alone', () => {
    tokenKeys(folder.path)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder.path, 'keys')).mode & 0o777).toBe(0o700)
  })

  it('are others in another folder', () => {
    const other = temporaryFolder()
    expect(tokenKeys(other.path).public).not.toBe(tokenKeys(folder.path).public)
    other.remove()
  })

  it('are made in a data folder that is not there yet', () => {
    const inside = join(folder.path, 'data')
    expect(tokenKeys(inside).private).toMatch(/^-----BEGIN PRIVATE KEY-----/)
  })

  it('are never replaced when they cannot be read: the operator decides', () => {
    mkdirSync(join(folder.path, 'keys'))
    writeFileSync(file, '-----BEGIN PRIVATE KEY-----\ntorn')
    expect(() => tokenKeys(folder.path)).toThrow(Obstacle)
    expect(() => tokenKeys(folder.path)).toThrow(`${file}: это не ключ`)
    expect(readFileSync(file, 'utf8')).toContain('torn')
  })
})
