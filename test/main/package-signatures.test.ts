import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBag } from '#integrity/archive/open-bag.ts'
import { verifyPackageFile } from '#main/verifying-packages.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { GOST_ENGINE, gostAbsence, OwnAuthorities } from '#support/own-authorities.ts'
import { type Archive, closedQuarter, OF_PAGE, openArchive } from '#support/packages.ts'

const root = temporaryFolder()
const trusted = join(root.path, 'trusted')
const own = new OwnAuthorities(root.path)
const MANIFEST = 'tagmanifest-sha512.txt'
let archive: Archive
let made: { readonly package: string; readonly file: string }
let files: Map<string, Buffer>
let trust: string
let count = 0

beforeAll(async () => {
  const place = join(root.path, 'archive')
  mkdirSync(place)
  archive = await openArchive(testEngine('pglite'), place, closedQuarter)
  made = await archive.make(OF_PAGE)
  const bag = openBag(made.file)
  files = new Map([...bag.files.keys()].map((path) => [path, bag.read(path, 1e9)]))
  bag.close()
  trust = join(root.path, 'trust.json')
  writeFileSync(trust, archive.trust)
  mkdirSync(trusted)
  own.authority('school-ca')
  own.authority('other-ca')
  copyFileSync(own.at('school-ca.pem'), join(trusted, 'school-ca.pem'))
  own.certificate('head')
  own.certificate('ecdsa', { kind: 'ecdsa' })
  own.certificate('stranger', { ca: 'other-ca' })
  own.certificate('expired', { until: '20240101000000Z' })
}, 60_000)
afterAll(async () => {
  await archive.close()
  root.remove()
})

/** What openssl makes of the manifest of tags, as an archivist or a head signs it. */
const signature = (name: string, text = files.get(MANIFEST)!.toString(), options: string[] = []): Buffer =>
  Buffer.from(own.signed(text, name, options), 'base64')

/** The package as a folder, with these files in `signatures/` or others changed. */
function laidOut(more: ReadonlyArray<readonly [string, Buffer]>): string {
  const folder = join(root.path, String(++count), made.package)
  for (const [name, bytes] of new Map([...files, ...more])) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  return folder
}
const within = (der: Buffer, name = 'head.p7s'): string => laidOut([[`signatures/${name}`, der]])
const verified = (path: string, asked: object = {}) =>
  verifyPackageFile(path, { trust, authorities: trusted, ...asked })

describe('signatures of people under a package', () => {
  it('R-3.1, R-2.15 (signed by certificate): in the package and beside it they are checked, and say who signed', async () => {
    const beside = join(root.path, 'beside.p7s')
    writeFileSync(beside, signature('ecdsa'))
    const both = await verified(within(signature('head')), { signature: [beside] })
    expect(both).toMatchObject({
      exit: 0,
      json: {
        signatures: [
          { file: 'signatures/head.p7s', result: 'verified', certificate: own.fingerprint('head') },
          { file: 'beside.p7s', result: 'verified', certificate: own.fingerprint('ecdsa') },
        ],
      },
    })
    expect(both.lines.join()).toContain('Ковалевская Софья Васильевна')
    // The zip stays as it was issued; what was signed later lies beside it.
    expect(await verified(made.file, { signature: [beside] })).toMatchObject({ exit: 0 })
    expect((await verified(made.file)).json).toMatchObject({ signatures: [] })
  })

  it('R-2.15 (another text): a signature of another manifest, or with a bit turned, is tampering', async () => {
    const other = signature('head', `${files.get(MANIFEST)!.toString()}\n`)
    const altered = await verified(within(other))
    expect(altered).toMatchObject({ exit: 1 })
    expect(altered.lines.join()).toContain('signatures/head.p7s')
    const turned = Buffer.from(signature('head'))
    turned[turned.length - 5]! ^= 1
    expect(await verified(within(turned))).toMatchObject({ exit: 1 })
  })

  it('a good signature helps no package whose form was replaced', async () => {
    const forged = laidOut([
      ['signatures/head.p7s', signature('head')],
      ['data/journal.html', Buffer.from('<html>5</html>')],
    ])
    expect(await verified(forged)).toMatchObject({ exit: 1, json: { file: 'data/journal.html' } })
  })

  it('of a stranger, by an expired certificate, and without authorities: a warning, and no success under --strict', async () => {
    const cases = [
      ['stranger', {}, 'certificate-untrusted'],
      ['expired', {}, 'certificate-expired'],
      ['head', { authorities: undefined }, 'certificate-untrusted'],
    ] as const
    for (const [name, asked, result] of cases) {
      const folder = within(signature(name))
      expect(await verified(folder, asked)).toMatchObject({
        exit: 0,
        json: { signatures: [{ result, signer: null }] },
      })
      const pinned = [join(folder, 'data/log/checkpoint')]
      expect((await verified(folder, { ...asked, pinned, strict: true })).exit).toBe(4)
    }
    const pinned = [join(root.path, 'pinned')]
    writeFileSync(pinned[0]!, files.get('data/log/checkpoint')!)
    expect((await verified(within(signature('head')), { pinned, strict: true })).exit).toBe(0)
  })

  it('what is no signature cannot be read, and a time stamp is said to be unchecked', async () => {
    expect(await verified(within(Buffer.from('no DER')))).toMatchObject({ exit: 2 })
    expect(await verified(within(Buffer.alloc(70_000)))).toMatchObject({ exit: 2 })
    const nowhere = { authorities: join(root.path, 'nowhere') }
    expect(await verified(made.file, nowhere)).toMatchObject({ exit: 2 })
    expect(await verified(made.file, { signature: [join(root.path, 'none.p7s')] })).toMatchObject({ exit: 2 })
    const attached = signature('head', undefined, ['-nodetach'])
    expect(await verified(within(attached))).toMatchObject({ exit: 2 })
    const stamped = await verified(within(Buffer.from('x'), 'manifest.tsr'))
    expect(stamped).toMatchObject({ exit: 0, json: { signatures: [] } })
    expect(stamped.lines.join()).toContain('signatures/manifest.tsr: здесь не проверяется')
  })

  it.skipIf(gostAbsence !== null)('of Russian algorithms are checked where openssl knows them', async () => {
    own.authority('gost-ca', 'gost256')
    copyFileSync(own.at('gost-ca.pem'), join(trusted, 'gost-ca.pem'))
    own.certificate('gost', { ca: 'gost-ca', kind: 'gost256' })
    const der = signature('gost', undefined, [...GOST_ENGINE])
    expect(await verified(within(der))).toMatchObject({
      exit: 0,
      json: { signatures: [{ result: 'verified' }] },
    })
  })
})
