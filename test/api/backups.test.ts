import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BackupState } from '#api/backups.ts'
import { BackupDesk } from '#main/backup/backup-desk.ts'
import { sourceOf } from '#main/backup/source.ts'
import { type Api, type Client, expectProblem, type LogIn, openApi } from '#support/api.ts'
import { folders, KEY, silent, ZONE } from '#support/copies.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

const engine = testEngine('pglite')
const place = folders()
const people: LogIn[] = ['administrator', 'head', 'auditor', 'deputy', 'mathematician', 'mother']

describe('backups over HTTP', () => {
  let api: Api
  let administrator: Client
  beforeAll(async () => {
    api = await openApi(engine, {
      people,
      backups: (installation, clock) => {
        const making = { source: sourceOf(installation), clock, software: 'letopis test', key: KEY }
        return new BackupDesk(place.folder(), making, { days: 30, zone: ZONE }, silent)
      },
    })
    administrator = await api.as('administrator')
  })
  afterAll(() => api.close())

  /** The state once nothing is being made; it is asked, as a client would ask. */
  async function finished(by = administrator): Promise<BackupState> {
    for (;;) {
      const { body } = await by.get<BackupState>('backups')
      if (body.running === null) return body
      // Requests here come by no socket: without a turn for the disk, nothing would ever be finished.
      await setImmediate()
    }
  }

  it('R-A3.4b (on demand): the system administrator has one made, and sees it', async () => {
    expect((await finished()).copies).toEqual([])
    const started = await administrator.post('backups')
    expect(started).toMatchObject({ status: 202, body: { status: `/v1/schools/${SCHOOL}/backups` } })
    const again = await administrator.post('backups')
    expectProblem(again, 'backup-running')
    expect(again.status).toBe(409)
    const { copies, lastGood, failure, lastDrill } = await finished()
    expect(copies).toMatchObject([{ copy: 1, at: api.now(), encrypted: true, problem: null }])
    expect(copies[0]!.events).toBeGreaterThan(20)
    expect([lastGood, failure, lastDrill]).toEqual([api.now(), null, null])
  })

  it('R-7A.18 (seen by the school): the head and the auditor see copies and drills, others do not', async () => {
    for (const login of ['head', 'auditor'] as const) {
      expect((await finished(await api.as(login))).copies).not.toEqual([])
      expectProblem(await (await api.as(login)).post('backups'), 'role-not-permitted')
    }
    for (const login of ['deputy', 'mathematician', 'mother'] as const) {
      expectProblem(await (await api.as(login)).get('backups'), 'role-not-permitted')
    }
  })
})

describe('an installation without a folder for backups', () => {
  it('says so', async () => {
    const api = await openApi(engine, { people: ['administrator'] })
    const administrator = await api.as('administrator')
    for (const answer of [await administrator.get('backups'), await administrator.post('backups')]) {
      expect(answer.status).toBe(409)
      expectProblem(answer, 'backup-not-configured')
    }
    await api.close()
  })
})
