import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reopenPage } from '#commands/journal-page/reopen-page.ts'
import { closePage } from '#commands/journal-page/close-page.ts'
import { streamName } from '#events/stream-name.ts'
import { openBag } from '#integrity/archive/open-bag.ts'
import { forcesCheckpoint } from '#integrity/forcing-events.ts'
import { formatVerifierKey } from '#integrity/tlog/signed-note.ts'
import { ArchiveDesk } from '#main/archive/archive-desk.ts'
import type { MakingPackages } from '#main/archive/make-package.ts'
import { PackageFolder } from '#main/archive/package-folder.ts'
import { archiveMaking } from '#main/archive/service-archive.ts'
import { verifyPackageFile } from '#main/verifying-packages.ts'
import type { Uuid } from '#values/uuid.ts'
import { accountOf, type Api, beforehand, openApi } from '#support/api.ts'
import { ANNA, BORIS, date, PAGE, pageOpened, past, school } from '#support/class-7a.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { closedQuarter, closedYear, ENGLISH_YEAR, englishYear, WHOLE_YEAR_PAGE } from '#support/packages.ts'
import { expectWhole, LOG_KEY, sealing, ToldLog } from '#support/sealing.ts'
import { SCHOOL } from '#support/spec.ts'

interface Entry {
  readonly package: Uuid
  readonly state: string
  readonly sha512: string
  readonly scope: { readonly kind: string }
  readonly replaces: Uuid | null
  readonly supersededBy: Uuid | null
  readonly voidSince: ReadonlyArray<{ readonly incident: Uuid; readonly operations: number }>
  readonly changedSince: boolean
}

/** The year of Anna and Boris is set in May, after the finals of the quarter. */
const yearInMay = closedYear.map((one) =>
  one.event.type === 'FinalMarkRecorded'
    ? past('journalPage', WHOLE_YEAR_PAGE, one.event, '2027-05-20T04:00:00.000Z')
    : one,
)

