import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import { VIEWS } from '#api/views/catalogue.ts'
import type { LoggedRequest } from '#api/request-log.ts'
import { query } from '#events/store/sql.ts'
import { streamName } from '#events/stream-name.ts'
import { EXCHANGE_SETS, type ExchangeSet } from '#values/exchange-set.ts'
import type { Uuid } from '#values/uuid.ts'
import { type Api, type Client, expectProblem, MORNING, MOTHER, openApi, OTHER_SCHOOL } from '#support/api.ts'
import { ANNA, BORIS, CLASS_7A, id, PAGE } from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

interface Issued {
  readonly told: { readonly serviceToken: string }
}
interface Tokens {
  readonly tokens: ReadonlyArray<{
    readonly token: string
    readonly seen: string | null
    readonly revoked: string | null
  }>
}

/** The views of each set, with an address of each in the school of the tests. */
const AGREED: Readonly<Record<ExchangeSet, readonly string[]>> = {
  calendar: ['years/2026', 'exchange/calendar/changes'],
  rosters: [
    'years/2026/units',
    `units/${CLASS_7A}/members`,
    'people/pupils',
    'people/staff',
    'exchange/rosters/changes',
  ],
  load: ['years/2026/journals', 'exchange/load/changes'],
  diary: [
    `pupils/${ANNA}/diary`,
    `pupils/${ANNA}/finals?year=2026`,
    `pupils/${ANNA}/tests`,
    `reports/missed-lessons?pupil=${ANNA}`,
    `reports/unsatisfactory-marks?pupil=${ANNA}`,
    'reports/consents',
  ],
  // It is for writing; what may be written is in external-diary.test.ts.
  acknowledgements: [],
}

const addressOf = (path: string): string =>
  path.replace(':year', '2026').replace(':page', PAGE).replaceAll(/:\w+/g, ANNA)

