import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { query } from '#events/store/sql.ts'
import { caughtUp } from '#main/installation.ts'
import { streamName } from '#events/stream-name.ts'
import { serviceLog } from '#main/service-log.ts'
import { type Api, type Client, commandId, openApi, PASSWORD } from '#support/api.ts'
import { ANNA, LESSON, MONDAY, PAGE } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

/** Everything that must not be found in a line, in whatever way it came. */
const PRIVATE = {
  family: 'Свиристелькина',
  given: 'Аполлинария',
  login: 'svyristelkina-ap',
  password: 'четыре-слова-наугад',
  comment: 'Плакала на уроке, мама болеет',
  topic: 'Тема, которую назвала Свиристелькина',
  typed: 'Свиристелькина-в-строке-запроса',
  agent: 'СвиристелькинаPhone/7',
}

let text = ''
const destination = new Writable({
  write(chunk: Buffer, _encoding, done) {
    text += chunk.toString()
    done()
  },
})
const log = serviceLog({ level: 'trace', roles: ['api', 'projector'] }, destination)

interface Line {
  readonly level: number
  readonly time: string
  readonly reqId?: string
  readonly operation?: string
  readonly msg: string
  readonly err?: object
  readonly [field: string]: unknown
}
const lines = (): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
const ofRequest = (id: string | undefined): Line[] => lines().filter(({ reqId }) => reqId === id)

const engine = testEngine('pglite')
const page = `pages/${PAGE}`
const agent = { 'user-agent': encodeURI(PRIVATE.agent), 'x-forwarded-for': '203.0.113.77' }

let api: Api
let teacher: Client
let deputy: Client
beforeAll(async () => {
  api = await openApi(engine, { log })
  teacher = await api.as('mathematician')
  deputy = await api.as('deputy')
})
afterAll(() => api.close())

/** Has the database refuse a table's new rows, with an answer that quotes them. */
async function breakTable(table: string, column: string, state: string): Promise<() => Promise<void>> {
  const { kysely } = api.installation.database
  await query(
    kysely,
    `create or replace function quote_row() returns trigger language plpgsql as $$
     begin raise exception 'bad row: % of %', new.${column}, new using errcode = '${state}',
       detail = 'Key (${column})=(' || new.${column} || ') is bad', hint = new.${column}; end $$`,
  )
  await query(
    kysely,
    `create trigger broken before insert on ${table} for each row execute function quote_row()`,
  )
  return async () => {
    await query(kysely, `drop trigger broken on ${table}`)
  }
}

const enrol = (name: string) =>
  deputy.post(
    `family/${ANNA}/register-representative`,
    {
      representative: commandId(name),
      name: { family: PRIVATE.family, given: PRIVATE.given, patronymic: null },
      kinship: 'mother',
      from: '2026-11-09',
    },
    agent,
  )