describe('packages and a breach that comes after them', () => {
  const root = temporaryFolder()
  let api: Api
  let desk: ArchiveDesk
  let folder: PackageFolder
  let stop: AbortController
  let running: Promise<void>
  /** What happens while a package is being made, between its reading and its sealing. */
  let meanwhile: (() => Promise<unknown>) | null = null
  let incident: Uuid
  const trust = join(root.path, 'trust.json')

  beforeAll(async () => {
    const rest = beforehand.filter((one) => one !== pageOpened && !school.includes(one))
    api = await openApi(testEngine('pglite'), {
      people: ['head', 'deputy', 'archivist', 'auditor', 'mathematician', 'administrator'],
      history: [...closedQuarter, ...yearInMay, ...englishYear, ...rest],
      packages: (installation, clock) => {
        folder = new PackageFolder(join(root.path, 'archive'))
        const own = archiveMaking(installation, folder, () => [LOG_KEY])
        const making: MakingPackages = {
          ...own,
          async namesOf(...of) {
            const happens = meanwhile
            meanwhile = null
            await happens?.()
            return own.namesOf(...of)
          },
        }
        const log = new ToldLog()
        desk = new ArchiveDesk({ database: installation.database.kysely, making, clock, log, verifyDays: 30 })
        return desk
      },
    })
    const { execution, database } = api.installation
    mkdirSync(join(root.path, 'seal'))
    const { sealer } = sealing(database, execution.store, join(root.path, 'seal'), {
      forces: forcesCheckpoint,
      clock: execution.clock,
    })
    stop = new AbortController()
    running = sealer.run(stop.signal)
    writeFileSync(trust, JSON.stringify({ keys: [formatVerifierKey(LOG_KEY)] }))
    api.at('2027-06-01T03:00:00.000Z')
  })
  afterAll(async () => {
    stop.abort()
    await running
    await expectWhole(api.installation.database, api.installation.execution.store)
    await api.close()
    root.remove()
  })

  const work = async (): Promise<void> => {
    while (await desk.work());
    await api.shown()
  }
  const register = async (): Promise<Entry[]> =>
    (await (await api.as('archivist')).get<{ packages: Entry[] }>('packages')).body.packages
  const newest = async (kind: string): Promise<Entry> =>
    (await register()).find(({ scope }) => scope.kind === kind)!
  let minute = 10
  /** One after another: the register has the newest first. */
  const later = (): void => api.at(`2027-06-01T03:${++minute}:00.000Z`)
  const packed = async (): Promise<Entry> => {
    later()
    await (await api.as('archivist')).post('packages', { scope: { kind: 'page', page: PAGE } })
    await work()
    return newest('page')
  }
  const done = async (
    login: 'head' | 'deputy' | 'administrator',
    path: string,
    command: string,
    body: object,
  ) => {
    const said = await (await api.as(login)).post(`${path}/${command}`, body)
    expect(said.status, JSON.stringify(said.body)).toBe(201)
    await api.shown()
    return said.body as { events: Array<{ data: { incident: Uuid } }> }
  }
  const onPage = (login: 'head' | 'deputy', { name }: { readonly name: string }, body: object) =>
    done(login, `pages/${PAGE}`, name, body)
  const eventOf = async (type: string): Promise<Uuid> => {
    const events = await api.events(streamName(SCHOOL, 'journalPage', PAGE))
    return events.find((event) => event.type === type)!.id
  }
  const annulled = (operation: Uuid) =>
    done('head', `incidents/${incident}`, 'annul-suspect-operations', {
      operations: [operation],
      order: { number: '90', date: date('2027-06-01') },
      text: 'Отметку ставил не учитель',
    })
  const textIn = ({ sha512 }: Entry, path: string): string => {
    const bag = openBag(folder.pathOf(sha512))
    try {
      return bag.read(path, 1e8).toString()
    } finally {
      bag.close()
    }
  }

  it('R-4.4c (issued before): a package with operations that lose their effect later says so in the register', async () => {
    await packed()
    await done('deputy', `pages/${ENGLISH_YEAR}`, 'close-page', {})
    await desk.lookAtYears()
    await work()
    expect((await register()).map(({ scope, voidSince }) => [scope.kind, voidSince])).toEqual(
      expect.arrayContaining([
        ['page', []],
        ['class-year', []],
        ['summary', []],
      ]),
    )
    later()
    const account = accountOf('mathematician')
    const reported = await done('head', 'incidents', 'report-breach', {
      account,
      learnedAt: '2027-06-01T03:05:00.000Z',
      compromisedFrom: '2026-11-09T03:00:00.000Z',
    })
    incident = reported.events[0]!.data.incident
    const receivedAt = '2027-06-01T03:09:00.000Z'
    await done('head', `incidents/${incident}`, 'receive-breach-as-head', { receivedAt })
    await done('administrator', `incidents/${incident}`, 'receive-breach-as-support', { receivedAt })
    await done('head', `incidents/${incident}`, 'declare-compromise', {})
    // Suspect operations stand until somebody decides on them.
    expect((await newest('page')).voidSince).toEqual([])
    await annulled(await eventOf('MarkCorrected'))
    for (const kind of ['page', 'class-year']) {
      expect(await newest(kind)).toMatchObject({
        voidSince: [{ incident, operations: 1 }],
        supersededBy: null,
      })
    }
    // A summary sheet has no marks: nothing in it was lost.
    expect((await newest('summary')).voidSince).toEqual([])
    expect(await (await api.as('auditor')).get(`incidents/${incident}/documents`)).toMatchObject({
      status: 200,
      body: {
        packages: expect.arrayContaining([
          expect.objectContaining({ scope: { kind: 'page', page: PAGE }, supersededBy: null }),
          expect.objectContaining({ scope: expect.objectContaining({ kind: 'class-year' }) as unknown }),
        ]) as unknown,
        printouts: [],
      },
    })
  })

  it('R-4.4c (replaced): a new package has the mark before, and both say of which they are', async () => {
    const [old, oldYear, summary] = [
      await newest('page'),
      await newest('class-year'),
      await newest('summary'),
    ]
    expect(textIn(old, 'data/voided.csv')).not.toContain('annulled')
    const next = await packed()
    expect(next).toMatchObject({ replaces: old.package, voidSince: [], supersededBy: null })
    expect((await register()).find((one) => one.package === old.package)).toMatchObject({
      state: 'superseded',
      supersededBy: next.package,
      voidSince: [{ incident, operations: 1 }],
    })
    expect(textIn(next, 'data/voided.csv')).toContain(`annulled;${incident}`)
    expect(textIn(next, 'data/journal.json')).toContain('"value":4')
    for (const one of [old, next])
      expect((await verifyPackageFile(folder.pathOf(one.sha512), { trust })).exit).toBe(0)
    // The year of the class is packed anew by itself; its summary sheet is as it was.
    later()
    await desk.lookAtYears()
    await work()
    expect(await newest('class-year')).toMatchObject({ replaces: oldYear.package, voidSince: [] })
    expect((await newest('summary')).package).toBe(summary.package)
    const before = await register()
    await desk.lookAtYears()
    await work()
    expect(await register()).toEqual(before)
    const { body } = await (await api.as('auditor')).get<{
      packages: Array<{ package: Uuid; supersededBy: Uuid | null }>
    }>(`incidents/${incident}/documents`)
    expect(body.packages.find((one) => one.package === old.package)).toMatchObject({
      supersededBy: next.package,
    })
  })

  it('R-D5 (opened again, also while a package is made): the package proves what it read, the register says that more came', async () => {
    meanwhile = () =>
      onPage('head', reopenPage, {
        until: '2027-06-01T10:00:00.000Z',
        reason: 'appeal',
        order: { number: '91', date: date('2027-06-01') },
      })
    const made = await packed()
    expect((await verifyPackageFile(folder.pathOf(made.sha512), { trust })).exit).toBe(0)
    expect(textIn(made, 'data/log/events.ndjson')).not.toContain('PageReopened')
    expect(await newest('page')).toMatchObject({ package: made.package, changedSince: true })
    // While it is open nothing is packed; closed once more, the new package takes the place of the old one.
    await packed()
    expect(await newest('page')).toMatchObject({ package: made.package })
    await onPage('deputy', closePage, {})
    expect(await packed()).toMatchObject({ replaces: made.package, changedSince: false })
    expect((await register()).find((one) => one.package === made.package)).toMatchObject({
      state: 'superseded',
    })
  })

  it('R-4.4c (over what is void): a final of the year that rests on a final without effect is listed', async () => {
    await annulled(await eventOf('FinalMarkRecorded'))
    const { body } = await (await api.as('auditor')).get<{
      finals: Array<{ stream: string; pupil: Uuid; kind: string }>
    }>(`incidents/${incident}`)
    const ofYear = body.finals.filter(({ kind }) => kind === 'year')
    expect(ofYear).toMatchObject([
      { pupil: ANNA, stream: streamName(SCHOOL, 'journalPage', WHOLE_YEAR_PAGE) },
    ])
    expect(ofYear.map(({ pupil }) => pupil)).not.toContain(BORIS)
    // A summary sheet shows finals: now it is to be replaced, too.
    expect((await newest('summary')).voidSince).toEqual([{ incident, operations: 1 }])
  })

  it('R-4.4c (while it is made): what loses its effect between reading and sealing is left out', async () => {
    const mark = await eventOf('MarkRecorded')
    meanwhile = () => annulled(mark)
    const made = await packed()
    expect(made.voidSince).toEqual([])
    expect(textIn(made, 'data/log/void.json')).toContain(mark)
    expect((await verifyPackageFile(folder.pathOf(made.sha512), { trust })).exit).toBe(0)
  })
})
