import { hash } from 'node:crypto'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { signPackage } from '#commands/archive/sign-package.ts'
import { streamName } from '#events/stream-name.ts'
import { openBag } from '#integrity/archive/open-bag.ts'
import { forcesCheckpoint } from '#integrity/forcing-events.ts'
import { ArchiveDesk } from '#main/archive/archive-desk.ts'
import { PackageFolder } from '#main/archive/package-folder.ts'
import { archiveMaking } from '#main/archive/service-archive.ts'
import { opensslGost } from '#main/openssl-gost.ts'
import { signing } from '#main/signature-check.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Api, beforehand, openApi } from '#support/api.ts'
import { SchoolAtWork } from '#support/at-work.ts'
import { archivist, date, head, id, pageOpened, past, PAGE, school } from '#support/class-7a.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { OwnAuthorities } from '#support/own-authorities.ts'
import { closedQuarter } from '#support/packages.ts'
import { packageMade } from '#support/packages-past.ts'
import { expectWhole, LOG_KEY, sealing, ToldLog } from '#support/sealing.ts'
import { given, SCHOOL } from '#support/spec.ts'

const root = temporaryFolder()
const trusted = join(root.path, 'trusted')
const own = new OwnAuthorities(root.path)
afterAll(() => root.remove())

interface Entry {
  readonly package: Uuid
  readonly sha512: string
  readonly tagmanifestSha512: string
  readonly signatures: ReadonlyArray<Record<string, unknown>>
}