describe('the log of the service', () => {
  it('has one line for a request: its id, which the answer carries too, and the operation instead of the address', async () => {
    const answer = await teacher.get(`${page}?typed=${encodeURIComponent(PRIVATE.typed)}`, agent)
    const id = answer.headers['x-request-id']
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(ofRequest(id)).toEqual([
      {
        level: 30,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        pid: process.pid,
        roles: 'api,projector',
        reqId: id,
        operation: 'class-journal-grid',
        method: 'GET',
        school: SCHOOL,
        as: 'teacher',
        status: 400,
        problem: 'malformed-request',
        ms: expect.any(Number) as number,
        msg: 'request answered',
      },
    ])
    expect(text).not.toContain(PAGE)
  })

  it('has the id under which the events of a command and the register know the request', async () => {
    const lesson = { date: MONDAY, number: 3, topic: PRIVATE.topic }
    const { status, headers } = await teacher.post(`${page}/record-lesson`, lesson, agent)
    expect(status).toBe(201)
    const event = (await api.events(streamName(SCHOOL, 'journalPage', PAGE))).at(-1)!
    expect(event.meta['corr']).toBe(headers['x-request-id'])
    expect(ofRequest(headers['x-request-id'])).toMatchObject([
      { operation: 'record-lesson', as: 'teacher', status: 201, problem: null },
    ])
  })

  it('has the id of a request whose address cannot be read, in the answer too', async () => {
    const { status, headers } = await api.send({ method: 'GET', url: '/%zz' })
    expect(status).toBe(404)
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('asks nobody to read what asks every few seconds', async () => {
    const { headers } = await api.send({ method: 'GET', url: '/health/live' })
    expect(ofRequest(headers['x-request-id'])).toMatchObject([{ level: 20, operation: 'live' }])
  })
})

describe('the log of the service holds nothing of a person', () => {
  it('R-7G.a: when names, log-ins, passwords and comments are written, and when they are refused', async () => {
    expect((await enrol('first')).status).toBe(201)
    const administrator = await api.as('administrator')
    const account = { person: commandId('first'), login: PRIVATE.login, password: PRIVATE.password }
    expect((await administrator.post(`accounts/${commandId('a')}/open-account`, account)).status).toBe(201)
    expect((await administrator.post(`accounts/${commandId('b')}/open-account`, account)).status).toBe(409)
    const comment = { lesson: LESSON, on: { kind: 'lesson' }, text: PRIVATE.comment }
    expect((await teacher.post(`${page}/add-comment`, comment)).status).toBe(201)
    const extra = { ...comment, [PRIVATE.typed]: PRIVATE.comment }
    expect((await teacher.post(`${page}/add-comment`, extra)).status).toBe(400)
    for (const password of [PRIVATE.password, 'wrong']) {
      const payload = { school: SCHOOL, login: PRIVATE.login, password }
      await api.send({ method: 'POST', url: '/v1/log-in', payload, headers: agent })
    }
  })

  it('when a body is no JSON, or not of the media type', async () => {
    const send = (type: string) =>
      api.send({
        method: 'POST',
        url: '/v1/log-in',
        headers: { 'content-type': type },
        payload: `{"login": ${PRIVATE.login}, "password": "${PRIVATE.password}"}`,
      })
    expect((await send('application/json')).status).toBe(400)
    expect((await send('text/csv')).status).toBe(415)
    const url = `/v1/schools/${encodeURIComponent(PRIVATE.family)}/${encodeURIComponent(PRIVATE.typed)}`
    expect((await api.send({ method: 'GET', url })).status).toBe(404)
    const token = { authorization: `Bearer ${PRIVATE.login}.${teacher.token}` }
    expect(
      (await api.send({ method: 'GET', url: `/v1/schools/${PRIVATE.login}/me`, headers: token })).status,
    ).toBe(401)
  })

  it.each([
    ['an error inside', '23514', 500],
    ['a store that does not answer', '53100', 503],
  ])('when the database quotes it in %s', async (_, state, status) => {
    const mended = await breakTable('access.credential', 'login', state)
    const account = {
      person: commandId('first'),
      login: `${PRIVATE.login}${state}`,
      password: PRIVATE.password,
    }
    const administrator = await api.as('administrator')
    const answer = await administrator.post(
      `accounts/${commandId(`broken by ${state}`)}/open-account`,
      account,
    )
    await mended()
    expect(answer.status).toBe(status)
    const failed = ofRequest(answer.headers['x-request-id']).find(({ level }) => level === 50)
    expect(failed).toMatchObject({
      msg: 'request failed',
      reason: status === 500 ? 'internal' : 'unavailable',
    })
    const told = JSON.stringify(failed!.err)
    expect(told).toContain(`"code":"${state}"`)
    expect(told).toMatch(/"at":\["at /)
  })

  it('when a request cannot be noted', async () => {
    const mended = await breakTable('access.request', 'agent', '23514')
    const answer = await enrol('not noted')
    await mended()
    expect(answer.status).toBe(201)
    const noted = ofRequest(answer.headers['x-request-id']).find(({ msg }) => msg === 'request not noted')
    expect(noted).toMatchObject({ operation: 'register-representative', as: 'deputy', status: 201 })
  })

  it('when a read model stops at an event that holds it', async () => {
    const { execution, projectors } = api.installation
    await caughtUp(execution.store, projectors)
    const mended = await breakTable('audit_trail_v2.line', 'after', '23514')
    const comment = { lesson: LESSON, on: { kind: 'lesson' }, text: PRIVATE.comment }
    expect((await teacher.post(`${page}/add-comment`, comment)).status).toBe(201)
    const stopped = await vi.waitFor(() => {
      const line = lines().find(({ readModel, level }) => readModel === 'audit-trail' && level === 50)
      expect(line).toBeDefined()
      return line!
    })
    await mended()
    expect(stopped).toMatchObject({ type: 'CommentMade', problem: '…' })
  })

  it('anywhere in all these lines', () => {
    const all = text.normalize('NFC')
    expect(lines().length).toBeGreaterThan(20)
    const secrets = [...Object.values(PRIVATE), PASSWORD, teacher.token, 'Bearer', 'mathematician', 'Плакала']
    for (const secret of secrets) {
      expect(all, secret).not.toContain(secret)
      expect(all, secret).not.toContain(encodeURIComponent(secret))
    }
    for (const address of ['203.0.113.77', '127.0.0.1', 'remoteAddress', 'user-agent'])
      expect(all).not.toContain(address)
  })
})

describe('an error that somebody hands to the log', () => {
  it('without words of its own is told without its words where they may quote', () => {
    text = ''
    const quoting = Object.assign(new SyntaxError(`Unexpected token in ${PRIVATE.login}`), {
      input: PRIVATE.login,
    })
    log.error(quoting)
    log.error({ err: quoting })
    log.error({ err: quoting }, `it failed: ${quoting.message}`)
    log.error({ err: new Error(`because ${PRIVATE.login}`, { cause: quoting }) })
    log.info(
      { password: PRIVATE.password, deep: { login: PRIVATE.login, headers: { x: PRIVATE.agent } } },
      'fields',
    )
    expect(lines().map(({ msg }) => msg)).toEqual(['an error', 'an error', 'an error', 'an error', 'fields'])
    expect(lines()[3]).toMatchObject({ err: { kind: 'Error', cause: { kind: 'SyntaxError' } } })
    for (const secret of [PRIVATE.login, PRIVATE.password, PRIVATE.agent]) expect(text).not.toContain(secret)
  })

  it('of our own is told in our words, with where it came from', () => {
    text = ''
    log.error({ err: new Error('a page stands without its journal') }, 'request failed')
    expect(lines()).toMatchObject([
      {
        msg: 'request failed',
        err: {
          kind: 'Error',
          message: 'a page stands without its journal',
          at: expect.arrayContaining([expect.stringContaining('service-log.test.ts')]) as string[],
        },
      },
    ])
  })
})
