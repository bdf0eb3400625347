import { query } from '#events/store/sql.ts'
import { streamName } from '#events/stream-name.ts'
import { pageId } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  accountOf,
  type Api,
  type Client,
  commandId,
  type LogIn,
  MORNING,
  openApi,
  OTHER_SCHOOL,
  PASSWORD,
} from '#support/api.ts'
import { ALGEBRA, ANNA, BORIS, ENGLISH, LESSON, MONDAY, PAGE, Q1, Q2 } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

interface Request {
  readonly request: string
  readonly at: string
  readonly operation: string
  readonly status: number
  readonly problem: string | null
  readonly account: string | null
}
interface Requests {
  readonly requests: readonly Request[]
  readonly next: string | null
}
interface Line {
  readonly stream: string
  readonly revision: number
  readonly ordinal: number
  readonly at: string
  readonly type: string
  readonly account: string
  readonly person: string | null
  readonly journal: string | null
  readonly request: string | null
}
interface Lines {
  readonly lines: readonly Line[]
  readonly next: string | null
}

const engine = testEngine('pglite')
const page = `pages/${PAGE}`
const lesson = { date: MONDAY, number: 3, topic: 'Степень с натуральным показателем' }
const agent = { 'user-agent': 'tablet/7' }

let api: Api
let teacher: Client
let auditor: Client
beforeAll(async () => {
  api = await openApi(engine, { schools: [SCHOOL, OTHER_SCHOOL] })
  teacher = await api.as('mathematician')
  auditor = await api.as('auditor')
})
afterAll(() => api.close())

/** The newest request of the register that passes a filter. */
async function newest(filter: string): Promise<Request | undefined> {
  const { body } = await auditor.get<Requests>(`requests?${filter}&limit=1`)
  return body.requests[0]
}

/** What the register has of the request that somebody sent last. */
const denied = async (login: LogIn, send: (client: Client) => Promise<unknown>, operation: string) => {
  await send(await api.as(login))
  return newest(`operation=${operation}`)
}
const noted = (login: LogIn, role: string | null, status: number, problem: string) => ({
  account: accountOf(login),
  role,
  status,
  problem,
  school: SCHOOL,
})

