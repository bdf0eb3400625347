import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acceptPackage } from '#commands/archive/accept-package.ts'
import { approveDestruction } from '#commands/archive/approve-destruction.ts'
import { destroyPackage } from '#commands/archive/destroy-package.ts'
import { registerPrintSet } from '#commands/archive/register-print-set.ts'
import { issueSnapshot } from '#commands/archive/issue-snapshot.ts'
import { noteVerification } from '#commands/archive/note-verification.ts'
import { sealSnapshot } from '#commands/archive/seal-snapshot.ts'
import { supersedeSnapshot } from '#commands/archive/supersede-snapshot.ts'
import type { z } from 'zod'
import type { archiveEvents } from '#events/archive.ts'
import { streamName } from '#events/stream-name.ts'
import { forcesCheckpoint } from '#integrity/forcing-events.ts'
import { formatVerifierKey } from '#integrity/tlog/signed-note.ts'
import { ArchiveDesk } from '#main/archive/archive-desk.ts'
import { archiveMaking } from '#main/archive/service-archive.ts'
import { PackageFolder } from '#main/archive/package-folder.ts'
import { verifyPackageFile } from '#main/verifying-packages.ts'
import { retainedUntil } from '#values/archive.ts'
import { LocalDate } from '#values/time.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Api, beforehand, commandId, expectProblem, openApi } from '#support/api.ts'
import { ANNA, CLASS_7A, id, MATHEMATICIAN, PAGE, pageOpened, YEAR } from '#support/class-7a.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { closedQuarter, closedYear, ENGLISH_YEAR, englishYear } from '#support/packages.ts'
import { packageMade } from '#support/packages-past.ts'
import { expectWhole, LOG_KEY, sealing, ToldLog } from '#support/sealing.ts'
import { given, SCHOOL } from '#support/spec.ts'
import { archivist, date, head, past, school } from '#support/class-7a.ts'

const root = temporaryFolder()
afterAll(() => root.remove())

interface Entry {
  readonly package: Uuid
  readonly state: string
  readonly sha512: string
  readonly bytes: number
  readonly retainUntil: string
  readonly scope: { readonly kind: string }
  readonly verified: string | null
  readonly verifiedAt: string | null
  readonly supersededBy: string | null
}
interface Job {
  readonly job: string
  readonly package: Uuid
  readonly state: string
  readonly problem: string | null
}

