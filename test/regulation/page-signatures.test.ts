import { createHash, createPrivateKey } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { signPage } from '#commands/journal-page/sign-page.ts'
import { correctFinal } from '#commands/journal-page/correct-final.ts'
import { closePage } from '#commands/journal-page/close-page.ts'
import { reopenPage } from '#commands/journal-page/reopen-page.ts'
import { recordFinals } from '#commands/journal-page/record-finals.ts'
import { adoptPolicy } from '#commands/policy/adopt-policy.ts'
import { query } from '#events/store/sql.ts'
import type { GostMeans } from '#integrity/cms/means.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { opensslGost } from '#main/openssl-gost.ts'
import { signing } from '#main/signature-check.ts'
import { NoTurn } from '#main/turns.ts'
import { STARTING_POLICY } from '#values/policy.ts'
import { type Api, beforehand, openApi, PASSWORD } from '#support/api.ts'
import { SchoolAtWork } from '#support/at-work.ts'
import { ANNA, BORIS, LAST_AFTERNOON, MATHEMATICIAN, PAGE, Q2, VERA } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { GOST_ENGINE, gostAbsence, OwnAuthorities } from '#support/own-authorities.ts'
import { SCHOOL } from '#support/spec.ts'

const folder = mkdtempSync(join(tmpdir(), 'letopis-signatures-'))
const trusted = join(folder, 'trusted')
const own = new OwnAuthorities(folder)
const signed = (...asked: Parameters<OwnAuthorities['signed']>): string => own.signed(...asked)

const engine = testEngine('pglite')
/** The program that knows Russian algorithms, where one does. */
let program = 'openssl'
let gost: GostMeans = (digest) => opensslGost(program)(digest)
let api: Api
let school: SchoolAtWork
beforeAll(async () => {
  mkdirSync(trusted)
  own.authority('school-ca')
  own.authority('other-ca')
  copyFileSync(own.at('school-ca.pem'), join(trusted, 'school-ca.pem'))
  own.certificate('rsa')
  own.certificate('ecdsa', { kind: 'ecdsa' })
  own.certificate('expired', { until: '20210101000000Z' })
  own.certificate('elsewhere', { ca: 'other-ca' })
  own.certificate('colleague', {
    subject: '/SN=Лобачевский/GN=Николай Иванович/CN=Лобачевский Николай Иванович',
  })
  const history = beforehand.filter(
    ({ event }) => !(event.type === 'StaffHired' && event.data.staff === MATHEMATICIAN),
  )
  let names: Api['installation']['persons'] | undefined
  api = await openApi(engine, {
    people: ['mathematician', 'deputy', 'head', 'archivist', 'mother', 'stranger'],
    history,
    through: (execution) =>
      signing(execution, trusted, { names: (...asked) => names!.names(...asked) }, (digest) => gost(digest)),
  })
  names = api.installation.persons
  school = new SchoolAtWork(SCHOOL, api).at('2026-11-09T03:50:00.000Z')
  await school.done('deputy', hireStaff, {
    staff: MATHEMATICIAN,
    name: { family: 'Ковалевская', given: 'Софья', patronymic: 'Васильевна' },
    from: '2026-09-01',
  })
  school.at(LAST_AFTERNOON)
  const finals = [ANNA, BORIS, VERA].map((pupil) => ({ pupil, value: 4 }))
  await school.done('mathematician', recordFinals, { page: PAGE, finals })
  await school.done('mathematician', closePage, { page: PAGE })
}, 120_000)
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Shown {
  readonly closed: boolean
  readonly required: boolean
  readonly final: boolean
  readonly content: Record<string, unknown>
  readonly digest: string
  readonly statement: string
  readonly signatures: ReadonlyArray<Record<string, unknown>>
}
const shown = (login: 'mathematician' | 'head' | 'archivist' = 'mathematician') =>
  school.seen<Shown>(login, `pages/${PAGE}/signatures`)
const shownAgain = () => school.seen<Shown>('mathematician', `pages/${PAGE}/signatures?again=true`)
const reasonOf = async (cms: string, digest?: string) => {
  const { digest: own } = await shown()
  const input = { page: PAGE, digest: digest ?? own, cms }
  const answer = await school.give('mathematician', signPage, input)
  return [answer.status, answer.body.reason]
}

/** A signature that is well formed, and whose digest says that it is of a Russian algorithm. */
function ofUnknown(statement: string): string {
  const sha256 = Buffer.from('608648016503040201', 'hex')
  const russian = Buffer.from('2a8503070101020201', 'hex')
  const der = Buffer.from(signed(statement, 'rsa', ['-noattr']), 'base64')
  for (let place = der.indexOf(sha256); place >= 0; place = der.indexOf(sha256)) russian.copy(der, place)
  return der.toString('base64')
}
/** What a program says that has too much to do. */
const busy = () => Promise.reject(new NoTurn('too many wait'))
const why = gostAbsence === null ? '' : `: ${gostAbsence}`