describe('the register of requests (R-F8)', () => {
  it('has an accepted command, and the events carry the id of its request', async () => {
    const headers = { ...agent, 'idempotency-key': commandId('lesson') }
    expect((await teacher.post(`${page}/record-lesson`, lesson, headers)).status).toBe(201)
    const event = (await api.events(streamName(SCHOOL, 'journalPage', PAGE))).at(-1)!
    const found = await newest('operation=record-lesson')
    expect(found).toEqual({
      request: event.meta['corr'],
      at: MORNING,
      school: SCHOOL,
      account: accountOf('mathematician'),
      role: 'teacher',
      method: 'POST',
      path: `/v1/schools/${SCHOOL}/${page}/record-lesson`,
      operation: 'record-lesson',
      command: commandId('lesson'),
      address: '127.0.0.1',
      agent: 'tablet/7',
      status: 201,
      problem: null,
    })
    await api.shown()
    const { body } = await auditor.get<Lines>('audit-trail?type=LessonRecorded')
    expect(body.lines).toMatchObject([{ request: found!.request }])
  })

  it('has a refused command, with the reason and the instance that the answer named', async () => {
    const answer = await teacher.post<{ instance: string }>(`${page}/record-lesson`, { ...lesson, number: 6 })
    expect(answer.status).toBe(422)
    expect(await newest(`request=${answer.body.instance}`)).toMatchObject({
      account: accountOf('mathematician'),
      role: 'teacher',
      command: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      status: 422,
      problem: 'lesson-not-in-timetable',
    })
  })

  it('has a command that was malformed, or whose role was not permitted', async () => {
    await teacher.post(`${page}/record-lesson`, { ...lesson, topic: '' })
    expect(await newest('operation=record-lesson')).toMatchObject({ status: 422, problem: 'blank-text' })
    await (await api.as('anna')).post(`${page}/record-lesson`, lesson)
    expect(await newest('operation=record-lesson')).toMatchObject({
      account: accountOf('anna'),
      status: 403,
      problem: 'role-not-permitted',
    })
  })

  it('has a denied read, and no read that was answered', async () => {
    const stranger = await api.as('stranger')
    await stranger.get(page, { 'letopis-role': 'teacher' })
    expect(await newest('operation=class-journal-grid')).toMatchObject({
      account: accountOf('stranger'),
      method: 'GET',
      status: 403,
      problem: 'journal-not-taught',
    })
    expect((await teacher.get(page)).status).toBe(200)
    expect(await newest('operation=class-journal-grid')).toMatchObject({ account: accountOf('stranger') })
  })

  it('R-2.3: names the account and the role of whoever was denied', async () => {
    // A teacher at the page of another: to read and to write, with the role named and without.
    const role = { 'letopis-role': 'teacher' }
    expect(await denied('stranger', (own) => own.get(page, role), 'class-journal-grid')).toMatchObject(
      noted('stranger', 'teacher', 403, 'journal-not-taught'),
    )
    expect(await denied('stranger', (own) => own.get(page), 'class-journal-grid')).toMatchObject(
      noted('stranger', 'class-teacher', 403, 'class-not-led'),
    )
    expect(
      await denied('stranger', (own) => own.post(`${page}/record-lesson`, lesson, role), 'record-lesson'),
    ).toMatchObject(noted('stranger', 'teacher', 403, 'journal-not-taught'))
    // Somebody whose role is permitted nothing of the kind.
    expect(await denied('anna', (own) => own.get('audit-trail'), 'audit-trail')).toMatchObject(
      noted('anna', 'pupil', 403, 'role-not-permitted'),
    )
    expect(await denied('anna', (own) => own.post(`${page}/record-marks`, {}), 'record-marks')).toMatchObject(
      noted('anna', 'pupil', 400, 'malformed-request'),
    )
    // A role that is not held is nobody's; of several that are held none is guessed.
    const head = { 'letopis-role': 'head' }
    expect(await denied('anna', (own) => own.get('corrections', head), 'correction-register')).toMatchObject(
      noted('anna', 'pupil', 403, 'role-not-held'),
    )
    expect(
      await denied('english', (own) => own.get('corrections', head), 'correction-register'),
    ).toMatchObject(noted('english', null, 403, 'role-not-held'))
    expect(await denied('retired', (own) => own.get('corrections'), 'correction-register')).toMatchObject(
      noted('retired', null, 403, 'role-not-permitted'),
    )
  })

  it('R-2.3: names the account of whoever came with the token of another school or of a session that has ended', async () => {
    const other = await api.as('head', OTHER_SCHOOL)
    expect(await api.withToken(other.token).get('corrections')).toMatchObject({ status: 404 })
    expect(await newest('operation=correction-register')).toMatchObject({
      account: accountOf('head'),
      role: null,
      school: SCHOOL,
      problem: 'school-unknown',
    })
    const poisoned = api.send({
      method: 'GET',
      url: '/v1/schools/a%00b/corrections',
      headers: { authorization: `Bearer ${other.token}` },
    })
    expect(await poisoned).toMatchObject({ status: 404 })
    const archivist = await api.as('archivist')
    expect(await archivist.post('me/log-out')).toMatchObject({ status: 200 })
    await archivist.get('corrections')
    expect(await newest('operation=correction-register')).toMatchObject({
      account: accountOf('archivist'),
      role: 'archivist',
      problem: 'session-ended',
    })
  })

  it('has a request without a token, or with one of another school, at the school that was asked', async () => {
    await api.send({ method: 'GET', url: `/v1/schools/${SCHOOL}/audit-trail` })
    expect(await newest('operation=audit-trail')).toMatchObject({ account: null, problem: 'unauthenticated' })
    const other = await api.as('head', OTHER_SCHOOL)
    await api.withToken(other.token).get('corrections')
    expect(await newest('operation=correction-register')).toMatchObject({ problem: 'school-unknown' })
  })

  it('has log-ins, those that failed too', async () => {
    expect(await newest(`operation=log-in&account=${accountOf('auditor')}`)).toMatchObject({ status: 200 })
    const payload = { school: SCHOOL, login: 'head', password: 'not-the-password' }
    await api.send({ method: 'POST', url: '/v1/log-in', payload })
    expect(await newest('operation=log-in')).toMatchObject({
      account: null,
      status: 401,
      problem: 'login-failed',
    })
  })

  it('keeps a request whose address cannot be kept as it is, and the others of that moment', async () => {
    const poisoned = api.send({ method: 'GET', url: '/v1/schools/a%00b/me' })
    const [answer] = await Promise.all([poisoned, teacher.post(`${page}/take-attendance`, {})])
    expect(answer.status).toBe(401)
    expect(await newest('operation=take-attendance')).toMatchObject({ problem: 'malformed-request' })
  })

  it('is found by account, operation, problem and request', async () => {
    const all = (await auditor.get<Requests>('requests?limit=500')).body.requests
    const head = (await auditor.get<Requests>(`requests?limit=500&account=${accountOf('stranger')}`)).body
    expect(head.requests).toEqual(all.filter(({ account }) => account === accountOf('stranger')))
    expect(head.requests.length).toBeGreaterThan(0)
    const refused = (await auditor.get<Requests>('requests?limit=500&problem=lesson-not-in-timetable')).body
    expect(refused.requests).toEqual(all.filter(({ problem }) => problem === 'lesson-not-in-timetable'))
    expect(refused.requests).toHaveLength(1)
    const lessons = (await auditor.get<Requests>('requests?limit=500&operation=record-lesson')).body
    expect(lessons.requests).toEqual(all.filter(({ operation }) => operation === 'record-lesson'))
    const one = (await auditor.get<Requests>(`requests?request=${all[3]!.request}`)).body
    expect(one.requests).toEqual([all[3]])
    expect((await auditor.get<Requests>(`requests?before=${MORNING}`)).body.requests).toEqual([])
    expect((await auditor.get<Requests>(`requests?limit=500&since=${MORNING}`)).body.requests).toEqual(all)
  })

  it('is read page by page without gaps or repetitions, also while requests arrive', async () => {
    const before = (await auditor.get<Requests>('requests?limit=500')).body.requests
    expect(before.length).toBeGreaterThan(8)
    const walked: Request[] = []
    for (let next: string | null = ''; next !== null; ) {
      const cursor: string = next === '' ? '' : `&cursor=${next}`
      const { body } = await auditor.get<Requests>(`requests?limit=3${cursor}`)
      walked.push(...body.requests)
      next = body.next
      await teacher.post(`${page}/record-lesson`, {})
    }
    expect(walked).toEqual(before)
  })

  it('R-7G.a: holds no password and no token', async () => {
    const { kysely } = api.installation.database
    const account = accountOf('coming')
    const administrator = await api.as('administrator')
    const opened = { person: account, login: 'newcomer', password: 'a-secret-of-one' }
    await administrator.post(`accounts/${commandId('newcomer')}/open-account`, opened)
    await api.withToken(`${teacher.token}x`).get('me')
    await teacher.get(`requests?token=${teacher.token}`)
    const rows = await query<object>(kysely, 'select * from access.request', [])
    const text = JSON.stringify(rows)
    expect(text).toContain('open-account')
    for (const secret of [PASSWORD, opened.password, teacher.token, 'Bearer', 'not-the-password'])
      expect(text).not.toContain(secret)
    const events = await query<object>(kysely, 'select * from log.event', [])
    expect(JSON.stringify(events)).toContain('AccountOpened')
    for (const secret of [PASSWORD, opened.password]) expect(JSON.stringify(events)).not.toContain(secret)
  })
})

