import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Problem, PROBLEMS } from '#api/problems.ts'
import { VIEWS } from '#api/views/catalogue.ts'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import { lessonId, pageId } from '#values/school.ts'
import {
  accountOf,
  type Answer,
  type Api,
  type Client,
  expectProblem,
  openApi,
  PASSWORD,
} from '#support/api.ts'
import { ALGEBRA, ANNA, BORIS, DINA, id, LESSON, MONDAY, PAGE, Q1, VERA } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

const engine = testEngine('pglite')
const page = `pages/${PAGE}`
const lesson = { date: '2026-11-09', number: 4, topic: 'Многочлены. Закрепление' }
const marks = (pupil: string, value: unknown) => ({ lesson: LESSON, kind: 'quiz', marks: [{ pupil, value }] })

let api: Api
let teacher: Client
let entry: string
beforeAll(async () => {
  api = await openApi(engine)
  teacher = await api.as('mathematician')
  await teacher.post(`${page}/record-lesson`, { ...lesson, number: 3 })
  const first = await teacher.post<{ events: Array<{ data: { entry: string } }> }>(`${page}/record-marks`, {
    lesson: LESSON,
    kind: 'test',
    marks: [{ pupil: ANNA, value: 4 }],
  })
  expect(first.status).toBe(201)
  entry = first.body.events[1]!.data.entry
})
afterAll(() => api.close())

/** Says that an answer is this problem, with the status that stands in the table for it. */
function problem(answer: Answer<unknown>, reason: Problem, status: number, facts: object = {}): void {
  expectProblem(answer, reason, facts)
  expect(answer.status).toBe(status)
}

const comment = (text: string) => () => ({ lesson: LESSON, on: { kind: 'lesson' }, text })
const field = (name: string) => ({ in: 'body', fields: [{ field: name }] })

