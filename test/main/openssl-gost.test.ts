import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { X509Certificate } from 'node:crypto'
import { verifyCms } from '#integrity/cms/verify-cms.ts'
import { gostVerdict } from '#main/doctor/machine-checks.ts'
import { gostVersion, opensslGost } from '#main/openssl-gost.ts'
import { NoTurn, type TurnLimits } from '#main/turns.ts'
import { Instant } from '#values/time.ts'
import { temporaryFolder } from '#support/databases.ts'
import { GOST_ENGINE, gostAbsence, OwnAuthorities } from '#support/own-authorities.ts'

const root = temporaryFolder()
afterAll(() => root.remove())
const own = new OwnAuthorities(root.path)
const TEXT = '{"page":"…","school":"tomsk35","sha256":"00"}'
const NOW = Instant.parse('2026-12-28T10:00:00.000Z')

/** Where the program is given its files during a test. */
const scratch = join(root.path, 'scratch')
beforeAll(() => mkdir(scratch))
beforeEach(() => vi.stubEnv('TMPDIR', scratch))
afterEach(() => {
  vi.unstubAllEnvs()
  expect(readdirSync(scratch)).toEqual([])
})

const trust = (...names: string[]): Uint8Array[] =>
  names.map((name) => new X509Certificate(readFileSync(own.at(`${name}.pem`))).raw)

async function outcome(
  cms: string,
  { text = TEXT, trusted = ['school-ca'], at = NOW, program = 'openssl' } = {},
): Promise<string> {
  const found = await verifyCms(Buffer.from(cms, 'base64'), text, trust(...trusted), at, opensslGost(program))
  return typeof found === 'string' ? found : found.checked
}

/** A program that does what these lines of sh say. */
function program(name: string, ...lines: string[]): string {
  const file = join(root.path, name)
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'))
  chmodSync(file, 0o700)
  return file
}

/** A GOST signature, DER in base64. */
const sign = (name: string, options: readonly string[] = [], text = TEXT): string =>
  own.signed(text, name, [...GOST_ENGINE, ...options])

const why = gostAbsence === null ? '' : `: ${gostAbsence}`
describe.skipIf(gostAbsence !== null)(`signatures by Russian algorithms${why}`, () => {
  beforeAll(() => {
    vi.unstubAllEnvs()
    own.authority('school-ca', 'gost512')
    own.authority('other-ca', 'gost256')
    own.certificate('short', { kind: 'gost256' })
    own.certificate('long', { kind: 'gost512' })
    own.certificate('expired', { kind: 'gost256', until: '20210101000000Z' })
    own.certificate('elsewhere', { kind: 'gost256', ca: 'other-ca' })
    own.certificate('forged', { kind: 'gost256', ca: 'short' })
  }, 60_000)

  it('are verified with keys of 256 and of 512 bits, and with the text itself signed', async () => {
    expect(await outcome(sign('short'))).toBe('verified')
    expect(await outcome(sign('long'))).toBe('verified')
    expect(await outcome(sign('short', ['-noattr']))).toBe('verified')
  })

  it('are refused for the same reasons as those of RSA and ECDSA, in the same order', async () => {
    const good = sign('short')
    expect(await outcome(good, { text: `${TEXT} ` })).toBe('signature-altered')
    expect(await outcome(sign('short', ['-noattr']), { text: `${TEXT} ` })).toBe('signature-invalid')
    // The last byte belongs to the signature itself.
    const broken = Buffer.from(sign('short', ['-nosmimecap']), 'base64')
    broken[broken.length - 1]! ^= 1
    expect(await outcome(broken.toString('base64'))).toBe('signature-invalid')
    expect(await outcome(sign('expired'))).toBe('certificate-expired')
    expect(await outcome(good, { at: Instant.parse('2019-12-31T23:59:59.000Z') })).toBe('certificate-expired')
    expect(await outcome(sign('elsewhere'))).toBe('certificate-untrusted')
    expect(await outcome(good, { trusted: [] })).toBe('certificate-untrusted')
    expect(await outcome(good, { trusted: ['other-ca', 'school-ca'] })).toBe('verified')
    expect(await outcome(sign('short', ['-nocerts']))).toBe('signature-malformed')
    expect(await outcome(sign('short', ['-nodetach']))).toBe('signature-malformed')
    // Whoever has a certificate of the authority is none himself.
    expect(await outcome(sign('forged', ['-certfile', own.at('short.pem')]))).toBe('certificate-untrusted')
    // What comes with a signature is no reason to trust it.
    expect(await outcome(sign('elsewhere', ['-certfile', own.at('other-ca.pem')]))).toBe(
      'certificate-untrusted',
    )
  }, 60_000)

  it('stay not checked where the program is not here or has no engine', async () => {
    const cms = sign('short')
    expect(await outcome(cms, { program: '/nonexistent/openssl' })).toBe('not-checked')
    const bare = program(
      'without-engine',
      'unset OPENSSL_CONF',
      'OPENSSL_ENGINES=/nonexistent exec openssl "$@"',
    )
    expect(await outcome(cms, { program: bare })).toBe('not-checked')
    expect(await gostVersion(bare)).toBeNull()
  })

  it('are known by the doctor, with the version of the program', async () => {
    const version = await gostVersion('openssl')
    expect(version).toMatch(/^OpenSSL \d/)
    expect(gostVerdict(version, 'openssl')).toMatchObject({ state: 'good' })
  })
})