const all = async (path: string): Promise<Line[]> => {
  const lines: Line[] = []
  for (let next: string | null = ''; next !== null; ) {
    const cursor: string = next === '' ? '' : `&cursor=${next}`
    const answer = await auditor.get<Lines>(`audit-trail?${path}${cursor}`)
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 })
    lines.push(...answer.body.lines)
    next = answer.body.next
  }
  return lines
}
const place = ({ stream, revision, ordinal }: Line): string => `${stream} ${revision} ${ordinal}`

const ofPage = (of: Uuid) => (line: Line) => line.stream.endsWith(of)

const column = (kind: string) => ({
  lesson: LESSON,
  kind,
  marks: [ANNA, BORIS].map((pupil) => ({ pupil, value: 5 })),
})

describe('the audit trail', () => {
  beforeAll(async () => {
    // All at one and the same time of the clock.
    for (const kind of ['test', 'quiz', 'homework']) {
      const answer = await teacher.post(`${page}/record-marks`, column(kind))
      expect(answer.status).toBe(201)
    }
    api.at('2026-11-09T04:20:00.000Z')
    const deputy = await api.as('deputy')
    for (const [journal, period] of [
      [ALGEBRA, Q1],
      [ENGLISH, Q2],
    ] as const) {
      const answer = await deputy.post(`years/2026/journals/${journal}/open-page`, { period })
      expect(answer.status).toBe(201)
    }
    await api.shown()
  })

  it('is read page by page, also where the time of all lines is the same', async () => {
    const whole = await all('limit=500')
    expect(whole.filter(({ at }) => at === MORNING).length).toBeGreaterThan(9)
    for (const limit of [1, 2, 7]) {
      const walked = await all(`limit=${limit}`)
      expect(walked).toEqual(whole)
    }
    expect(new Set(whole.map(place)).size).toBe(whole.length)
    expect(whole.map(({ at }) => at)).toEqual(
      whole.map(({ at }) => at).toSorted((a, b) => b.localeCompare(a)),
    )
  })

  it('is found by account, person, journal, period, type and time', async () => {
    const whole = await all('limit=500')
    const found = async (filter: string, fits: (line: Line) => boolean) => {
      const lines = await all(`limit=500&${filter}`)
      expect(lines, filter).toEqual(whole.filter(fits))
      expect(lines.length, filter).toBeGreaterThan(0)
      expect(lines.length, filter).toBeLessThan(whole.length)
    }
    await found(
      `account=${accountOf('mathematician')}`,
      ({ account }) => account === accountOf('mathematician'),
    )
    await found(`person=${ANNA}`, ({ person }) => person === ANNA)
    await found(`page=${PAGE}`, ofPage(PAGE))
    await found(`journal=${ALGEBRA}&period=q2`, ofPage(pageId(ALGEBRA, Q2)))
    await found(`journal=${ALGEBRA}`, ({ journal }) => journal === ALGEBRA)
    await found('type=MarkRecorded', ({ type }) => type === 'MarkRecorded')
    await found(`since=${MORNING}`, ({ at }) => at >= MORNING)
    await found(`before=${MORNING}`, ({ at }) => at < MORNING)
    await found(
      `person=${ANNA}&type=MarkRecorded&since=${MORNING}`,
      ({ person, type, at }) => person === ANNA && type === 'MarkRecorded' && at >= MORNING,
    )
    expect(await all(`person=${ANNA}&type=LessonRecorded`)).toEqual([])
  })

  it('refuses a cursor that is not one of its own', async () => {
    for (const cursor of ['x', 'e30', Buffer.from('[1,2,3,4]').toString('base64url')])
      expect(await auditor.get(`audit-trail?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { reason: 'malformed-request', facts: { fields: [{ field: '/cursor' }] } },
      })
  })

  it('names the person and the request of every line of the service', async () => {
    const lines = await all(`limit=500&page=${PAGE}&since=${MORNING}`)
    for (const { request } of lines) expect(request).toMatch(/^[0-9a-f-]{36}$/)
  })
})