eachEngine((engine) => {
  let api: Api
  let administrator: Client
  beforeAll(async () => {
    api = await openApi(engine, { schools: [SCHOOL, OTHER_SCHOOL] })
    await api.shown()
    administrator = await api.as('administrator')
  })
  afterAll(() => api.close())

  let issuedSoFar = 0
  async function issued(
    sets: readonly ExchangeSet[],
    days = 30,
  ): Promise<{ token: Uuid; secret: string; system: Client }> {
    const token = id(`service-token ${issuedSoFar++}`)
    const answer = await administrator.post<Issued>(`service-tokens/${token}/issue-service-token`, {
      system: 'АИС «Контингент»',
      sets,
      days,
    })
    expect(answer.status).toBe(201)
    const secret = answer.body.told.serviceToken
    return { token, secret, system: api.withToken(secret) }
  }

  describe('R-F11: the token of an external system', () => {
    it('reads the agreed sets whole, and no other', async () => {
      for (const [set, paths] of Object.entries(AGREED)) {
        if (paths.length === 0) continue
        const { system } = await issued([set as ExchangeSet])
        for (const path of paths) expect(await system.get(path), path).toMatchObject({ status: 200 })
        for (const [other, closed] of Object.entries(AGREED)) {
          if (other === set) continue
          for (const path of closed) expectProblem(await system.get(path), 'set-not-agreed', { sets: [set] })
        }
      }
      const { system } = await issued(['rosters'])
      const members = await system.get<{ members: unknown[] }>(`units/${CLASS_7A}/members`)
      const head = await (await api.as('head')).get<{ members: unknown[] }>(`units/${CLASS_7A}/members`)
      expect(members.body).toEqual(head.body)
      expect(members.body.members.length).toBeGreaterThan(2)
    })

    it('is shown once, kept by hash, and stands in no event and no request', async () => {
      const { token, secret, system } = await issued(['rosters'])
      await system.get('people/pupils')
      await system.get(`requests?token=${secret}`)
      const { kysely } = api.installation.database
      for (const table of ['access.service_token', 'access.request', 'log.event']) {
        const rows = await query<object>(kysely, `select * from ${table}`, [])
        expect(rows.length, table).toBeGreaterThan(0)
        expect(JSON.stringify(rows), table).not.toContain(secret)
      }
      const [event] = await api.events(streamName(SCHOOL, 'serviceToken', token))
      expect(event!.data).toEqual({
        token,
        system: 'АИС «Контингент»',
        sets: ['rosters'],
        expires: '2026-12-09T03:50:00.000Z',
      })
      // The command once more is answered alike, without the secret.
      const listed = (await administrator.get<Tokens>('service-tokens')).body.tokens
      expect(JSON.stringify(listed)).not.toContain(secret)
      expect(listed.find((one) => one.token === token)).toEqual({
        token,
        approved: null,
        system: 'АИС «Контингент»',
        sets: ['rosters'],
        issued: MORNING,
        expires: '2026-12-09T03:50:00.000Z',
        seen: MORNING,
        revoked: null,
      })
    })

    it('ends at once when it is revoked, and by itself when it expires', async () => {
      const [revoked, expiring] = [await issued(['calendar']), await issued(['calendar'], 1)]
      expect(await revoked.system.get('years/2026')).toMatchObject({ status: 200 })
      const path = `service-tokens/${revoked.token}/revoke-service-token`
      expect(await administrator.post(path, { reason: 'exposed' })).toMatchObject({ status: 201 })
      expectProblem(await revoked.system.get('years/2026'), 'service-token-ended')
      const { tokens } = (await administrator.get<Tokens>('service-tokens')).body
      expect(tokens.find(({ token }) => token === revoked.token)).toMatchObject({ revoked: 'exposed' })
      expect(await expiring.system.get('years/2026')).toMatchObject({ status: 200 })
      api.at('2026-11-10T03:50:00.000Z')
      expectProblem(await expiring.system.get('years/2026'), 'service-token-ended')
      api.at(MORNING)
    })

    it('opens no other school, and is nobody’s when it was not issued', async () => {
      const { secret } = await issued(['calendar'])
      expectProblem(await api.withToken(secret, OTHER_SCHOOL).get('years/2026'), 'school-unknown')
      for (const made of [`${secret}x`, 'letopis_st_', `letopis_st_${'A'.repeat(43)}`])
        expectProblem(await api.withToken(made).get('years/2026'), 'token-invalid')
    })

    it('is not issued under the number of a token of another school, which stays good', async () => {
      const { token, system } = await issued(['rosters'])
      const there = await api.as('administrator', OTHER_SCHOOL)
      const asked = { system: 'АИС «Контингент»', sets: ['rosters'], days: 30 }
      const answer = await there.post(`service-tokens/${token}/issue-service-token`, asked)
      expectProblem(answer, 'service-token-exists', { token })
      expect(await system.get('people/pupils')).toMatchObject({ status: 200 })
      expect(await api.events(streamName(OTHER_SCHOOL, 'serviceToken', token))).toEqual([])
    })

    it('may ask 120 times a minute, and each token for itself', async () => {
      const [eager, other] = [
        await issued(['calendar', 'diary', 'acknowledgements']),
        await issued(['calendar']),
      ]
      const answers = []
      for (let n = 0; n < 121; n++) answers.push(await eager.system.get('years/2026'))
      expect(answers.slice(0, 120).every(({ status }) => status === 200)).toBe(true)
      expectProblem(answers[120]!, 'too-many-requests', { retryAfterSeconds: 60 })
      expect(answers[120]).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
      const week = { week: '2026-11-09', seen: '5f'.repeat(32), representative: MOTHER }
      expectProblem(
        await eager.system.post(`pupils/${ANNA}/diary/acknowledge-diary`, week),
        'too-many-requests',
      )
      expect(await other.system.get('years/2026')).toMatchObject({ status: 200 })
      api.at('2026-11-09T03:51:00.000Z')
      expect(await eager.system.get('years/2026')).toMatchObject({ status: 200 })
      api.at(MORNING)
    })

    it('leaves a trace of every read in the register of requests', async () => {
      const { token, system } = await issued(['rosters'])
      await system.get('people/pupils')
      await system.get('audit-trail')
      const found = await administrator.get<{ requests: LoggedRequest[] }>(`requests?account=${token}`)
      expect(found.body.requests).toMatchObject([
        { operation: 'audit-trail', role: 'external-system', status: 403, problem: 'set-not-agreed' },
        { operation: 'person-list', role: 'external-system', status: 200, problem: null, account: token },
      ])
    })

    it('is issued and revoked by the system administrator alone', async () => {
      const { token } = await issued(['calendar'])
      for (const login of ['head', 'deputy', 'mathematician', 'mother', 'anna', 'auditor'] as const) {
        const client = await api.as(login)
        const path = `service-tokens/${id(`token of ${login}`)}/issue-service-token`
        expectProblem(await client.post(path, { system: 'Чужая', sets: ['load'] }), 'role-not-permitted')
        const revoke = `service-tokens/${token}/revoke-service-token`
        expectProblem(await client.post(revoke, { reason: 'exposed' }), 'role-not-permitted')
      }
      for (const login of ['head', 'deputy', 'auditor', 'administrator'] as const)
        expect(await (await api.as(login)).get('service-tokens')).toMatchObject({ status: 200 })
      expectProblem(await (await api.as('mathematician')).get('service-tokens'), 'role-not-permitted')
    })
  })

  describe('R-7A.18b: a diary that another system keeps', () => {
    it('is given what the diary shows of those whose representative consents, and to whom it may be shown', async () => {
      const { system } = await issued(['diary', 'calendar'])
      const diary = await system.get<{ lessons: unknown[] }>(`pupils/${ANNA}/diary`)
      const own = await (await api.as('mother')).get(`pupils/${ANNA}/diary`)
      expect(diary).toMatchObject({ status: 200, body: own.body })
      // Nobody is known who could consent for Boris.
      for (const path of [
        `pupils/${BORIS}/diary`,
        `pupils/${BORIS}/finals?year=2026`,
        `pupils/${BORIS}/tests`,
      ])
        expectProblem(await system.get(path), 'nobody-consents')
      const register = async () =>
        (
          await system.get<{
            rows: Array<{ pupil: string; representative: string | null; electronic: boolean }>
          }>('reports/consents')
        ).body.rows.filter(({ electronic }) => electronic)
      expect(await register()).toMatchObject([{ pupil: ANNA, representative: MOTHER }])
      const mother = await api.as('mother')
      const consent = `family/${ANNA}/consents/${MOTHER}`
      expect(await mother.post(`${consent}/withdraw-consent`, {})).toMatchObject({ status: 201 })
      expectProblem(await system.get(`pupils/${ANNA}/diary`), 'nobody-consents')
      await api.shown()
      expect(await register()).toEqual([])
      const { body: notice } = await mother.get<{ version: string }>('processing-notice')
      const again = { notice: notice.version }
      expect(await mother.post(`${consent}/give-consent`, again)).toMatchObject({ status: 201 })
      expect(await system.get(`pupils/${ANNA}/diary`)).toMatchObject({ status: 200 })
      await api.shown()
    })

    it('and what a token without this set asks of a child is refused', async () => {
      const { system } = await issued(['calendar', 'rosters', 'load'])
      expectProblem(await system.get(`pupils/${ANNA}/diary`), 'set-not-agreed')
    })
  })

  describe('R-A3.4a: an external system', () => {
    it('writes nothing but acknowledgements that were agreed, and reads no page, message, register or trail', async () => {
      const { system } = await issued(EXCHANGE_SETS)
      const without = (await issued(EXCHANGE_SETS.filter((set) => set !== 'acknowledgements'))).system
      // By minutes, so that the limit of requests is not what refuses.
      const at = (minute: number) => api.at(new Date(Date.parse(MORNING) + minute * 60_000).toISOString())
      for (const [n, { path, name }] of (COMMANDS as readonly Command[]).entries()) {
        at(n)
        const address = `${addressOf(path)}/${name}`
        expectProblem(await without.post(address, {}), 'set-not-agreed')
        const answer = await system.post(address, {})
        // Let in, it is asked what it means.
        expectProblem(answer, name === 'acknowledge-diary' ? 'malformed-request' : 'set-not-agreed')
      }
      const closed = VIEWS.filter(({ exchange }) => exchange === undefined)
      for (const [n, { path, name }] of closed.entries()) {
        at(COMMANDS.length + n)
        expectProblem(await system.get(addressOf(path)), 'set-not-agreed')
        expect(name).not.toMatch(/^(unit|member|person|journal)-list$/)
      }
      expect(closed.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'class-journal-grid',
          'pupil-messages',
          'lesson-list',
          'audit-trail',
          'who-am-i',
        ]),
      )
      for (const path of ['me/log-out', 'backups', 'read-models/class-journal/rebuild'])
        expectProblem(await system.post(path), 'set-not-agreed')
      expectProblem(await system.get('events/stream'), 'set-not-agreed')
      api.at(MORNING)
    })

    it('is no role that an account can be given', async () => {
      const path = `accounts/${id('account/none')}/grant-role`
      const answer = await administrator.post(path, { role: 'external-system', from: '2026-09-01' })
      expectProblem(answer, 'malformed-request')
    })
  })
})