const digest = (file: string, patience?: number) =>
  opensslGost(file, patience)(256).digest(new TextEncoder().encode('; touch broken'))

/** Asks for so many digests at once of a program that waits for a file, and says how it went. */
async function asked(name: string, count: number, limits?: TurnLimits) {
  const [log, gate] = [join(root.path, `${name}.log`), join(root.path, `${name}.gate`)]
  writeFileSync(log, '')
  const slow = program(
    name,
    `echo begun >> ${log}`,
    `until [ -e ${gate} ]; do sleep 0.01; done`,
    `echo ended >> ${log}`,
    "printf '%032d' 7",
  )
  const means = opensslGost(slow, 10_000, limits)(256)
  const lines = () => readFileSync(log, 'utf8').trim().split('\n').filter(Boolean)
  const answers = Array.from({ length: count }, () =>
    means.digest(new Uint8Array()).catch((error: unknown) => error),
  )
  return { answers, lines, open: () => writeFileSync(gate, '') }
}
const RIGHT = Buffer.from('7'.padStart(32, '0')).toString('hex')

describe('the program that knows Russian algorithms', () => {
  it('is stopped when it does not answer, or does not stop answering', async () => {
    expect(await digest(program('silent', 'exec sleep 60'), 50)).toBeNull()
    expect(await digest(program('talker', 'exec yes'))).toBeNull()
  })

  it('is believed by its exit code and the length of its answer', async () => {
    expect(await digest(program('failing', "printf '%032d' 7", 'exit 1'))).toBeNull()
    expect(await digest(program('short-answer', "printf '%031d' 7"))).toBeNull()
    const answer = Buffer.from('7'.padStart(32, '0')).toString('hex')
    const right = program('right', "printf '%032d' 7")
    expect(await digest(right)).toBe(answer)
    // It answers, and still knows nothing: its digest of nothing is another one.
    expect(await gostVersion(right)).toBeNull()
    expect(gostVerdict(null, right)).toMatchObject({
      state: 'mind',
      advice: expect.stringContaining('libengine-gost-openssl') as string,
    })
  })

  it('is told nothing of our secrets, in a folder that is ours alone', async () => {
    const seen = join(root.path, 'seen')
    vi.stubEnv('DATABASE_URL', 'postgres://letopis:secret@127.0.0.1/letopis')
    await digest(program('spy', `{ env; stat -c 'mode=%a' . content; cat content; echo; } > ${seen}`))
    const said = readFileSync(seen, 'utf8')
    expect(said).toContain('PATH=')
    expect(said).not.toContain('secret')
    expect(said.match(/^mode=.*$/gm)).toEqual(['mode=700', 'mode=600'])
    // What is signed is a file, and no part of a command.
    expect(said).toMatch(/^; touch broken$/m)
  })

  it('runs no more than twice at once, and serves whoever waits', async () => {
    const { answers, lines, open } = await asked('two', 6)
    await vi.waitFor(() => expect(lines()).toEqual(['begun', 'begun']))
    open()
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 6 }, () => RIGHT))
    const running = lines().reduce<number[]>(
      (counts, line) => [...counts, (counts.at(-1) ?? 0) + (line === 'begun' ? 1 : -1)],
      [],
    )
    expect(Math.max(...running)).toBe(2)
    expect(lines()).toHaveLength(12)
  })

  it('refuses at once where too many wait, and whoever waited too long, and goes on afterwards', async () => {
    const { answers, lines, open } = await asked('crowded', 4, { atOnce: 1, waiting: 2, patience: 50 })
    const [, second, third, fourth] = answers
    for (const refused of [fourth, second, third]) expect(await refused).toBeInstanceOf(NoTurn)
    await vi.waitFor(() => expect(lines()).toEqual(['begun']))
    open()
    expect(await answers[0]).toBe(RIGHT)
    expect(lines()).toEqual(['begun', 'ended'])
  })

  it('gives its turn back when it fails', async () => {
    const means = opensslGost(program('failing-often', 'exit 1'), 10_000, {
      atOnce: 1,
      waiting: 1,
      patience: 10_000,
    })(256)
    for (const _ of [1, 2, 3]) expect(await means.digest(new Uint8Array())).toBeNull()
    vi.stubEnv('TMPDIR', join(root.path, 'nowhere'))
    await expect(means.digest(new Uint8Array())).rejects.toThrow('ENOENT')
    vi.stubEnv('TMPDIR', scratch)
    expect(await means.digest(new Uint8Array())).toBeNull()
  })
})
