import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { grantRole } from '#commands/access/grant-role.ts'
import { receiveAccessApplication } from '#commands/access/receive-access-application.ts'
import { issueActivationCode } from '#commands/access/issue-activation-code.ts'
import { openAccount } from '#commands/access/open-account.ts'
import { query } from '#events/store/sql.ts'
import { streamName } from '#events/stream-name.ts'
import type { LoggedRequest } from '#api/request-log.ts'
import {
  accountOf,
  type Answer,
  type Api,
  type Client,
  expectProblem,
  type LogIn,
  MORNING,
  MOTHER,
  openApi,
  PASSWORD,
} from '#support/api.ts'
import { ANNA, BORIS, CLASS_7A, id } from '#support/class-7a.ts'
import { eachEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'
import type { Uuid } from '#values/uuid.ts'

interface LoggedIn {
  readonly token: string
  readonly refresh: string
  readonly session: string
  readonly roles: readonly string[]
  readonly rulesOwed: boolean
}
interface Sessions {
  readonly sessions: ReadonlyArray<{
    session: string
    address: string
    current: boolean
    agent: string | null
  }>
}

const CHOSEN = 'пятнадцать-ёжиков-в-тумане'
const APPLICATION = { version: '2026-1', appliedOn: '2026-11-06' }

const paper = (login: LogIn, change: object = {}) => ({
  account: accountOf(login),
  ...APPLICATION,
  ...change,
})

eachEngine((engine) => {
  let api: Api
  beforeEach(async () => {
    api = await openApi(engine, { prepared: true })
  })
  afterEach(() => api.close())

  const later = (seconds: number): void =>
    api.at(new Date(Date.parse(MORNING) + seconds * 1_000).toISOString())
  const post = <Body>(url: string, payload: object, remoteAddress = '127.0.0.1'): Promise<Answer<Body>> =>
    api.send<Body>({ method: 'POST', url, payload, remoteAddress })
  const logIn = (login: string, password = PASSWORD, address?: string) =>
    post<LoggedIn>('/v1/log-in', { school: SCHOOL, login, password }, address)
  const refresh = (token: string) => post<LoggedIn>('/v1/token', { refresh: token })
  const activate = (code: string, password = CHOSEN) =>
    post<LoggedIn>('/v1/activate', { school: SCHOOL, code, password })
  async function entered(login: LogIn): Promise<LoggedIn & { readonly client: Client }> {
    const { status, body } = await logIn(login)
    expect(status).toBe(200)
    return { ...body, client: api.withToken(body.token) }
  }
  const requests = async (filter: string): Promise<LoggedRequest[]> => {
    const auditor = await api.as('auditor')
    return (await auditor.get<{ requests: LoggedRequest[] }>(`requests?${filter}`)).body.requests
  }
  /** The school has an application for access of this person (R-A1.p2). */
  async function applied(account: Uuid): Promise<void> {
    const path = `accounts/${account}/${receiveAccessApplication.name}`
    const answer = await (await api.as('administrator')).post(path, APPLICATION)
    expect(answer.status).toBe(201)
  }
  /** An account without a password, and the code for it. */
  async function codeFor(login: LogIn, reason = 'reset'): Promise<string> {
    const administrator = await api.as('administrator')
    const path = `accounts/${accountOf(login)}/${issueActivationCode.name}`
    const answer = await administrator.post<{ told: { activationCode: string } }>(path, { reason })
    expect(answer.status).toBe(201)
    return answer.body.told.activationCode
  }

  describe('R-7G.a: log-in', () => {
    it('locks a name after five failures, ever longer, and lets in who waits', async () => {
      for (let n = 0; n < 5; n++) expectProblem(await logIn('head', 'wrong-wrong'), 'login-failed')
      const locked = await logIn('head')
      expectProblem(locked, 'log-in-locked', { retryAfterSeconds: 60 })
      expect(locked).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
      later(60.001)
      expectProblem(await logIn('head', 'wrong-wrong'), 'login-failed')
      expectProblem(await logIn('head'), 'log-in-locked', { retryAfterSeconds: 120 })
      later(181)
      expect(await logIn('head')).toMatchObject({ status: 200 })
      // A success forgets the failures.
      for (let n = 0; n < 4; n++) expectProblem(await logIn('head', 'wrong-wrong'), 'login-failed')
      expect(await logIn('head')).toMatchObject({ status: 200 })
    })

    it('treats a name that nobody has as any other, and keeps no name that was typed', async () => {
      for (let n = 0; n < 5; n++) expectProblem(await logIn('nobody-at-all'), 'login-failed')
      expectProblem(await logIn('nobody-at-all'), 'log-in-locked')
      const [kept] = await query<{ all: string }>(
        api.installation.database.kysely,
        `select string_agg(to_jsonb(t)::text, ' ') as all from access.log_in_attempt t`,
      )
      expect(kept!.all).not.toContain('nobody-at-all')
    })

    it('counts tries at once as it counts them one after another', async () => {
      const tries = await Promise.all(Array.from({ length: 20 }, () => logIn('deputy', 'wrong-wrong')))
      expect(tries.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5)
      expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([401, 429]))
    })

    it('makes a hash anew that has parameters of before', async () => {
      const database = api.installation.database.kysely
      const hash = async () => {
        const text = 'select hash from access.credential where account = $1'
        return (await query<{ hash: string }>(database, text, [accountOf('head')]))[0]!.hash
      }
      // The vector of RFC 9106 has other parameters than ours: one pass over 8 KiB, of the same password.
      const weak = await weakHash(PASSWORD)
      await query(database, 'update access.credential set hash = $1 where account = $2', [
        weak,
        accountOf('head'),
      ])
      expect(await logIn('head')).toMatchObject({ status: 200 })
      expect(await hash()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      expect(await logIn('head')).toMatchObject({ status: 200 })
    })
  })

  describe('R-7G.a: a session', () => {
    it('is prolonged by a refresh token that is good once', async () => {
      const first = await entered('head')
      later(3_601)
      expectProblem(await first.client.get('me'), 'token-expired')
      const second = await refresh(first.refresh)
      expect(second.status).toBe(200)
      expect(second.body.session).toBe(first.session)
      expect(second.body.refresh).not.toBe(first.refresh)
      expect(await api.withToken(second.body.token).get('me')).toMatchObject({ status: 200 })
    })

    it('ends for everybody when a refresh token is used a second time, which is on record', async () => {
      const first = await entered('head')
      const second = (await refresh(first.refresh)).body
      expectProblem(await refresh(first.refresh), 'refresh-token-replayed')
      // The copy and the owner: neither goes on.
      expectProblem(await refresh(second.refresh), 'refresh-token-invalid')
      expectProblem(await api.withToken(second.token).get('me'), 'session-ended')
      const [noted] = await requests('problem=refresh-token-replayed')
      expect(noted).toMatchObject({ operation: 'refresh', account: accountOf('head'), status: 401 })
    })

    it('of whom two programs at once bring the same token goes on for one at most', async () => {
      const { refresh: token } = await entered('head')
      const statuses = (await Promise.all([refresh(token), refresh(token)])).map(({ status }) => status)
      expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401])
    })

    it('ends by itself after fourteen days without use', async () => {
      const { refresh: token } = await entered('head')
      later(14 * 86_400)
      expectProblem(await refresh(token), 'refresh-token-invalid')
    })

    it('cannot be guessed from its number', async () => {
      const { session, client } = await entered('head')
      for (const token of [session, `${session}.${session}`, 'x', '.'])
        expectProblem(await refresh(token), 'refresh-token-invalid')
      expect(await client.get('me')).toMatchObject({ status: 200 })
    })

    it('R-4.1: is shown to its person and to the administrator, who end it', async () => {
      const one = await entered('head')
      later(1)
      const two = await post<LoggedIn>(
        '/v1/log-in',
        { school: SCHOOL, login: 'head', password: PASSWORD },
        '203.0.113.7',
      )
      const { sessions } = (await one.client.get<Sessions>('me/sessions')).body
      expect(sessions).toMatchObject([
        { session: two.body.session, address: '203.0.113.7', current: false },
        { session: one.session, address: '127.0.0.1', current: true },
      ])
      const path = `me/sessions/${two.body.session}/end`
      expect(await one.client.post(path)).toMatchObject({ status: 200, body: { ended: 1 } })
      expectProblem(await one.client.post(path), 'session-unknown')
      expectProblem(await api.withToken(two.body.token).get('me'), 'session-ended')
      const administrator = await api.as('administrator')
      const ofHead = `accounts/${accountOf('head')}/sessions`
      expect((await administrator.get<Sessions>(ofHead)).body.sessions).toHaveLength(1)
      expect(await administrator.post(`${ofHead}/end`)).toMatchObject({ body: { ended: 1 } })
      expectProblem(await one.client.get('me'), 'session-ended')
      expectProblem(await refresh(one.refresh), 'refresh-token-invalid')
    })

    it('ends with its log-out, and everywhere with that from everywhere', async () => {
      const [one, two, three] = [await entered('head'), await entered('head'), await entered('head')]
      expect(await one.client.post('me/log-out')).toMatchObject({ body: { ended: 1 } })
      expectProblem(await one.client.get('me'), 'session-ended')
      expect(await two.client.post('me/log-out-everywhere')).toMatchObject({ body: { ended: 2 } })
      for (const { client } of [two, three]) expectProblem(await client.get('me'), 'session-ended')
    })

    it('is nobody else’s to end', async () => {
      const head = await entered('head')
      const deputy = await api.as('deputy')
      expectProblem(await deputy.post(`me/sessions/${head.session}/end`), 'session-unknown')
      expectProblem(await deputy.post(`accounts/${accountOf('head')}/sessions/end`), 'role-not-permitted')
      expect(await head.client.get('me')).toMatchObject({ status: 200 })
    })
  })

  describe('R-7B.1: activation codes', () => {
    const account = id('account/boris-again')

    async function openWithoutPassword(): Promise<string> {
      const administrator = await api.as('administrator')
      const opened = { person: BORIS, login: 'boris.again' }
      expect(await administrator.post(`accounts/${account}/${openAccount.name}`, opened)).toMatchObject({
        status: 201,
      })
      const role = { role: 'pupil', from: '2026-09-01' }
      await administrator.post(`accounts/${account}/${grantRole.name}`, role)
      await applied(account)
      const path = `accounts/${account}/${issueActivationCode.name}`
      const answer = await administrator.post<{ told: { activationCode: string } }>(path, {})
      return answer.body.told.activationCode
    }

    it('R-4.1: let in once; until the rules are accepted nothing but them is open', async () => {
      const code = await openWithoutPassword()
      expectProblem(await logIn('boris.again', CHOSEN), 'login-failed')
      // As it is typed from paper.
      const answer = await activate(code.toLowerCase().replaceAll('-', ' '))
      expect(answer).toMatchObject({ status: 200, body: { rulesOwed: true, roles: ['pupil'] } })
      const client = api.withToken(answer.body.token)
      expectProblem(await client.get(`pupils/${BORIS}/diary`), 'rules-not-accepted', { version: '2026-1' })
      expect(await client.get('me')).toMatchObject({ body: { rules: { version: '2026-1', owed: true } } })
      const accepted = await client.post(`accounts/${account}/accept-rules`, { version: '2026-1' })
      expect(accepted.status).toBe(201)
      expect(await client.get(`pupils/${BORIS}/diary`)).toMatchObject({ status: 200 })

      expectProblem(await activate(code, 'another-password'), 'activation-code-used')
      expectProblem(await logIn('boris.again', 'another-password'), 'login-failed')
      expect(await logIn('boris.again', CHOSEN)).toMatchObject({ status: 200, body: { rulesOwed: false } })
      const types = (await api.events(streamName(SCHOOL, 'access', account))).map(({ type }) => type)
      expect(types).toEqual([
        'AccountOpened',
        'RoleGranted',
        'AccessApplicationReceived',
        'ActivationCodeIssued',
        'AccountActivated',
        'RulesAccepted',
      ])
    })

    it('are void when they expire, and when another is issued', async () => {
      const first = await openWithoutPassword()
      const administrator = await api.as('administrator')
      const path = `accounts/${account}/${issueActivationCode.name}`
      const next = await administrator.post<{ told: { activationCode: string } }>(path, { days: 1 })
      expectProblem(await activate(first), 'activation-code-invalid')
      expectProblem(await activate('0000-0000-0000-0000'), 'activation-code-invalid')
      later(86_400)
      expectProblem(await activate(next.body.told.activationCode), 'activation-code-expired')
    })

    it('stand in no event, and in no table in clear; a repeated command does not tell them again', async () => {
      const administrator = await api.as('administrator')
      const path = `accounts/${accountOf('anna')}/${issueActivationCode.name}`
      const key = { 'idempotency-key': id('issued once') }
      const answer = await administrator.post<{ told: { activationCode: string } }>(path, {}, key)
      const code = answer.body.told.activationCode
      await applied(accountOf('anna'))
      const again = await administrator.post<{ repeated: boolean; told?: object }>(path, {}, key)
      expect(again.body.repeated).toBe(true)
      expect(again.body.told).toBe(undefined)
      const database = api.installation.database.kysely
      for (const table of ['log.event', 'access.activation_code', 'access.request']) {
        const text = `select string_agg(to_jsonb(t)::text, ' ') as all from ${table} t`
        expect((await query<{ all: string }>(database, text))[0]!.all).not.toContain(code)
      }
      expect(await activate(code)).toMatchObject({ status: 200 })
    })

    it('are a list for the own class, to be printed, of those who have not come in yet', async () => {
      await api.shown()
      const english = await api.as('english')
      const path = `classes/${CLASS_7A}/activation-codes`
      interface Codes {
        codes: Array<{ name: string; login: string; code: string }>
        csv: string
      }
      const leading = { 'letopis-role': 'class-teacher' }
      const list = await english.post<Codes>(path, undefined, leading)
      expect(list.status).toBe(200)
      expect(list.body.codes.map(({ login }) => login).toSorted()).toEqual(['anna', 'boris', 'mother'])
      const ofMother = list.body.codes.find(({ login }) => login === 'mother')!
      expect(list.body.csv).toContain(ofMother.code)
      expect(await activate(ofMother.code)).toMatchObject({ status: 200, body: { person: MOTHER } })
      const next = await english.post<Codes>(path, undefined, leading)
      expect(next.body.codes.map(({ login }) => login).toSorted()).toEqual(['anna', 'boris'])
      expectProblem(await (await api.as('stranger')).post(path, undefined, leading), 'class-not-led')
      const foreign = `accounts/${accountOf('mathematician')}/${issueActivationCode.name}`
      expectProblem(await english.post(foreign, {}, leading), 'account-not-of-class')
    })
  })

  describe('R-A1.p2: applications for access, before the codes are used', () => {
    const BULK = 'receive-access-applications'
    const leading = { 'letopis-role': 'class-teacher' }
    interface Received {
      position: string | null
      applications: Array<{ account: string; outcome: string; refused: { reason: string } | null }>
    }
    interface Codes {
      codes: Array<{ login: string; code: string; application_owed: boolean }>
      csv: string
    }
    const codeList = async (): Promise<Codes> => {
      const english = await api.as('english')
      return (await english.post<Codes>(`classes/${CLASS_7A}/activation-codes`, undefined, leading)).body
    }

    beforeEach(async () => {
      const rules = { effectiveFrom: '2026-11-09', preset: 'letopis' }
      expect((await (await api.as('deputy')).post('policy/adopt-policy', rules)).status).toBe(201)
      await api.shown()
    })

    it('the list that is printed names those who owe one, and until when a code is good by the clock of the school', async () => {
      const { codes, csv } = await codeList()
      const [heading, ...lines] = csv.trimEnd().split('\r\n')
      expect(heading).toBe(
        '\uFEFFКому;Обучающийся;Имя для входа;Код активации;Действует до;Заявление о доступе',
      )
      expect(lines).toHaveLength(codes.length)
      for (const { login, application_owed } of codes) {
        const line = lines.find((text) => text.split(';')[2] === login)
        expect(line).toMatch(/;\d\d\.\d\d\.2026 \d\d:\d\d:\d\d \(Asia\/Tomsk\);/)
        expect(line!.endsWith(';принести до первого входа'), login).toBe(application_owed)
      }
      expect(new Set(codes.map(({ application_owed }) => application_owed))).toEqual(new Set([true, false]))
    })

    it('a code lets a pupil in when the school has the application, and the list of codes says who owes one', async () => {
      const anna = (await codeList()).codes.find(({ login }) => login === 'anna')
      expect(anna).toMatchObject({ application_owed: true })
      const kept = await api.events(streamName(SCHOOL, 'access', accountOf('anna')))
      expectProblem(await activate(anna!.code), 'access-application-missing', { account: accountOf('anna') })
      expect(await api.events(streamName(SCHOOL, 'access', accountOf('anna')))).toEqual(kept)
      expectProblem(await logIn('anna', CHOSEN), 'login-failed')
      const english = await api.as('english')
      const own = `accounts/${accountOf('anna')}/${receiveAccessApplication.name}`
      expect((await english.post(own, APPLICATION, leading)).status).toBe(201)
      // The very code that was refused: it was not used.
      expect(await activate(anna!.code)).toMatchObject({ status: 200, body: { rulesOwed: true } })
    })

    it('the papers of a class are received in one request, each by itself, and twice is once', async () => {
      const english = await api.as('english')
      const payload = {
        applications: [
          paper('anna'),
          paper('boris', { appliedOn: '2026-11-10' }),
          paper('mother', { pupil: ANNA }),
          paper('mathematician'),
        ],
      }
      const key = { ...leading, 'idempotency-key': id('papers of 7А') }
      const given = async (headers: Record<string, string>) => {
        const answer = await english.post<Received>(BULK, payload, headers)
        expect(answer.status).toBe(200)
        return answer.body.applications.map(({ outcome, refused }) => refused?.reason ?? outcome)
      }
      const foreign = 'account-not-of-class'
      expect(await given(key)).toEqual(['recorded', 'document-of-future', 'recorded', foreign])
      expect(await given(key)).toEqual(['known', 'document-of-future', 'known', foreign])
      expect(await given(leading)).toEqual(['known', 'document-of-future', 'known', foreign])
      const events = await api.events(streamName(SCHOOL, 'access', accountOf('anna')))
      expect(events.filter(({ type }) => type === 'AccessApplicationReceived')).toMatchObject([
        { data: APPLICATION, meta: { role: 'class-teacher' } },
      ])
      const list = (await codeList()).codes
      expect(Object.fromEntries(list.map((one) => [one.login, one.application_owed]))).toEqual({
        anna: false,
        boris: true,
        mother: false,
      })
      const [ofAnna, ofBoris] = ['anna', 'boris'].map((login) => list.find((one) => one.login === login)!)
      expect(await activate(ofAnna!.code)).toMatchObject({ status: 200 })
      expectProblem(await activate(ofBoris!.code), 'access-application-missing')
    })

    it('they are received by whoever issues codes, and by nobody else; and each account once in a request', async () => {
      const applications = [paper('anna')]
      for (const login of ['deputy', 'mathematician', 'anna', 'mother', 'head'] as const)
        expectProblem(await (await api.as(login)).post(BULK, { applications }), 'role-not-permitted')
      const english = await api.as('english')
      expectProblem(
        await english.post(BULK, { applications }, { 'letopis-role': 'teacher' }),
        'role-not-permitted',
      )
      const administrator = await api.as('administrator')
      for (const wrong of [[], [...applications, ...applications]])
        expectProblem(await administrator.post(BULK, { applications: wrong }), 'malformed-request')
      expect(await administrator.post(BULK, { applications })).toMatchObject({
        status: 200,
        body: { applications: [{ outcome: 'recorded' }] },
      })
    })
  })

  describe('credentials', () => {
    it('R-4.1: a password is replaced by its owner at any time, which ends the other sessions', async () => {
      const [here, there] = [await entered('head'), await entered('head')]
      const path = `accounts/${accountOf('head')}/replace-password`
      expectProblem(await here.client.post(path, { old: 'not-this-one', new: CHOSEN }), 'password-wrong')
      expect(await there.client.get('me')).toMatchObject({ status: 200 })
      expect(await here.client.post(path, { old: PASSWORD, new: CHOSEN })).toMatchObject({ status: 201 })
      expect(await here.client.get('me')).toMatchObject({ status: 200 })
      expectProblem(await refresh(there.refresh), 'refresh-token-invalid')
      expectProblem(await logIn('head'), 'login-failed')
      expect(await logIn('head', CHOSEN)).toMatchObject({ status: 200 })
      expectProblem(
        await here.client.post(`accounts/${accountOf('deputy')}/replace-password`, {
          old: PASSWORD,
          new: CHOSEN,
        }),
        'account-not-own',
      )
    })

    it('R-7G.2: a log-in name is replaced, and is nobody else’s', async () => {
      const { client } = await entered('head')
      const path = `accounts/${accountOf('head')}/replace-log-in-name`
      expectProblem(await client.post(path, { login: 'Deputy' }), 'login-taken')
      expect(await client.post(path, { login: 'director' })).toMatchObject({ status: 201 })
      expect(await logIn('director')).toMatchObject({ status: 200 })
      expectProblem(await logIn('head'), 'login-failed')
    })

    it('R-A1.p2: reported lost close the account at once, until a new code is used', async () => {
      const { client, refresh: token } = await entered('mathematician')
      const path = `accounts/${accountOf('mathematician')}/report-lost-credentials`
      expect(await client.post(path, { reason: 'exposed' })).toMatchObject({ status: 201 })
      expectProblem(await client.get('me'), 'new-credentials-needed')
      expectProblem(await refresh(token), 'new-credentials-needed')
      expectProblem(await logIn('mathematician'), 'new-credentials-needed')
      const again = await activate(await codeFor('mathematician', 'lost'))
      expect(again.status).toBe(200)
      // The old token is of an old epoch, though the account is open again.
      expectProblem(await client.get('me'), 'session-ended')
      expectProblem(await logIn('mathematician'), 'login-failed')
    })

    it('R-7G.2: a blocked account is closed at once, and opens in a new epoch; a disabled one never does', async () => {
      const { client, refresh: token } = await entered('mathematician')
      const administrator = await api.as('administrator')
      const of = `accounts/${accountOf('mathematician')}`
      await administrator.post(`${of}/block-account`, { reason: 'breach-suspected' })
      expectProblem(await client.get('me'), 'account-blocked')
      expectProblem(await logIn('mathematician'), 'account-blocked')
      await administrator.post(`${of}/unblock-account`, { reason: 'checked' })
      expectProblem(await client.get('me'), 'session-ended')
      expectProblem(await refresh(token), 'session-ended')
      const { client: next } = await entered('mathematician')
      await administrator.post(`${of}/disable-account`, { reason: 'left-school' })
      expectProblem(await next.get('me'), 'account-disabled')
      expectProblem(await logIn('mathematician'), 'account-disabled')
      expectProblem(
        await administrator.post(`${of}/unblock-account`, { reason: 'checked' }),
        'account-disabled',
      )
    })
  })
})

const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** A hash of argon2id by one pass over 64 KiB. */
async function weakHash(password: string): Promise<string> {
  const { argon2Sync } = await import('node:crypto')
  const nonce = Buffer.alloc(16, 7)
  const tag = argon2Sync('argon2id', {
    message: password,
    nonce,
    memory: 64,
    passes: 1,
    parallelism: 1,
    tagLength: 32,
  })
  return `$argon2id$v=19$m=64,t=1,p=1$${text(nonce)}$${text(tag)}`
}