describe('a command that cannot be recorded says why', () => {
  type Case = [what: string, name: string, body: () => object, reason: Problem, status: number, facts: object]
  const cases: Case[] = [
    [
      'a pupil of no school',
      'record-marks',
      () => marks(id('pupil/nobody'), 5),
      'pupil-unknown',
      404,
      { pupil: id('pupil/nobody') },
    ],
    [
      'a pupil of another class',
      'record-marks',
      () => marks(DINA, 5),
      'pupil-not-member',
      422,
      { pupils: [DINA], date: MONDAY },
    ],
    [
      'a pupil who came to the class a week later',
      'record-marks',
      () => marks(VERA, 5),
      'pupil-not-member',
      422,
      { pupils: [VERA] },
    ],
    [
      'a pupil named twice',
      'record-marks',
      () => ({ ...marks(ANNA, 5), marks: [5, 4].map((value) => ({ pupil: ANNA, value })) }),
      'pupil-repeated',
      422,
      { pupil: ANNA },
    ],
    [
      'a lesson that nobody recorded',
      'set-homework',
      () => ({ lesson: lessonId(ALGEBRA, MONDAY, 4), text: 'Параграф 12' }),
      'lesson-unknown',
      404,
      {},
    ],
    [
      'a mark of ten in a system of five',
      'record-marks',
      () => marks(BORIS, 10),
      'value-outside-grading',
      422,
      { value: 10, grading: 'g5', pupil: BORIS },
    ],
    [
      'a word for a mark',
      'record-marks',
      () => marks(BORIS, 'отлично'),
      'value-outside-grading',
      422,
      { value: 'отлично' },
    ],
    [
      'an unknown kind of work',
      'record-marks',
      () => ({ ...marks(BORIS, 5), kind: 'guess' }),
      'kind-of-work-unknown',
      422,
      { kind: 'guess' },
    ],
    [
      'a second mark for the same work',
      'record-marks',
      () => ({ ...marks(ANNA, 5), kind: 'test' }),
      'mark-exists',
      409,
      { pupil: ANNA, value: 4, version: 3 },
    ],
    [
      'an unknown code of absence',
      'take-attendance',
      () => ({ lesson: LESSON, absentees: [{ pupil: BORIS, code: 'Ж' }] }),
      'code-unknown',
      422,
      { code: 'Ж' },
    ],
    [
      'a code that is no absence',
      'take-attendance',
      () => ({ lesson: LESSON, absentees: [{ pupil: BORIS, code: 'Зач' }] }),
      'code-not-attendance',
      422,
      { code: 'Зач' },
    ],
    [
      'a lesson on a holiday',
      'record-lesson',
      () => ({ ...lesson, date: '2026-11-04', number: 2 }),
      'date-in-holidays',
      422,
      { date: '2026-11-04' },
    ],
    [
      'a lesson outside the period',
      'record-lesson',
      () => ({ ...lesson, date: '2026-10-19' }),
      'date-outside-period',
      422,
      { period: 'q2', from: '2026-11-02', until: '2026-12-29' },
    ],
    [
      'a lesson that is still to come',
      'record-lesson',
      () => ({ ...lesson, date: '2026-11-16' }),
      'lesson-in-future',
      422,
      { today: '2026-11-09' },
    ],
    [
      'a lesson that the timetable does not have',
      'record-lesson',
      () => ({ ...lesson, number: 6 }),
      'lesson-not-in-timetable',
      422,
      { numbers: [3, 4] },
    ],
    [
      'a lesson that is there',
      'record-lesson',
      () => ({ ...lesson, number: 3 }),
      'lesson-exists',
      409,
      { lesson: LESSON },
    ],
    [
      'a blank topic',
      'record-lesson',
      () => ({ ...lesson, topic: ' …!' }),
      'blank-text',
      422,
      field('/topic'),
    ],
    [
      'a comment of 2,001 letters',
      'add-comment',
      comment('т'.repeat(2_001)),
      'text-too-long',
      422,
      field('/text'),
    ],
    ['U+0000 in a text', 'add-comment', comment('двой\u0000ка'), 'malformed-text', 400, field('/text')],
    [
      'half of a surrogate pair',
      'add-comment',
      comment('молодец \uD83D'),
      'malformed-text',
      400,
      field('/text'),
    ],
    [
      'an unknown field',
      'record-lesson',
      () => ({ ...lesson, teacher: id('staff/other') }),
      'malformed-request',
      400,
      { in: 'body' },
    ],
    [
      'a number in place of a text',
      'record-lesson',
      () => ({ ...lesson, topic: 7 }),
      'malformed-request',
      400,
      field('/topic'),
    ],
    [
      'a text in place of a number',
      'record-lesson',
      () => ({ ...lesson, number: '4' }),
      'malformed-request',
      400,
      field('/number'),
    ],
    [
      'no field at all',
      'record-lesson',
      () => ({}),
      'malformed-request',
      400,
      // Without a topic the lesson takes the next one of its plan (R-2.6a).
      { fields: [{ field: '/date' }, { field: '/number' }] },
    ],
    ['a list in place of an object', 'record-lesson', () => [], 'malformed-request', 400, { in: 'body' }],
    [
      'a day that no calendar has',
      'record-lesson',
      () => ({ ...lesson, date: '2026-02-30' }),
      'malformed-request',
      400,
      field('/date'),
    ],
    [
      'a version that has passed',
      'correct-mark',
      () => ({ entry, expectedVersion: 2, value: 5, reason: 'typing-error' }),
      'stale-version',
      409,
      { expected: 2, actual: 3, value: 4 },
    ],
    [
      'a correction without a reason',
      'correct-mark',
      () => ({ entry, expectedVersion: 3, value: 5 }),
      'reason-required',
      422,
      {},
    ],
    [
      'a reason that the school does not know',
      'correct-mark',
      () => ({ entry, expectedVersion: 3, value: 5, reason: 'mood' }),
      'reason-unknown',
      422,
      { reason: 'mood' },
    ],
    [
      'the value that stands',
      'correct-mark',
      () => ({ entry, expectedVersion: 3, value: 4, reason: 'typing-error' }),
      'same-value',
      409,
      { value: 4 },
    ],
    [
      'a mark that nobody gave',
      'withdraw-mark',
      () => ({ entry: id('mark/none'), expectedVersion: 3, reason: 'typing-error' }),
      'mark-unknown',
      404,
      {},
    ],
  ]
  it.each(cases)('%s', async (_what, name, body, reason, status, facts) => {
    const answer = await teacher.post(`${page}/${name}`, body())
    problem(answer, reason, status, facts)
  })

  it('another teacher’s page', async () => {
    const stranger = await api.as('stranger')
    problem(
      await stranger.post(`${page}/record-lesson`, lesson, { 'letopis-role': 'teacher' }),
      'journal-not-taught',
      403,
      { journal: ALGEBRA },
    )
  })

  it('a page that nobody opened', async () => {
    const answer = await teacher.post(`pages/${pageId(ALGEBRA, Q1)}/record-lesson`, lesson)
    problem(answer, 'page-unknown', 404)
  })

  it('an address that is no id', async () => {
    const answer = await teacher.post('pages/7/record-lesson', lesson)
    problem(answer, 'malformed-request', 400, { in: 'params', fields: [{ field: '/page' }] })
  })

  it('records nothing of all this', async () => {
    const { body } = await (await api.as('auditor')).get<{ lines: unknown[] }>(`${page}/history`)
    expect(body.lines).toHaveLength(4)
  })
})