describe('signatures of a closed page', () => {
  it('R-7V.2 (digest): whoever has the content recomputes digest and statement', async () => {
    const { content, digest, statement, closed, final } = await shown('archivist')
    expect({ closed, final }).toEqual({ closed: true, final: true })
    expect(createHash('sha256').update(canonicalJson(content)).digest('hex')).toBe(digest)
    expect(statement).toBe(`{"page":"${PAGE}","school":"${SCHOOL}","sha256":"${digest}"}`)
    expect(content).toMatchObject({ period: Q2, finals: [{ value: 4 }, { value: 4 }, { value: 4 }] })
    expect((await school.ask('mother', `pages/${PAGE}/signatures`)).status).toBe(403)
  })

  it('R-7V.2 (simple signature): the password is asked for again, and kept nowhere', async () => {
    const { digest } = await shown()
    const wrong = await school.give('mathematician', signPage, { page: PAGE, digest, password: 'guess' })
    expect(wrong).toMatchObject({ status: 403, body: { reason: 'password-wrong' } })
    await school.done('mathematician', signPage, { page: PAGE, digest, password: PASSWORD })
    expect((await shown('head')).signatures).toMatchObject([
      { method: 'password', checked: 'verified', current: true, author_name: 'Ковалевская Софья Васильевна' },
    ])
    for (const { canonical } of await school.log()) expect(canonical).not.toContain(PASSWORD)
  })

  it('R-7V.2 (certificate): RSA and ECDSA signatures are verified, kept without the certificate, and verified again by openssl', async () => {
    const { statement, digest } = await shown()
    for (const [name, options] of [
      ['rsa', []],
      ['rsa', ['-md', 'sha512']],
      ['ecdsa', []],
    ] as const) {
      const cms = signed(statement, name, options)
      await school.done('mathematician', signPage, { page: PAGE, digest, cms })
      const kept = (await shown()).signatures.at(-1)!
      expect(kept).toMatchObject({
        method: 'certificate',
        checked: 'verified',
        current: true,
        certificate: own.fingerprint(name),
      })
      expect(own.readAgain(kept.cms as string, statement, name, 'school-ca')).toBe(statement)
      expect(Buffer.from(kept.cms as string, 'base64').includes('Ковалевская')).toBe(false)
    }
  }, 60_000)

  it('R-7V.2 (outcomes): expired, other person, altered, wrong key, other authority, and what is no signature', async () => {
    const { statement } = await shown()
    expect(await reasonOf(signed(statement, 'expired'))).toEqual([422, 'certificate-expired'])
    expect(await reasonOf(signed(statement, 'colleague'))).toEqual([422, 'signer-other-person'])
    expect(await reasonOf(signed(statement, 'elsewhere'))).toEqual([422, 'certificate-untrusted'])
    const altered = statement.replace(/"[0-9a-f]{64}"/, `"${'0'.repeat(64)}"`)
    expect(await reasonOf(signed(altered, 'rsa'))).toEqual([422, 'signature-altered'])
    // The last byte belongs to the signature itself.
    const broken = Buffer.from(signed(statement, 'rsa'), 'base64')
    broken[broken.length - 1]! ^= 1
    expect(await reasonOf(broken.toString('base64'))).toEqual([422, 'signature-invalid'])
    expect(await reasonOf(signed(statement, 'rsa', ['-nodetach']))).toEqual([422, 'signature-malformed'])
    expect(await reasonOf(signed(statement, 'rsa', ['-nocerts']))).toEqual([422, 'signature-malformed'])
    // Whoever has a certificate of the authority is none himself.
    own.certificate('forged', { ca: 'colleague' })
    expect(await reasonOf(signed(statement, 'forged', ['-certfile', 'colleague.pem']))).toEqual([
      422,
      'certificate-untrusted',
    ])
    expect(await reasonOf('MIIB')).toEqual([422, 'signature-malformed'])
    // A good signature of another state of the page.
    expect(await reasonOf(signed(altered, 'rsa'), '0'.repeat(64))).toEqual([409, 'digest-differs'])
  }, 60_000)

  it('R-4.1: a private key is no signature, and one that came behind a good signature is kept nowhere', async () => {
    const { statement, digest, signatures } = await shown()
    const pem = readFileSync(own.at('rsa.key'), 'utf8')
    const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' })
    for (const sent of [der, Buffer.from(pem)])
      expect(await reasonOf(sent.toString('base64'))).toEqual([422, 'signature-malformed'])
    expect((await shown()).signatures).toEqual(signatures)

    const good = Buffer.from(signed(statement, 'rsa'), 'base64')
    const cms = Buffer.concat([good, der]).toString('base64')
    await school.done('mathematician', signPage, { page: PAGE, digest, cms })
    const kept = Buffer.from((await shown()).signatures.at(-1)!.cms as string, 'base64')
    // The beginning of a key says only that it is one: what is secret stands behind.
    const secret = der.subarray(60, 120)
    expect(kept.includes(secret)).toBe(false)
    const asSent = cms.slice(cms.length - 400, cms.length - 300)
    for (const table of ['log.event', 'access.request', 'access.read']) {
      const text = `select string_agg(to_jsonb(t)::text, ' ') as all from ${table} t`
      const [held] = await query<{ all: string | null }>(api.installation.database.kysely, text)
      expect(held!.all ?? '', table).not.toContain(asSent)
    }
  }, 60_000)

  it('R-7V.2 (revocation): a signature says whether a list was there, and a revoked certificate signs nothing', async () => {
    const { statement, digest } = await shown()
    const last = async () => (await shown()).signatures.at(-1)
    const cms = signed(statement, 'rsa')
    await school.done('mathematician', signPage, { page: PAGE, digest, cms })
    expect(await last()).toMatchObject({ checked: 'verified', revocation: 'not-checked', content: 2 })
    own.list('school-list', { ecdsa: '20261201000000Z' })
    copyFileSync(own.at('school-list.crl'), join(trusted, 'school-list.crl'))
    try {
      await school.done('mathematician', signPage, { page: PAGE, digest, cms })
      expect(await last()).toMatchObject({ checked: 'verified', revocation: 'not-revoked' })
      expect(await reasonOf(signed(statement, 'ecdsa'))).toEqual([422, 'certificate-revoked'])
    } finally {
      rmSync(join(trusted, 'school-list.crl'))
    }
  })

  it.skipIf(gostAbsence !== null)(
    `R-7V.2 (Russian algorithms): a GOST signature is verified like any other, and verified again by openssl${why}`,
    async () => {
      own.authority('gost-ca', 'gost256')
      const { statement, digest } = await shown()
      own.certificate('gost', { kind: 'gost256', ca: 'gost-ca' })
      const cms = own.signed(statement, 'gost', GOST_ENGINE)
      expect(await reasonOf(cms)).toEqual([422, 'certificate-untrusted'])
      copyFileSync(own.at('gost-ca.pem'), join(trusted, 'gost-ca.pem'))
      await school.done('mathematician', signPage, { page: PAGE, digest, cms })
      const kept = (await shown()).signatures.at(-1)!
      expect(kept).toMatchObject({
        method: 'certificate',
        checked: 'verified',
        current: true,
        certificate: own.fingerprint('gost'),
      })
      expect(own.readAgain(kept.cms as string, statement, 'gost', 'gost-ca', GOST_ENGINE)).toBe(statement)
      expect(Buffer.from(kept.cms as string, 'base64').includes('Ковалевская')).toBe(false)
      const subject = '/SN=Лобачевский/GN=Николай Иванович/CN=Лобачевский Николай Иванович'
      own.certificate('gost-colleague', { kind: 'gost256', ca: 'gost-ca', subject })
      const foreign = own.signed(statement, 'gost-colleague', GOST_ENGINE)
      expect(await reasonOf(foreign)).toEqual([422, 'signer-other-person'])
      // Authorities of the one kind do not stand in the way of signatures of the other.
      await school.done('mathematician', signPage, { page: PAGE, digest, cms: signed(statement, 'rsa') })
      expect((await shown()).signatures.at(-1)).toMatchObject({ checked: 'verified' })
    },
    60_000,
  )

  it('R-7V.2 (other algorithms): a signature of the Russian arc is recorded as not checked where nothing knows it, and does not make a closing final', async () => {
    const { statement, digest } = await shown()
    program = '/nonexistent/openssl'
    // Any machine may run this.
    const cms = ofUnknown(statement)
    await school.done('mathematician', signPage, { page: PAGE, digest, cms })
    expect((await shown()).signatures.at(-1)).toMatchObject({ checked: 'not-checked', current: true })
    // It is kept so that it can be checked where something knows it; here nothing does, and whatever it is, it is not good.
    expect((await shownAgain()).signatures.at(-1)).toMatchObject({
      given: true,
      again: { result: 'not-checked', revocation: 'not-checked' },
    })
  })

  it.skipIf(gostAbsence !== null)(
    `R-7V.2 (checked later): a signature that nothing could check is checked when it is asked for and something can, as of its signing, and nothing is written${why}`,
    async () => {
      program = '/nonexistent/openssl'
      const { statement, digest } = await shown()
      const cms = own.signed(statement, 'gost', GOST_ENGINE)
      await school.done('mathematician', signPage, { page: PAGE, digest, cms })
      const { at } = (await shown()).signatures.at(-1)!
      // A certificate names a person: the log has it sealed.
      expect((await school.log()).at(-1)).toMatchObject({
        type: 'PageSigned',
        data: { given: { $pd: { v: 1 } } },
      })
      const before = await school.log()

      program = 'openssl'
      const later = '2027-08-30T06:00:00.000Z'
      school.at(later)
      const last = async () => (await shownAgain()).signatures.at(-1)
      const recorded = { at, checked: 'not-checked', given: true }
      expect((await shown()).signatures.at(-1)).toMatchObject({ ...recorded, again: null })
      const good = { at: later, result: 'verified', revocation: 'not-checked' }
      expect(await last()).toMatchObject({ ...recorded, again: good })
      // What was checked when it was made has nothing to be checked again.
      const { signatures } = await shownAgain()
      const simple = signatures.filter(({ checked }) => checked === 'verified')
      expect(simple.length).toBeGreaterThan(0)
      for (const one of simple) expect(one).toMatchObject({ given: false, again: null })

      rmSync(join(trusted, 'gost-ca.pem'))
      expect(await last()).toMatchObject({
        ...recorded,
        again: { at: later, result: 'certificate-untrusted', revocation: null },
      })
      copyFileSync(own.at('gost-ca.pem'), join(trusted, 'gost-ca.pem'))
      expect(await school.log()).toEqual(before)
      school.at(LAST_AFTERNOON)
    },
    60_000,
  )

  it.skipIf(gostAbsence !== null)(
    `R-7V.2 (overloaded): whoever signs while too many signatures are verified is told so, and nothing is recorded${why}`,
    async () => {
      const { statement, digest } = await shown()
      const usual = gost
      gost = () => ({ digest: busy, isSigned: busy, isTrusted: busy, isListSigned: busy })
      const cms = own.signed(statement, 'gost', GOST_ENGINE)
      try {
        const before = await school.log()
        expect(await reasonOf(cms, digest)).toEqual([503, 'signature-check-busy'])
        expect((await school.ask('mathematician', `pages/${PAGE}/signatures?again=true`)).status).toBe(503)
        expect(await school.log()).toEqual(before)
        // Signatures by other algorithms need no program, and whoever only looks at them waits for nobody.
        await school.done('mathematician', signPage, { page: PAGE, digest, cms: signed(statement, 'ecdsa') })
        expect((await shown()).signatures.at(-1)).toMatchObject({ checked: 'verified' })
      } finally {
        gost = usual
      }
    },
  )

  it('R-7V.2 (required, and a changed page): a signature is of the state that was signed, and the closing is final with one of the present state', async () => {
    const policy = { ...STARTING_POLICY, signatureRequired: true }
    await school.done('deputy', adoptPolicy, { effectiveFrom: '2026-12-01', policy })
    expect(await shown()).toMatchObject({ required: true, final: true })
    await school.done('head', reopenPage, {
      page: PAGE,
      until: '2026-12-29T10:00:00.000Z',
      reason: 'appeal',
      order: { number: '47', date: '2026-12-29' },
    })
    expect(await shown()).toMatchObject({ closed: false, final: false })
    const correction = { page: PAGE, pupil: ANNA, value: 5, expectedVersion: 1, reason: 'appeal' }
    await school.done('mathematician', correctFinal, correction)
    school.at('2026-12-29T10:00:00.000Z')
    const changed = await shown()
    expect(changed).toMatchObject({ closed: true, required: true, final: false })
    expect(changed.signatures.length).toBeGreaterThan(0)
    expect(changed.signatures.filter(({ current }) => current)).toEqual([])
    await school.done('mathematician', signPage, { page: PAGE, digest: changed.digest, password: PASSWORD })
    expect(await shown()).toMatchObject({ final: true })
  })

  it('R-7V.2, R-D8 (erased): with the name of whoever signed his certificate is gone, and the signature stays without being checked again', async () => {
    const { signatures } = await shownAgain()
    const kept = signatures.findIndex(({ again }) => again !== null)
    expect(kept).toBeGreaterThanOrEqual(0)
    await query(api.installation.database.kysely, "delete from privacy.dek where purpose = 'identity'")
    expect((await shownAgain()).signatures[kept]).toMatchObject({ checked: 'not-checked', again: null })
  })
})
