import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyCms } from '#integrity/cms/verify-cms.ts'
import { Instant } from '#values/time.ts'
import { temporaryFolder } from '#support/databases.ts'
import { OwnAuthorities } from '#support/own-authorities.ts'

const root = temporaryFolder()
afterAll(() => root.remove())
const own = new OwnAuthorities(root.path)
const TEXT = '{"page":"…","school":"tomsk35","sha256":"00"}'
const NOW = '2026-12-28T10:00:00.000Z'
const noGost = () => {
  throw new Error('no Russian algorithm is asked for here')
}

let good = ''
let under = ''
beforeAll(() => {
  own.authority('school-ca')
  own.authority('other-ca')
  own.certificate('anna')
  own.certificate('colleague')
  own.intermediate('between-ca', 'school-ca')
  own.certificate('under', { ca: 'between-ca' })
  good = own.signed(TEXT, 'anna')
  under = own.signed(TEXT, 'under', ['-certfile', 'between-ca.pem'])
}, 60_000)

const list = (name: string): Buffer => readFileSync(own.at(`${name}.crl`))
const trust = (name: string) => new X509Certificate(readFileSync(own.at(`${name}.pem`))).raw

/** What is found of a signature with these lists at hand. */
async function found(lists: readonly Uint8Array[], { cms = good, at = NOW, trusted = ['school-ca'] } = {}) {
  const der = Buffer.from(cms, 'base64')
  const outcome = await verifyCms(der, TEXT, trusted.map(trust), Instant.parse(at), noGost, lists)
  return typeof outcome === 'string' ? outcome : [outcome.checked, outcome.revocation]
}
const NOT_REVOKED = ['verified', 'not-revoked']
const NOT_CHECKED = ['verified', 'not-checked']

describe('a certificate against the lists of its authority', () => {
  it('is refused from the second of its revocation on, and not before', async () => {
    own.list('naming', { anna: '20261215120000Z' }, { from: '20261110000000Z' })
    expect(await found([list('naming')], { at: '2026-12-15T11:59:59.999Z' })).toEqual(NOT_REVOKED)
    expect(await found([list('naming')], { at: '2026-12-15T12:00:00.000Z' })).toBe('certificate-revoked')
  })

  it('is not revoked where a list in force does not name it, in PEM or DER', async () => {
    own.list('of-others', { colleague: '20261001000000Z' })
    own.openssl('crl', '-in', 'of-others.crl', '-outform', 'DER', '-out', 'der.crl')
    expect(await found([list('of-others')])).toEqual(NOT_REVOKED)
    expect(await found([list('der')])).toEqual(NOT_REVOKED)
    own.list('of-nobody', {})
    expect(await found([list('of-nobody')])).toEqual(NOT_REVOKED)
  })

  it('is not checked without a list, with one that is over or not yet made, and with what is no list', async () => {
    own.list('short', {}, { until: '20261228100000Z' })
    expect(await found([])).toEqual(NOT_CHECKED)
    expect(await found([list('short')])).toEqual(NOT_REVOKED)
    expect(await found([list('short')], { at: '2026-12-28T10:00:01.000Z' })).toEqual(NOT_CHECKED)
    expect(await found([list('short')], { at: '2026-10-31T23:59:59.000Z' })).toEqual(NOT_CHECKED)
    expect(await found([Buffer.from('no list'), new Uint8Array()])).toEqual(NOT_CHECKED)
  })

  it('stays revoked by a list that is over, until a newer one names it no more', async () => {
    own.list('over', { anna: '20261001000000Z' }, { until: '20261201000000Z' })
    expect(await found([list('over')])).toBe('certificate-revoked')
    own.list('released', {}, { from: '20261205000000Z' })
    expect(await found([list('over'), list('released')])).toEqual(NOT_REVOKED)
    expect(await found([list('released'), list('over')])).toEqual(NOT_REVOKED)
  })

  it('heeds no list that its authority did not sign, and none that speaks of a part', async () => {
    own.authority('twin', 'rsa', '/CN=school-ca')
    own.list('forged', { anna: '20261001000000Z' }, { ca: 'twin' })
    own.list('foreign', { anna: '20261001000000Z' }, { ca: 'other-ca' })
    expect(await found([list('forged'), list('foreign')], { trusted: ['school-ca', 'other-ca'] })).toEqual(
      NOT_CHECKED,
    )
    own.list(
      'partial',
      {},
      {
        extension: 'issuingDistributionPoint=critical,@part\n[part]\nonlyuser=TRUE',
      },
    )
    expect(await found([list('partial')])).toEqual(NOT_CHECKED)
  })

  it('falls with the authority between it and the trusted one, and is checked when both are', async () => {
    own.list('by-between', {}, { ca: 'between-ca' })
    own.list('of-between', {})
    own.list('without-between', { 'between-ca': '20261201000000Z' })
    expect(await found([list('by-between')], { cms: under })).toEqual(NOT_CHECKED)
    expect(await found([list('by-between'), list('of-between')], { cms: under })).toEqual(NOT_REVOKED)
    expect(await found([list('by-between'), list('without-between')], { cms: under })).toBe(
      'certificate-revoked',
    )
  })
})