const raw = (payload: string | Buffer, type = 'application/json') =>
  api.send({
    method: 'POST',
    url: `/v1/schools/${SCHOOL}/${page}/record-lesson`,
    headers: { authorization: `Bearer ${teacher.token}`, 'content-type': type },
    payload,
  })

describe('a request that is no JSON command', () => {
  it('malformed JSON', async () => {
    for (const text of ['{"date": ', '{date: 1}', 'урок', '{"__proto__": {"role": "head"}}'])
      problem(await raw(text), 'malformed-json', 400)
  })

  it('an empty body', async () => {
    problem(await raw(''), 'malformed-json', 400)
    const none = await api.send({
      method: 'POST',
      url: `/v1/schools/${SCHOOL}/${page}/record-lesson`,
      headers: { authorization: `Bearer ${teacher.token}` },
    })
    problem(none, 'malformed-request', 400, { in: 'body' })
  })

  it('a body of ten megabytes', async () => {
    const text = JSON.stringify({ ...lesson, topic: 'т'.repeat(5_000_000) })
    problem(await raw(text), 'body-too-large', 413, { limit: 1_048_576 })
  })

  it('another content type', async () => {
    problem(await raw('<lesson/>', 'application/xml'), 'media-type-unsupported', 415)
    problem(await raw('topic=1', 'application/x-www-form-urlencoded'), 'media-type-unsupported', 415)
    problem(await raw('{}', 'text/plain'), 'media-type-unsupported', 415)
  })

  it('an address that is none, however it is written', async () => {
    const long = `/problems/${'a'.repeat(200)}`
    for (const url of [
      long,
      '/v1/schools',
      '/',
      '/v1/schools/tomsk35/pages/1/2/3',
      '/v2/log-in',
      '/v1/%zz',
      '/v1/%00',
    ])
      problem(await api.send({ method: 'GET', url }), 'route-unknown', 404)
  })

  it('a method that the address does not have', async () => {
    const url = `/v1/schools/${SCHOOL}/${page}`
    for (const method of ['DELETE', 'PUT', 'PATCH'] as const) {
      const authorization = `Bearer ${teacher.token}`
      problem(await api.send({ method, url, headers: { authorization } }), 'route-unknown', 404, { method })
    }
    problem(await teacher.get(`${page}/record-lesson`), 'route-unknown', 404, { method: 'GET' })
  })
})

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** The session that a token of ours names. */
const sessionOf = (token: string): unknown =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sid: unknown }).sid
const claims = (change: object = {}) => {
  const iat = Date.parse(api.now()) / 1000
  return {
    iss: 'letopis',
    sub: accountOf('mathematician'),
    school: SCHOOL,
    sid: sessionOf(teacher.token),
    cred: 1,
    iat,
    exp: iat + 600,
    ...change,
  }
}
const unsigned = (header: object, payload: object) => `${base64url(header)}.${base64url(payload)}`
const signed = (payload: object, key = api.tokenKeys.private) => {
  const text = unsigned({ alg: 'EdDSA', typ: 'JWT' }, payload)
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`
}
const me = (token: string) => api.withToken(token).get('me')

describe('a token that is not good', () => {
  it('is good when it is like one of ours, which the others are not', async () => {
    expect(await me(signed(claims()))).toMatchObject({ status: 200 })
  })

  it('has expired', async () => {
    const before = api.now()
    api.at('2026-11-09T04:49:59.000Z')
    expect((await teacher.get('me')).status).toBe(200)
    api.at('2026-11-09T04:50:00.000Z')
    problem(await teacher.get('me'), 'token-expired', 401)
    api.at(before)
  })

  it('is signed by another key', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    problem(await me(signed(claims(), pem)), 'token-invalid', 401)
  })

  it('is signed by nobody: alg none', async () => {
    problem(await me(`${unsigned({ alg: 'none', typ: 'JWT' }, claims())}.`), 'token-invalid', 401)
  })

  it('takes the public key for a shared secret: alg HS256', async () => {
    const text = unsigned({ alg: 'HS256', typ: 'JWT' }, claims())
    const mac = createHmac('sha256', api.tokenKeys.public).update(text).digest('base64url')
    problem(await me(`${text}.${mac}`), 'token-invalid', 401)
  })

  it('has been changed after it was signed', async () => {
    expect((await me(teacher.token)).status).toBe(200)
    const [header, , signature] = teacher.token.split('.')
    const payload = base64url(claims({ sub: accountOf('head') }))
    problem(await me(`${header}.${payload}.${signature}`), 'token-invalid', 401)
  })

  it('is of an account that nobody opened', async () => {
    problem(await me(signed(claims({ sub: id('account/none') }))), 'token-invalid', 401)
  })

  it('is of another issuer, has no end, or no school', async () => {
    for (const change of [
      { iss: 'diary' },
      { exp: undefined },
      { school: undefined },
      { sub: 'head' },
      { cred: '1' },
    ])
      problem(await me(signed(claims(change))), 'token-invalid', 401)
  })

  it('is no token', async () => {
    for (const token of ['', 'x', 'a.b.c', '..', 'null', '\u00ff', teacher.token.slice(0, -2)]) {
      const answer = await me(token)
      problem(answer, 'token-invalid', 401)
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
    const basic = { authorization: `Basic ${Buffer.from('head:1').toString('base64')}` }
    const url = `/v1/schools/${SCHOOL}/me`
    problem(await api.send({ method: 'GET', url, headers: basic }), 'token-invalid', 401)
  })
})

const logIn = (change: object) =>
  api.send({
    method: 'POST',
    url: '/v1/log-in',
    payload: { school: SCHOOL, login: 'head', password: PASSWORD, ...change },
  })

describe('a log-in that fails', () => {
  it('says the same of a wrong password, an unknown log-in and an unknown school', async () => {
    const failed = [
      { password: 'wrong-password' },
      { login: 'nobody' },
      { login: 'anna b' },
      { school: 'nowhere' },
    ]
    const answers = await Promise.all(failed.map(logIn))
    for (const answer of answers) {
      problem(answer, 'login-failed', 401)
      const { instance, ...said } = answer.body as { instance: string }
      expect(said).toEqual({ ...(answers[0]!.body as object), instance: undefined })
      expect(instance).not.toBe('')
    }
  })

  it('takes a name in whatever case it is typed, and a password in exactly one', async () => {
    expect(await logIn({ login: 'HEAD' })).toMatchObject({ status: 200 })
    problem(await logIn({ password: PASSWORD.toUpperCase() }), 'login-failed', 401)
  })

  it('refuses what could be neither a name nor a password', async () => {
    problem(await logIn({ login: 'he\u0000ad' }), 'malformed-text', 400)
    problem(await logIn({ password: 'т'.repeat(201) }), 'text-too-long', 422)
    problem(await logIn({ password: 7 }), 'malformed-request', 400)
    problem(await logIn({ school: 'Томск' }), 'malformed-request', 400)
    problem(await logIn({ role: 'head' }), 'malformed-request', 400)
  })
})

describe('a problem', () => {
  it('leads to a page that explains it, for each reason', async () => {
    for (const [reason, { status, ru, en }] of Object.entries(PROBLEMS)) {
      expect(await api.send({ method: 'GET', url: `/problems/${reason}` })).toMatchObject({
        status: 200,
        body: { type: `/problems/${reason}`, status, title: ru, titleEn: en },
      })
    }
    for (const reason of ['nothing', 'constructor', '__proto__'])
      problem(await api.send({ method: 'GET', url: `/problems/${reason}` }), 'route-unknown', 404, { reason })
  })

  it('has a status of an error, and a title in Russian and in English that is a sentence', () => {
    for (const [reason, { status, ru, en }] of Object.entries(PROBLEMS)) {
      expect(status, reason).toBeGreaterThanOrEqual(400)
      expect(ru, reason).toMatch(/^[А-ЯЁ].*\.$/su)
      expect(en, reason).toMatch(/^[A-Z].*\.$/su)
    }
  })
})

const known = new Set<string>(Object.keys(PROBLEMS))
/** Below 500, and a problem of the table unless it is a success. */
function understood({ status, body }: Answer<unknown>, asked: string): void {
  expect(status, `${asked} → ${JSON.stringify(body)}`).toBeLessThan(500)
  if (status >= 300) expect(known, asked).toContain((body as { reason: string }).reason)
}
const everybody = ['mathematician', 'deputy', 'administrator', 'english'] as const

describe('whatever is asked', () => {
  it('a command posted with any JSON is answered: recorded, or refused with a known reason', async () => {
    const clients = await Promise.all(everybody.map((login) => api.as(login)))
    const hostile = fc.oneof(
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.constantFrom(
        null,
        '',
        '\u0000',
        '\uD800',
        -1,
        2 ** 53,
        1e308,
        [],
        {},
        ANNA,
        LESSON,
        '2026-11-09',
        'a'.repeat(5_000),
      ),
    )
    const command = fc.constantFrom(...(COMMANDS as readonly Command[]))
    const request = command.chain(({ name, path, input }) =>
      fc.record({
        url: fc.constant(`${path.replace(':page', PAGE).replaceAll(/:\w+/g, ANNA)}/${name}`),
        body: fc.oneof(
          hostile,
          fc.record(
            Object.fromEntries(
              Object.keys(input.shape)
                .filter((field) => !path.includes(`:${field}`))
                .map((field) => [field, hostile]),
            ),
            { requiredKeys: [] },
          ),
        ),
        client: fc.constantFrom(...clients),
      }),
    )
    await fc.assert(
      fc.asyncProperty(request, async ({ url, body, client }) => {
        const headers = { 'content-type': 'application/json' }
        const answer = await client.post(url, JSON.stringify(body), headers)
        understood(answer, `${url} ${JSON.stringify(body)}`)
      }),
      { numRuns: 300 },
    )
  })

  it('a view asked with any query is answered, or refused with a known reason', async () => {
    const client = await api.as('head-and-deputy')
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }).filter((text) => text.isWellFormed()),
      fc.constantFrom(
        '\u0000',
        'a\u0000b',
        '2026-11-09',
        '99999-01-01',
        '1e9',
        '2147483648',
        '999999999999999999',
        ANNA,
      ),
      // A cursor that is well formed and from nowhere.
      fc
        .tuple(
          fc.constant('2026-11-09T03:50:00.000Z'),
          fc.constantFrom('\u0000', 'x'),
          fc.nat(2 ** 40),
          fc.nat(9),
        )
        .map((cursor) => Buffer.from(JSON.stringify(cursor)).toString('base64url')),
    )
    const request = fc.constantFrom(...VIEWS).chain(({ path, input }) =>
      fc.record({
        path: fc.constant(
          path
            .replace(':year', '2026')
            .replace(':page', PAGE)
            .replace(':lesson', LESSON)
            .replace(':model', 'audit-trail')
            .replaceAll(/:\w+/g, ANNA),
        ),
        query: fc.record(
          Object.fromEntries(
            Object.keys(input.shape)
              .filter((field) => !path.includes(`:${field}`))
              .map((field) => [field, hostile]),
          ),
          { requiredKeys: [] },
        ),
      }),
    )
    await fc.assert(
      fc.asyncProperty(request, async ({ path, query }) => {
        const url = `${path}?${new URLSearchParams(query as Record<string, string>).toString()}`
        understood(await client.get(url), url)
      }),
      { numRuns: 500 },
    )
  })
})
