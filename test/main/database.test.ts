import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StoreUnavailable } from '#events/store/event-store.ts'
import { query } from '#events/store/sql.ts'
import { type Database, openPostgres } from '#main/database.ts'
import type { SchoolSlug } from '#values/school.ts'
import {
  type Answer,
  type Api,
  type Client,
  commandId,
  expectProblem,
  OTHER_SCHOOL,
  openApi,
} from '#support/api.ts'
import { ANNA, BORIS, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'
import { databaseRoles, type RoledDatabase, rolesAbsence } from '#support/database-roles.ts'
import { postgresAbsence, type TestDatabase, terminateConnections } from '#support/databases.ts'
import { SERVER } from '#support/server.ts'
import { silenceableProxy } from '#support/silenceable-proxy.ts'
import { SCHOOL } from '#support/spec.ts'

const page = `pages/${PAGE}`
const lesson = { date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' }
const mark = (pupil: string, kind: string) => ({ lesson: LESSON, kind, marks: [{ pupil, value: 5 }] })

/** How many lessons stand on the page of a school, as its teacher sees it. */
async function lessonsOf(api: Api, school: SchoolSlug): Promise<number> {
  const teacher = await api.as('mathematician', school)
  const answer = await teacher.get<{ lessons: unknown[] }>(page)
  expect(answer.status).toBe(200)
  return answer.body.lessons.length
}

describe.skipIf(rolesAbsence !== null)('the API as the application role', () => {
  const roles = databaseRoles()
  let roled: RoledDatabase
  let owner: Database
  let api: Api
  let teacher: Client
  beforeAll(async () => {
    roled = await roles.granted()
    owner = roled.as('owner')
    const open = async (): Promise<TestDatabase> => {
      const options = { pool: 4, statementSeconds: 1 }
      return { ...roled.as('application', options), at: roled.url('application'), reopen: open }
    }
    api = await openApi(
      { name: 'postgres', open, openStarted: open, openBare: open, openPrepared: open },
      { schools: [SCHOOL, OTHER_SCHOOL], people: ['mathematician', 'auditor', 'administrator'] },
    )
    teacher = await api.as('mathematician')
    expect(await teacher.post(`${page}/record-lesson`, lesson)).toMatchObject({ status: 201 })
    await api.shown()
  })
  afterAll(() => api.close())

  it('answers views of two schools, each with its own', async () => {
    const asked = [SCHOOL, OTHER_SCHOOL, SCHOOL, OTHER_SCHOOL, OTHER_SCHOOL, SCHOOL]
    expect(await Promise.all(asked.map((school) => lessonsOf(api, school)))).toEqual([1, 0, 1, 0, 0, 1])
  })

  it('answers more views at once than it has connections to read with', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => teacher.get(page)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })

  it('rebuilds a model of a school, which outlives its request', async () => {
    const administrator = await api.as('administrator')
    expect((await administrator.post('read-models/class-journal/rebuild')).status).toBe(202)
    type Running = {
      rebuilds: ReadonlyArray<{ running: boolean; problem: string | null; report: object | null }>
    }
    await expect
      .poll(
        async () => (await administrator.get<Running>('read-models/class-journal/rebuilds')).body.rebuilds,
        {
          timeout: 20_000,
        },
      )
      .toMatchObject([{ running: false, problem: null, report: { readModel: 'class-journal' } }])
  })

  it('a view that takes too long is given up: 503, nothing of its inside, and the next is answered', async () => {
    const auditor = await api.as('auditor')
    await roled
      .as('application')
      .unhurried.transaction()
      .execute(async (holder) => {
        await query(holder, 'lock table audit_trail_v2.line in access exclusive mode')
        const answer = await auditor.get('audit-trail')
        expectProblem(answer, 'unavailable')
        expect(answer.status).toBe(503)
        expect(JSON.stringify(answer.body)).not.toMatch(/statement|timeout|audit_trail|57014/)
      })
    expect((await auditor.get('audit-trail')).status).toBe(200)
  })

  it('a command that takes too long is not recorded, and is recorded once when it is sent again', async () => {
    const key = { 'idempotency-key': commandId('slow') }
    const send = (): Promise<Answer<unknown>> => teacher.post(`${page}/record-marks`, mark(ANNA, 'test'), key)
    await owner.unhurried.transaction().execute(async (holder) => {
      await query(holder, 'select pg_advisory_xact_lock(1818588271)')
      const began = performance.now()
      const answer = await send()
      expectProblem(answer, 'unavailable')
      // Given up once, and not tried three times more.
      expect(performance.now() - began).toBeLessThan(3_500)
    })
    expect(await send()).toMatchObject({ status: 201 })
    expect(await send()).toMatchObject({ status: 200, body: { repeated: true } })
    const text = `select count(*)::integer as marks from log.event 
        where canonical like '%"cmd":"' || $1 || '"%' and canonical like '%"MarkRecorded"%'`
    expect(await query(owner.unhurried, text, [commandId('slow')])).toEqual([{ marks: 1 }])
  })

  it('goes on by itself after the server has dropped every connection, time and again', async () => {
    const kinds = ['quiz', 'dictation', 'project', 'exposition', 'composition', 'laboratory-work'] as const
    const written = new AbortController()
    const seen = new Set<number>()
    const read = async (): Promise<void> => {
      while (!written.signal.aborted) {
        const { status } = await teacher.get(page)
        seen.add(status)
      }
    }
    const readers = [read(), read(), read()]
    for (const kind of kinds) {
      for (const pupil of [ANNA, BORIS]) {
        const key = { 'idempotency-key': commandId(`${kind} ${pupil}`) }
        const send = () => teacher.post(`${page}/record-marks`, mark(pupil, kind), key)
        await Promise.all([
          expect.poll(async () => (await send()).status, { timeout: 20_000 }).toBeLessThan(300),
          terminateConnections(roled.url('application')),
        ])
      }
    }
    written.abort()
    await Promise.all(readers)
    expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([])
    await api.shown()
    expect((await teacher.get(page)).status).toBe(200)
    for (const { failure } of api.installation.projectors) expect(failure).toBeNull()
    // One for each pupil and kind, and the one of the test before.
    const once = kinds.length * 2 + 1
    const recorded = `select count(*)::integer as marks from log.event where canonical like '%"MarkRecorded"%'`
    expect(await query(owner.unhurried, recorded)).toEqual([{ marks: once }])
    const shown = `select count(*)::integer as marks from audit_trail_v2.line where type = 'MarkRecorded'`
    const { withinSchool } = api.installation.database
    expect(await withinSchool(SCHOOL, (rows) => query(rows, shown))).toEqual([{ marks: once }])
  })
})

describe.skipIf(postgresAbsence !== null)('a connection', () => {
  it('says who it is, how long its statements may take, and that it looks whether the other side is there', async () => {
    const database = openPostgres(SERVER, { statementSeconds: 7 })
    const text = `select current_setting('application_name') as name, current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle, current_setting('tcp_keepalives_idle') as alive,
      current_setting('jit') as compiled`
    const settings = { name: 'letopis', statement: '7s', idle: '1min', alive: '10', compiled: 'off' }
    expect(await query(database.kysely, text)).toEqual([settings])
    expect(await database.withinSchool(SCHOOL, (rows) => query(rows, text))).toEqual([settings])
    expect(await query(database.unhurried, text)).toEqual([{ ...settings, statement: '0', compiled: 'on' }])
    await database.close()
  })

  it('keeps what its URL says besides', async () => {
    const url = new URL(SERVER)
    url.searchParams.set('options', '-c work_mem=5MB')
    const database = openPostgres(url.href)
    const text = `select current_setting('work_mem') as memory, current_setting('letopis.school', true) as school`
    expect(await query(database.kysely, text)).toEqual([{ memory: '5MB', school: '*' }])
    const own = await database.withinSchool(SCHOOL, (rows) => query(rows, text))
    expect(own).toEqual([{ memory: '5MB', school: SCHOOL }])
    await database.close()
  })

  it.each([2, 5, 10])('is one of at most %i for requests', async (connections) => {
    const database = openPostgres(SERVER, { pool: connections })
    const pid = 'select pg_backend_pid() as pid from pg_sleep(0.05)'
    const asked = Array.from({ length: 30 }, (_, i) =>
      i % 2 === 0
        ? query<{ pid: number }>(database.kysely, pid)
        : database.withinSchool(SCHOOL, (rows) => query<{ pid: number }>(rows, pid)),
    )
    const pids = (await Promise.all(asked)).map(([row]) => row!.pid)
    expect(new Set(pids).size).toBe(connections)
    await database.close()
  })

  it('to a host that has gone silent is given up soon after its time, and the next one works', async () => {
    const { hostname, port } = new URL(SERVER)
    const proxy = await silenceableProxy(hostname, Number(port || 5_432))
    const url = new URL(SERVER)
    url.host = `127.0.0.1:${proxy.port}`
    const database = openPostgres(url.href, { pool: 2, statementSeconds: 1 })
    expect(await query(database.kysely, 'select 1 as one')).toEqual([{ one: 1 }])
    proxy.silence()
    const began = performance.now()
    await expect(query(database.kysely, 'select 1 as one')).rejects.toBeInstanceOf(StoreUnavailable)
    expect(performance.now() - began).toBeLessThan(8_000)
    proxy.mend()
    expect(await query(database.kysely, 'select 1 as one')).toEqual([{ one: 1 }])
    await database.close()
    await proxy.close()
  })
})

describe.skipIf(postgresAbsence !== null)('a connection to PostgreSQL', () => {
  it('keeps a statement with parameters prepared, and one without is sent as it is', async () => {
    // One connection: what is kept is kept by each.
    const database = openPostgres(SERVER, { pool: 1 })
    const text = 'select $1::int + 41 as sum'
    for (const one of [1, 2, 3]) {
      expect(await query(database.kysely, text, [one])).toEqual([{ sum: one + 41 }])
    }
    const kept = await query(
      database.kysely,
      'select generic_plans + custom_plans as plans from pg_prepared_statements where statement = $1',
      [text],
    )
    expect(kept).toEqual([{ plans: '3' }])
    await query(database.kysely, 'select 1 as one')
    const others = 'select name from pg_prepared_statements where statement = $1'
    expect(await query(database.kysely, others, ['select 1 as one'])).toEqual([])
    await database.close()
  })
})
