import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Obstacle } from '#main/explain.ts'
import { rotateTokenKeys, TokenKeyFolder } from '#main/token-key-folder.ts'
import { Instant } from '#values/time.ts'
import { type Api, expectProblem, MORNING, openApi, PASSWORD } from '#support/api.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { processes } from '#support/process.ts'
import { SCHOOL } from '#support/spec.ts'
import { until } from '#support/until.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

interface Jwks {
  readonly keys: ReadonlyArray<JsonWebKey & { readonly kid: string }>
}

const later = (seconds: number): Instant =>
  Instant.parse(new Date(Date.parse(MORNING) + seconds * 1_000).toISOString())
const headerOf = (token: string): { kid: string } =>
  JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }

describe('R-7G.a: the keys of access tokens', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let api: Api
  let now = MORNING
  const clock = () => Instant.parse(now)
  const rotate = (revoke = false) => rotateTokenKeys(folder.path, { revoke }, clock)
  beforeEach(async () => {
    now = MORNING
    folder = temporaryFolder()
    const keys = new TokenKeyFolder(folder.path, clock)
    api = await openApi(testEngine('pglite'), { people: ['head'], keys })
  })
  afterEach(async () => {
    await api.close()
    folder.remove()
  })
  const at = (seconds: number): void => {
    now = later(seconds)
    api.at(now)
  }
  async function entered(): Promise<string> {
    const payload = { school: SCHOOL, login: 'head', password: PASSWORD }
    return (await api.send<{ token: string }>({ method: 'POST', url: '/v1/log-in', payload })).body.token
  }
  const me = (token: string) => api.withToken(token).get('me')
  const jwks = async () => (await api.send<Jwks>({ method: 'GET', url: '/.well-known/jwks.json' })).body.keys

  it('are told to everybody, and verify what was signed', async () => {
    const token = await entered()
    const [key, ...others] = await jwks()
    expect(others).toEqual([])
    expect(key).toMatchObject({ kty: 'OKP', crv: 'Ed25519', use: 'sig', alg: 'EdDSA' })
    expect(key).not.toHaveProperty('d')
    expect(headerOf(token).kid).toBe(key!.kid)
    const [header, payload, signature] = token.split('.')
    const text = Buffer.from(`${header}.${payload}`)
    const publicKey = createPublicKey({ key: key!, format: 'jwk' })
    expect(verify(null, text, publicKey, Buffer.from(signature!, 'base64url'))).toBe(true)
  })

  it('are rotated while the service runs: tokens of before are good until they have expired', async () => {
    const before = await entered()
    rotate()
    const after = await entered()
    expect(headerOf(after).kid).not.toBe(headerOf(before).kid)
    for (const token of [before, after]) expect(await me(token)).toMatchObject({ status: 200 })
    expect((await jwks()).map(({ kid }) => kid)).toEqual([headerOf(after).kid, headerOf(before).kid])
    at(959)
    expect(await me(before)).toMatchObject({ status: 200 })
    // Fifteen minutes, for which a token lasts, and one for clocks that differ. The tokens of this test last longer.
    at(960)
    expectProblem(await me(before), 'token-invalid')
    expect(await me(after)).toMatchObject({ status: 200 })
    expect((await jwks()).map(({ kid }) => kid)).toEqual([headerOf(after).kid])
  })

  it('that were exposed are good for nothing at once, and the sessions go on', async () => {
    const payload = { school: SCHOOL, login: 'head', password: PASSWORD }
    const first = await api.send<{ token: string; refresh: string }>({
      method: 'POST',
      url: '/v1/log-in',
      payload,
    })
    rotate()
    const second = await entered()
    for (const token of [first.body.token, second]) expect(await me(token)).toMatchObject({ status: 200 })
    rotate(true)
    // The service looks once a second.
    await until(async () => (await me(second)).status === 401)
    for (const token of [first.body.token, second]) expectProblem(await me(token), 'token-invalid')
    const refreshed = await api.send<{ token: string }>({
      method: 'POST',
      url: '/v1/token',
      payload: { refresh: first.body.refresh },
    })
    expect(await me(refreshed.body.token)).toMatchObject({ status: 200 })
    expect(await jwks()).toHaveLength(1)
  })

  it('that another process made a moment ago are known', async () => {
    expect(await me(await entered())).toMatchObject({ status: 200 })
    rotate()
    const other = await openApi(testEngine('pglite'), {
      people: ['head'],
      keys: new TokenKeyFolder(folder.path, clock),
    })
    const payload = { school: SCHOOL, login: 'head', password: PASSWORD }
    const { token } = (await other.send<{ token: string }>({ method: 'POST', url: '/v1/log-in', payload }))
      .body
    await other.close()
    // Signed by the new key, of a session of the other database: the signature is good.
    expectProblem(await me(token), 'session-ended')
  })

  it('are refused by a name that is not theirs', async () => {
    const [, payload, signature] = (await entered()).split('.')
    for (const kid of ['unheard-of', '', 7, '../access-token.pem']) {
      const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', typ: 'JWT', kid })).toString('base64url')
      expectProblem(await me(`${header}.${payload}.${signature}`), 'token-invalid')
    }
  })

  it('of long ago go with the next rotation', () => {
    const retired = () => readdirSync(join(folder.path, 'keys')).filter((name) => name.startsWith('retired-'))
    rotate()
    expect(retired()).toHaveLength(1)
    now = later(60)
    rotate()
    expect(retired()).toHaveLength(2)
    now = later(60 + 960)
    rotate()
    expect(retired()).toHaveLength(1)
    for (const name of readdirSync(join(folder.path, 'keys')))
      expect(statSync(join(folder.path, 'keys', name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder.path, 'keys', retired()[0]!), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY/)
  })

  it('are not rotated by two at once, nor over a rotation that was cut short', () => {
    const file = join(folder.path, 'keys', 'access-token.pem')
    const before = readFileSync(file, 'utf8')
    writeFileSync(`${file}.next`, 'torn')
    expect(() => rotate()).toThrow(Obstacle)
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(readFileSync(`${file}.next`, 'utf8')).toBe('torn')
  })
})

describe('letopis keys rotate-tokens', () => {
  const letopis = processes()
  const folder = temporaryFolder()
  afterAll(() => folder.remove())

  it('changes the key of a service that runs', async () => {
    const variables = { LETOPIS_DATA: folder.path }
    const service = await letopis.serve(variables)
    const shown = async (): Promise<string[]> => {
      const answer = await fetch(`${service.address}/.well-known/jwks.json`)
      return ((await answer.json()) as Jwks).keys.map(({ kid }) => kid)
    }
    const [first] = await shown()
    const rotated = await letopis.run(['keys', 'rotate-tokens', '--json'], variables)
    expect(rotated).toMatchObject({ code: 0, stderr: '' })
    const { kid, previous } = JSON.parse(rotated.stdout) as { kid: string; previous: string }
    expect(previous).toBe(first)
    await until(async () => (await shown())[0] === kid)
    expect(await shown()).toEqual([kid, first])
    expect(existsSync(join(folder.path, 'keys', 'access-token.pem.next'))).toBe(false)
    expect(await service.end('SIGTERM')).toMatchObject({ code: 0 })
  })
})