describe('the signatures of people under a package', () => {
  let api: Api
  let schoolAtWork: SchoolAtWork
  let made: Entry
  let manifest: string
  let stop: AbortController
  let running: Promise<void>

  beforeAll(async () => {
    mkdirSync(trusted)
    own.authority('school-ca')
    own.authority('other-ca')
    copyFileSync(own.at('school-ca.pem'), join(trusted, 'school-ca.pem'))
    own.certificate('head', { subject: '/SN=Лобачевский/GN=Николай/CN=Лобачевский Николай Иванович' })
    own.certificate('stranger', {
      ca: 'other-ca',
      subject: '/SN=Лобачевский/GN=Николай/CN=Лобачевский Николай',
    })
    own.certificate('other')
    const rest = beforehand.filter(
      (one) =>
        one !== pageOpened &&
        !school.includes(one) &&
        !(one.event.type === 'StaffHired' && one.event.data.staff === head.person),
    )
    let desk: ArchiveDesk | undefined
    let names: Api['installation']['persons'] | undefined
    const folder = new PackageFolder(join(root.path, 'archive'))
    api = await openApi(testEngine('pglite'), {
      people: ['head', 'deputy', 'archivist', 'auditor', 'mathematician'],
      history: [...closedQuarter, ...rest],
      through: (execution) =>
        signing(execution, trusted, { names: (...asked) => names!.names(...asked) }, opensslGost('openssl')),
      packages: (installation, clock) => {
        const making = archiveMaking(installation, folder, () => [LOG_KEY])
        const log = new ToldLog()
        desk = new ArchiveDesk({ database: installation.database.kysely, making, clock, log, verifyDays: 30 })
        return desk
      },
    })
    const { execution, database, persons } = api.installation
    names = persons
    mkdirSync(join(root.path, 'seal'))
    const { sealer } = sealing(database, execution.store, join(root.path, 'seal'), {
      forces: forcesCheckpoint,
      clock: execution.clock,
    })
    stop = new AbortController()
    running = sealer.run(stop.signal)
    schoolAtWork = new SchoolAtWork(SCHOOL, api).at('2027-06-01T03:00:00.000Z')
    await schoolAtWork.done('deputy', hireStaff, {
      staff: head.person,
      name: { family: 'Лобачевский', given: 'Николай', patronymic: 'Иванович' },
      from: '2026-09-01',
    })
    await (await api.as('archivist')).post('packages', { scope: { kind: 'page', page: PAGE } })
    while (await desk!.work());
    await api.shown()
    made = await inRegister()
    const bag = openBag(folder.pathOf(made.sha512))
    manifest = bag.read('tagmanifest-sha512.txt', 65_536).toString('utf8')
    bag.close()
  }, 120_000)
  afterAll(async () => {
    stop.abort()
    await running
    await expectWhole(api.installation.database, api.installation.execution.store)
    await api.close()
  })

  const inRegister = async (login: 'head' | 'archivist' | 'auditor' = 'archivist'): Promise<Entry> => {
    const { body } = await (await api.as(login)).get<{ packages: Entry[] }>('packages')
    return body.packages[0]!
  }
  const answerTo = async (cms: string, more: object = {}) => {
    const answer = await schoolAtWork.give('head', signPackage, {
      package: made.package,
      manifest,
      cms,
      ...more,
    })
    return [answer.status, answer.body.reason ?? null]
  }

  it('R-3.1, R-2.16 (signed by certificate): the register says who signed which manifest, and keeps a signature that openssl verifies', async () => {
    expect(made.signatures).toEqual([])
    expect(await answerTo(own.signed(manifest, 'head'))).toEqual([201, null])
    await api.shown()
    const { signatures } = await inRegister('auditor')
    expect(signatures).toMatchObject([
      {
        at: '2027-06-01T03:00:00.000Z',
        role: 'head',
        checked: 'verified',
        revocation: 'not-checked',
        certificate: own.fingerprint('head'),
      },
    ])
    expect(own.readAgain(signatures[0]!['cms'] as string, manifest, 'head', 'school-ca')).toBe(manifest)
    const events = await api.events(streamName(SCHOOL, 'archive', made.package))
    expect(events.at(-1)).toMatchObject({
      type: 'SnapshotSigned',
      data: { tagmanifestSha512: made.tagmanifestSha512 },
    })
    // A certificate names a person: neither it nor the name is in what is kept.
    const kept = Buffer.from(events.at(-1)!.data['cms'] as string, 'base64')
    expect(kept.includes(Buffer.from('Лобачевский'))).toBe(false)
    expect(Buffer.from(own.signed(manifest, 'head'), 'base64').includes(Buffer.from('Лобачевский'))).toBe(
      true,
    )
  })

  it('R-3.1 (what is no signature of this package): refused with the fault, and nothing is recorded', async () => {
    const before = (await inRegister()).signatures.length
    const other = `${manifest}\n`
    expect(await answerTo(own.signed(other, 'head'))).toEqual([422, 'signature-altered'])
    // A good signature of a manifest that is not the one of this package.
    expect(await answerTo(own.signed(other, 'head'), { manifest: other })).toEqual([409, 'manifest-differs'])
    expect(await answerTo(own.signed(manifest, 'stranger'))).toEqual([422, 'certificate-untrusted'])
    expect(await answerTo(own.signed(manifest, 'other'))).toEqual([422, 'signer-other-person'])
    expect(await answerTo('MIIB')).toEqual([422, 'signature-malformed'])
    await api.shown()
    expect((await inRegister()).signatures).toHaveLength(before)
  })
})

describe('sign-package', () => {
  const PACKAGE = id('package/1')
  const made = packageMade(PACKAGE)
  const manifest = 'a manifest\n'
  const now = '2027-06-21T05:00:00.000Z'
  const input = { package: PACKAGE, manifest, cms: 'MAA=' }

  it('is of a package that is there, by its own manifest, and by those who answer for it', () => {
    given(school, made).when(signPackage, input, { as: archivist, now }).refuses('manifest-differs')
    given(school, made[0]!).when(signPackage, input, { as: head, now }).refuses('package-unknown')
    const data = { act: '1', date: date('2033-02-01'), text: null }
    given(school, made, past('archive', PACKAGE, { type: 'SnapshotDestroyed', data }))
      .when(signPackage, input, { as: head, now })
      .refuses('package-destroyed')
  })

  it('records a signature once', () => {
    const issued = packageMade(PACKAGE, '2033-01-01', hash('sha512', manifest))
    const first = given(school, issued).when(signPackage, input, { as: head, now })
    const [event] = first.records('SnapshotSigned')
    given(school, issued, past('archive', PACKAGE, event as never))
      .when(signPackage, input, { as: head, now })
      .records()
  })
})