describe('the archive of a school', () => {
  let api: Api
  let desk: ArchiveDesk
  let folder: PackageFolder
  let stop: AbortController
  let running: Promise<void>
  const trust = join(root.path, 'trust.json')

  beforeAll(async () => {
    const below = join(root.path, 'archive')
    const rest = beforehand.filter((past) => past !== pageOpened && !school.includes(past))
    api = await openApi(testEngine('pglite'), {
      people: ['head', 'deputy', 'archivist', 'auditor', 'mathematician', 'mother', 'administrator'],
      history: [...closedQuarter, ...closedYear, ...englishYear, ...rest],
      packages: (installation, clock) => {
        folder = new PackageFolder(below)
        const making = archiveMaking(installation, folder, () => [LOG_KEY])
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
  })

  const work = async (): Promise<void> => {
    while (await desk.work());
    await api.shown()
  }
  const register = async (): Promise<Entry[]> =>
    (await (await api.as('archivist')).get<{ packages: Entry[] }>('packages')).body.packages
  const of = async (kind: string): Promise<Entry> =>
    (await register()).find(({ scope }) => scope.kind === kind)!
  const ofPage = { scope: { kind: 'page', page: PAGE } }

  it('R-D4: the archivist has a closed page packed, and what he downloads proves itself', async () => {
    const archivistAt = await api.as('archivist')
    const asked = await archivistAt.post<Job>('packages', ofPage, { 'idempotency-key': commandId('page') })
    expect(asked).toMatchObject({ status: 202, body: { state: 'running' } })
    expect(await archivistAt.get<Job>(asked.headers['location']!)).toMatchObject({
      body: { state: 'running' },
    })
    await work()
    expect(await archivistAt.get<Job>(asked.headers['location']!)).toMatchObject({
      body: { state: 'finished', problem: null },
    })
    const entry = await of('page')
    expect(entry).toMatchObject({ state: 'not-transferred', retainUntil: '2032-09-01' })
    expect(await verifyPackageFile(folder.pathOf(entry.sha512), { trust })).toMatchObject({
      exit: 0,
      json: { bag: entry.package },
    })
    // Asked once more it is the same work, and one package.
    await archivistAt.post('packages', ofPage, { 'idempotency-key': commandId('page') })
    await work()
    expect((await register()).filter(({ scope }) => scope.kind === 'page')).toHaveLength(1)
    const other = await archivistAt.post(
      'packages',
      { scope: { kind: 'summary', class: CLASS_7A, year: YEAR } },
      { 'idempotency-key': commandId('page') },
    )
    expectProblem(other, 'command-id-reused')
  })

  it('R-D4 (download): whole, or on from a byte; nobody but those who see the register', async () => {
    const { package: of7A, sha512, bytes } = await of('page')
    const { app } = api
    const authorization = `Bearer ${(await api.as('archivist')).token}`
    const get = (headers: Record<string, string> = {}) =>
      app.inject({
        url: `/v1/schools/${SCHOOL}/packages/${of7A}/file`,
        headers: { authorization, ...headers },
      })
    const whole = await get()
    expect(createHash('sha512').update(whole.rawPayload).digest('hex')).toBe(sha512)
    expect(whole.headers).toMatchObject({ 'content-length': String(bytes), 'accept-ranges': 'bytes' })
    const rest = await get({ range: 'bytes=1000-' })
    expect(rest.statusCode).toBe(206)
    expect(rest.headers['content-range']).toBe(`bytes 1000-${bytes - 1}/${bytes}`)
    expect(rest.rawPayload.equals(whole.rawPayload.subarray(1000))).toBe(true)
    expect((await get({ range: 'bytes=10-19' })).rawPayload.equals(whole.rawPayload.subarray(10, 20))).toBe(
      true,
    )
    expect((await get({ range: `bytes=${bytes}-` })).statusCode).toBe(416)
    for (const login of ['mathematician', 'mother', 'administrator'] as const) {
      expectProblem(await (await api.as(login)).get(`packages/${of7A}/file`), 'role-not-permitted')
      expectProblem(await (await api.as(login)).post('packages', ofPage), 'role-not-permitted')
    }
    expectProblem(await (await api.as('auditor')).get(`packages/${ANNA}/file`), 'package-unknown')
  })

  it('R-D4 (what is not over is not archived): pages that are open are named', async () => {
    const asked = await (await api.as('deputy')).post<Job>('packages', {
      scope: { kind: 'page', page: id('page/nobody') },
    })
    await work()
    const job = await (await api.as('deputy')).get<Job>(asked.headers['location']!)
    expect(job.body).toMatchObject({ state: 'failed', problem: 'nothing-to-package' })
  })

  it('R-2.16: with the last page of the year closed the class goes to the archive by itself, and waits for its acceptance', async () => {
    await api.shown()
    await desk.lookAtYears()
    await work()
    const [year, summary] = [await of('class-year'), await of('summary')]
    // The English journal has no page of the year yet: the class is not over.
    expect([year, summary]).toEqual([undefined, undefined])
    const closed = await (await api.as('deputy')).post(`pages/${ENGLISH_YEAR}/close-page`, {})
    expect(closed).toMatchObject({ status: 201 })
    await api.shown()
    await desk.lookAtYears()
    await work()
    for (const kind of ['class-year', 'summary']) {
      const entry = await of(kind)
      expect(entry, kind).toMatchObject({ state: 'not-transferred' })
      expect((await verifyPackageFile(folder.pathOf(entry.sha512), { trust })).exit).toBe(0)
    }
    // Looked at once more, there is nothing to do: the archive knows every page as it is.
    const before = await register()
    await desk.lookAtYears()
    await work()
    expect(await register()).toEqual(before)
    const { package: made } = await of('class-year')
    const events = await api.events(streamName(SCHOOL, 'archive', made))
    expect(events.map(({ type, meta }) => [type, meta['role']])).toEqual([
      ['SnapshotSealed', 'operator'],
      ['SnapshotIssued', 'operator'],
    ])
    const accepted = await (await api.as('archivist')).post(`packages/${made}/accept-package`, { act: '1-а' })
    expect(accepted.status).toBe(201)
    await api.shown()
    expect((await of('class-year')).state).toBe('accepted')
  })

  it('R-3.4a, R-3.4b (terms in the register): five years of the journal, 25 of the summary sheet', async () => {
    expect((await of('class-year')).retainUntil).toBe('2033-01-01')
    expect((await of('summary')).retainUntil).toBe('2053-01-01')
  })

  it('R-2.15 (by schedule): every package is checked again after a month, and what came of it is an event', async () => {
    api.at('2027-06-30T03:00:00.000Z')
    await desk.lookAtChecks()
    await work()
    expect((await register()).every(({ verified }) => verified === null)).toBe(true)
    api.at('2027-07-02T03:00:00.000Z')
    await desk.lookAtChecks()
    await work()
    for (const entry of await register()) {
      expect(entry).toMatchObject({ verified: 'verified', verifiedAt: '2027-07-02T03:00:00.000Z' })
      const events = await api.events(streamName(SCHOOL, 'archive', entry.package))
      expect(events.at(-1)).toMatchObject({
        type: 'SnapshotVerified',
        data: { result: 'verified', scheduled: true },
      })
    }
  })

  it('R-2.15 (damage is told): a bit that fell over on the disk, and a file that is gone', async () => {
    const { package: of7A, sha512 } = await of('page')
    const path = folder.pathOf(sha512)
    const good = readFileSync(path)
    const bad = Buffer.from(good)
    bad[bad.indexOf('<h2>') + 1]! ^= 1
    const check = async (): Promise<Entry> => {
      const asked = await (await api.as('auditor')).post(`packages/${of7A}/verify`)
      expect(asked.status).toBe(202)
      await work()
      return of('page')
    }
    writeFileSync(path, bad)
    expect(await check()).toMatchObject({ verified: 'failed' })
    rmSync(path)
    expect(await check()).toMatchObject({ verified: 'missing' })
    expectProblem(await (await api.as('archivist')).get(`packages/${of7A}/file`), 'package-file-missing')
    writeFileSync(path, good)
    expect(await check()).toMatchObject({ verified: 'verified' })
  })

  it('a newer package of the same scope takes the place of the older, which stays', async () => {
    const before = await of('page')
    await (await api.as('archivist')).post('packages', ofPage)
    await work()
    const all = (await register()).filter(({ scope }) => scope.kind === 'page')
    expect(all).toHaveLength(2)
    expect(all.find((one) => one.package === before.package)).toMatchObject({ state: 'superseded' })
    expect(folder.has(before.sha512)).toBe(true)
  })

  it('R-A1.1 (extract): what a pupil takes along has marks, absences and finals of this pupil alone, and is proven', async () => {
    const scope = { kind: 'pupil', pupil: ANNA, year: YEAR, on: '2026-12-01' }
    const asked = await (await api.as('deputy')).post('packages', { scope })
    expect(asked).toMatchObject({ status: 202, body: { state: 'running' } })
    await work()
    const entry = await of('pupil')
    const verdict = await verifyPackageFile(folder.pathOf(entry.sha512), { trust })
    expect(verdict).toMatchObject({
      exit: 0,
      json: { scope: { pupil: ANNA }, records: expect.any(Number) as number },
    })
    const bytes = readFileSync(folder.pathOf(entry.sha512)).toString('latin1')
    expect(bytes).toContain('"form":"letopis-extract"')
    expect(bytes).not.toContain(id('pupil/boris'))
    expect(bytes).not.toContain('"type":"AttendanceTaken"')
  })

  it('R-3.4a (destroyed by an act alone): not before its term, not without the head; the file goes, the entry stays', async () => {
    const entry = await of('class-year')
    const at = async (login: 'archivist' | 'head', path: string, body: object) =>
      (await api.as(login)).post(`packages/${entry.package}/${path}`, body)
    const order = { number: '3-а', date: '2032-12-20' }
    // Midnight of 1 January 2033 in Tomsk is 17:00 of the day before in UTC.
    api.at('2032-12-31T16:59:59.000Z')
    expectProblem(await at('head', 'approve-destruction', { order }), 'retention-running')
    expectProblem(await at('archivist', 'destroy-package', { act: '1' }), 'retention-running')
    api.at('2032-12-31T17:00:00.000Z')
    expectProblem(await at('archivist', 'destroy-package', { act: '1' }), 'destruction-not-approved')
    expectProblem(await at('archivist', 'approve-destruction', { order }), 'role-not-permitted')
    expect((await at('head', 'approve-destruction', { order })).status).toBe(201)
    await desk.lookAtDestroyed()
    // Approved is not destroyed.
    expect(folder.has(entry.sha512)).toBe(true)
    expect((await at('archivist', 'destroy-package', { act: '1' })).status).toBe(201)
    await api.shown()
    await desk.lookAtDestroyed()
    expect(folder.has(entry.sha512)).toBe(false)
    expect(await of('class-year')).toMatchObject({ state: 'destroyed' })
    expectProblem(
      await (await api.as('archivist')).get(`packages/${entry.package}/file`),
      'package-destroyed',
    )
  })

  it('takes an order of any scope, and the same order twice', async () => {
    const archivistAt = await api.as('archivist')
    const before = (await register()).length
    const scopes = [
      { kind: 'class-period', class: CLASS_7A, year: YEAR, period: 'q1' },
      { kind: 'class-year', class: CLASS_7A, year: YEAR },
      { kind: 'summary', class: CLASS_7A, year: YEAR },
    ]
    for (const scope of scopes) {
      const headers = { 'idempotency-key': commandId(`order ${scope.kind}`) }
      for (let time = 0; time < 2; time++)
        expect(await archivistAt.post<Job>('packages', { scope }, headers)).toMatchObject({ status: 202 })
      const other = { scope: { kind: 'page', page: PAGE } }
      expectProblem(await archivistAt.post('packages', other, headers), 'command-id-reused')
    }
    await work()
    expect((await register()).length).toBeGreaterThan(before)
  })
})

const until = (kind: 'class-year' | 'summary', closed: string) =>
  retainedUntil(kind, 2026, LocalDate.parse(closed))

describe('the term of a package', () => {
  it('R-3.4a, R-3.4b: counted from 1 September after the year, or 1 January after the closing, whichever is later (A-14)', () => {
    // Closed in the calendar year in which the school year ends: January of the next is later than its September.
    expect(until('class-year', '2027-05-26')).toBe('2033-01-01')
    expect(until('summary', '2027-05-26')).toBe('2053-01-01')
    // A period that was closed in December already: September counts.
    expect(until('class-year', '2026-12-29')).toBe('2032-09-01')
    expect(until('class-year', '2026-12-31')).toBe('2032-09-01')
    expect(until('class-year', '2027-01-01')).toBe('2033-01-01')
    // Closed late.
    expect(until('class-year', '2028-02-03')).toBe('2034-01-01')
  })
})

describe('the rules of the archive', () => {
  const PACKAGE = id('package/1')
  const made = packageMade(PACKAGE)
  const now = '2027-06-21T05:00:00.000Z'

  it('a package is accepted once, and only when it is there', () => {
    const input = { package: PACKAGE }
    given(school, made)
      .when(acceptPackage, input, { as: archivist, now })
      .records({ type: 'SnapshotAccepted', data: { act: null } })
    given(school, made[0]!).when(acceptPackage, input, { as: archivist, now }).refuses('package-unknown')
    given(school, made).when(acceptPackage, input, { as: head, now }).refuses('role-not-permitted')
  })

  it('R-2.16: a package whose last check failed is accepted only when one has passed again', () => {
    const input = { package: PACKAGE }
    const checked = (result: 'verified' | 'failed' | 'missing' | 'not-anchored') =>
      past('archive', PACKAGE, { type: 'SnapshotVerified', data: { result, detail: null, scheduled: true } })
    for (const result of ['failed', 'missing'] as const) {
      given(school, made, checked(result))
        .when(acceptPackage, input, { as: archivist, now })
        .refuses('package-damaged', { result })
      given(school, made, checked(result), checked('verified'))
        .when(acceptPackage, input, { as: archivist, now })
        .records('SnapshotAccepted')
    }
    given(school, made, checked('not-anchored'))
      .when(acceptPackage, input, { as: archivist, now })
      .records('SnapshotAccepted')
  })

  it('what was done is not done again: a package has one sealing, one file, one acceptance and one end', () => {
    const { event } = made[0]!
    const sealed = { package: PACKAGE, ...(event.data as z.input<typeof archiveEvents.SnapshotSealed.data>) }
    given(school).when(sealSnapshot, sealed, { as: archivist, now }).records('SnapshotSealed')
    given(school, made).when(sealSnapshot, sealed, { as: archivist, now }).refuses('package-exists')
    const issued = {
      package: PACKAGE,
      ...(made[1]!.event.data as z.input<typeof archiveEvents.SnapshotIssued.data>),
    }
    given(school, made[0]!).when(issueSnapshot, issued, { as: archivist, now }).records('SnapshotIssued')
    given(school, made).when(issueSnapshot, issued, { as: archivist, now }).refuses('package-exists')
    given(school).when(issueSnapshot, issued, { as: archivist, now }).refuses('package-unknown')
    const by = { package: PACKAGE, by: id('package/2') }
    given(school, made).when(supersedeSnapshot, by, { as: archivist, now }).records('SnapshotSuperseded')
    given(school).when(supersedeSnapshot, by, { as: archivist, now }).refuses('package-unknown')
    const check = { package: PACKAGE, result: 'verified' as const, detail: null, scheduled: true }
    given(school, made).when(noteVerification, check, { as: archivist, now }).records('SnapshotVerified')
    given(school).when(noteVerification, check, { as: archivist, now }).refuses('package-unknown')
    const accepted = past('archive', PACKAGE, { type: 'SnapshotAccepted', data: { act: null } })
    given(school, made, accepted)
      .when(acceptPackage, { package: PACKAGE }, { as: archivist, now })
      .refuses('package-accepted')
    const data = { act: '1', date: date('2033-02-01'), text: null }
    const destroyed = given(school, made, past('archive', PACKAGE, { type: 'SnapshotDestroyed', data }))
    const order = { number: '1', date: date('2033-01-01') }
    destroyed.when(noteVerification, check, { as: archivist, now }).refuses('package-destroyed')
    destroyed.when(acceptPackage, { package: PACKAGE }, { as: archivist, now }).refuses('package-destroyed')
    destroyed
      .when(approveDestruction, { package: PACKAGE, order }, { as: head, now })
      .refuses('package-destroyed')
    destroyed
      .when(destroyPackage, { package: PACKAGE, act: '1' }, { as: archivist, now })
      .refuses('package-destroyed')
  })

  it('R-3.4a (term): on its last day nothing is approved or destroyed, on the next the head first', () => {
    const order = { number: '1', date: date('2033-01-01') }
    const [last, next] = ['2032-12-31T16:59:59.000Z', '2032-12-31T17:00:00.000Z']
    const there = given(school, made)
    there
      .when(approveDestruction, { package: PACKAGE, order }, { as: head, now: last })
      .refuses('retention-running', { retainUntil: '2033-01-01' })
    there
      .when(destroyPackage, { package: PACKAGE, act: '1' }, { as: archivist, now: next })
      .refuses('destruction-not-approved')
    there
      .when(approveDestruction, { package: PACKAGE, order }, { as: head, now: next })
      .records('DestructionApproved')
  })

  it('nobody approves or destroys what is not there', () => {
    const order = { number: '1', date: date('2033-01-01') }
    given(school)
      .when(approveDestruction, { package: PACKAGE, order }, { as: head, now })
      .refuses('package-unknown')
    given(school)
      .when(destroyPackage, { package: PACKAGE, act: '1' }, { as: archivist, now })
      .refuses('package-unknown')
  })

  it('R-3.4c (registered): the print set of a year by an event, once; not of the future, not signed by a stranger', () => {
    const input = {
      year: YEAR,
      printed: date('2027-06-21'),
      volumes: 12,
      sheets: 1_460,
      packages: [PACKAGE],
      signedBy: MATHEMATICIAN,
    }
    const set = given(school, made)
    set
      .when(registerPrintSet, input, { as: head, now })
      .records({ type: 'PrintSetRegistered', data: { year: YEAR, volumes: 12 } })
    set
      .when(registerPrintSet, { ...input, printed: date('2027-06-22') }, { as: head, now })
      .refuses('printed-in-future')
    set.when(registerPrintSet, { ...input, signedBy: ANNA }, { as: head, now }).refuses('staff-unknown')
    const before = past('archive', 'print-sets', {
      type: 'PrintSetRegistered',
      data: { ...input, order: null },
    })
    set.and(before).when(registerPrintSet, input, { as: head, now }).refuses('print-set-exists')
    set.when(registerPrintSet, { ...input, year: 2031 }, { as: head, now }).refuses('school-year-unknown')
    set.when(registerPrintSet, input, { as: archivist, now }).refuses('role-not-permitted')
  })
})
