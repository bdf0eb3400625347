import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LoggedRequest } from '#api/request-log.ts'
import { query } from '#events/store/sql.ts'
import { streamName } from '#events/stream-name.ts'
import {
  accountOf,
  type Answer,
  type Api,
  type Client,
  expectProblem,
  type LogIn,
  MORNING,
  openApi,
  OTHER_SCHOOL,
  PASSWORD,
} from '#support/api.ts'
import { eachEngine, testEngine } from '#support/databases.ts'
import { CLIENT, type Issuer, openIssuer, REDIRECT } from '#support/oidc-issuer.ts'
import { SCHOOL } from '#support/spec.ts'

interface Begun {
  readonly url: string
  readonly secret: string
}
interface LoggedIn {
  readonly token: string
  readonly refresh: string
  readonly account: string
  readonly rulesOwed: boolean
}
interface Linked {
  readonly events: ReadonlyArray<{ readonly data: { readonly identity: string } }>
}

const post = <Body>(api: Api, url: string, payload: object): Promise<Answer<Body>> =>
  api.send<Body>({ method: 'POST', url, payload })
const begin = async (api: Api, school = SCHOOL): Promise<Begun> => {
  const answer = await post<Begun>(api, '/v1/external-log-in/begin', { school })
  expect(answer.status).toBe(200)
  return answer.body
}
const complete = (api: Api, secret: string, callback: string) =>
  post<LoggedIn>(api, '/v1/external-log-in/complete', { secret, callback })

const settings = (issuer: Issuer, change: object = {}) => ({
  issuer: issuer.url,
  clientId: CLIENT.id,
  clientSecret: CLIENT.secret,
  redirect: REDIRECT,
  claim: 'sub',
  ...change,
})

const wrongCode = (text: string): string => text.replace(/code=[^&]+/, 'code=made-up')

eachEngine((engine) => {
  let issuer: Issuer
  let api: Api
  let administrator: Client
  beforeAll(async () => {
    issuer = await openIssuer()
    api = await openApi(engine, { schools: [SCHOOL, OTHER_SCHOOL], issuer: settings(issuer) })
    administrator = await api.as('administrator')
  })
  afterAll(async () => {
    await api.close()
    await issuer.close()
  })

  async function link(login: LogIn, subject: string): Promise<Answer<Linked>> {
    const path = `accounts/${accountOf(login)}/link-external-identity`
    return administrator.post<Linked>(path, { issuer: issuer.url, subject })
  }
  /** The whole way of one browser. */
  async function logIn(subject: string, school = SCHOOL): Promise<Answer<LoggedIn>> {
    const { url, secret } = await begin(api, school)
    return complete(api, secret, await issuer.visit(url, subject))
  }

  describe('R-7G.a: a log-in at an external issuer', () => {
    it('lets in the person of the account with which the subject was linked', async () => {
      expect(await link('mother', 'esia-1000300890')).toMatchObject({ status: 201 })
      const entered = await logIn('esia-1000300890')
      expect(entered).toMatchObject({ status: 200, body: { account: accountOf('mother'), rulesOwed: true } })
      const mother = api.withToken(entered.body.token)
      expectProblem(await mother.get('years/2026'), 'rules-not-accepted')
      const path = `accounts/${accountOf('mother')}/accept-rules`
      expect(await mother.post(path, { version: '2026-1' })).toMatchObject({ status: 201 })
      expect(await mother.get('me')).toMatchObject({ status: 200, body: { account: accountOf('mother') } })
      // It is a session as any other: prolonged, listed, ended.
      const refreshed = await post<LoggedIn>(api, '/v1/token', { refresh: entered.body.refresh })
      expect(refreshed.status).toBe(200)
      expect(await mother.post('me/log-out')).toMatchObject({ body: { ended: 1 } })
      expectProblem(await api.withToken(refreshed.body.token).get('me'), 'session-ended')
    })

    it('asks the issuer with PKCE, state and nonce', async () => {
      const { searchParams } = new URL((await begin(api)).url)
      expect(Object.fromEntries(searchParams)).toMatchObject({
        client_id: CLIENT.id,
        redirect_uri: REDIRECT,
        response_type: 'code',
        scope: 'openid',
        code_challenge_method: 'S256',
        code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
        state: expect.stringMatching(/^[\w-]{43}$/) as string,
        nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      })
    })

    it('lets in nobody by a name: the issuer calls everybody «head»', async () => {
      const answer = await logIn('somebody-else')
      expectProblem(answer, 'external-identity-not-linked')
      expect(answer.status).toBe(403)
    })

    it('knows a link in the school in which it was made, and in no other', async () => {
      await link('boris', 'esia-boris')
      expect(await logIn('esia-boris')).toMatchObject({ status: 200 })
      expectProblem(await logIn('esia-boris', OTHER_SCHOOL), 'external-identity-not-linked')
    })

    it('is finished once, by whoever began it, within ten minutes', async () => {
      await link('anna', 'esia-anna')
      const [own, other] = [await begin(api), await begin(api)]
      const callback = await issuer.visit(own.url, 'esia-anna')
      // The browser of another is sent back with the code of Anna: what it began was not this.
      expectProblem(await complete(api, other.secret, callback), 'external-log-in-refused')
      expectProblem(await complete(api, 'unheard-of', callback), 'external-log-in-unknown')
      expect(await complete(api, own.secret, callback)).toMatchObject({ status: 200 })
      expectProblem(await complete(api, own.secret, callback), 'external-log-in-unknown')

      const late = await begin(api)
      const slow = await issuer.visit(late.url, 'esia-anna')
      api.at(new Date(Date.parse(MORNING) + 600_000).toISOString())
      expectProblem(await complete(api, late.secret, slow), 'external-log-in-unknown')
      api.at(MORNING)
    })

    it('is refused when the issuer says no, when the code is not its own, or when nothing came back', async () => {
      for (const bent of [
        wrongCode,
        () => 'x=1',
        () => '',
        (text: string) => text.replace('state=', 'stat='),
      ]) {
        const { url, secret } = await begin(api)
        const callback = bent(await issuer.visit(url, 'esia-anna'))
        const answer = await complete(api, secret, callback)
        if (callback === '') expectProblem(answer, 'malformed-request')
        else expectProblem(answer, 'external-log-in-refused')
      }
      const { url, secret } = await begin(api)
      const denied = await issuer.visit(url, '')
      expect(denied).toContain('error=access_denied')
      expectProblem(await complete(api, secret, denied), 'external-log-in-refused')
    })

    it('lets nobody into an account that is blocked, and ends with its link', async () => {
      const linked = await link('english', 'esia-english')
      const account = accountOf('english')
      expect(await logIn('esia-english')).toMatchObject({ status: 200 })
      await administrator.post(`accounts/${account}/block-account`, { reason: 'misuse' })
      expectProblem(await logIn('esia-english'), 'account-blocked')
      await administrator.post(`accounts/${account}/unblock-account`, { reason: 'checked' })
      expect(await logIn('esia-english')).toMatchObject({ status: 200 })
      const { identity } = linked.body.events[0]!.data
      const unlink = `accounts/${account}/unlink-external-identity`
      expect(await administrator.post(unlink, { identity })).toMatchObject({ status: 201 })
      expectProblem(await logIn('esia-english'), 'external-identity-not-linked')
      expectProblem(await administrator.post(unlink, { identity }), 'identity-unknown')
    })

    it('means one account of a school: a subject that is linked is not linked with another', async () => {
      await link('deputy', 'esia-deputy')
      const taken = await link('retired', 'esia-deputy')
      expectProblem(taken, 'identity-taken')
      expect(taken.status).toBe(409)
      // Linked again with the same account, it is found by the newest link.
      expect(await link('deputy', 'esia-deputy')).toMatchObject({ status: 201 })
      expect(await logIn('esia-deputy')).toMatchObject({ body: { account: accountOf('deputy') } })
    })

    it('keeps the subject in no event, no table and no request', async () => {
      await link('archivist', 'esia-archivist')
      const { url, secret } = await begin(api)
      const callback = await issuer.visit(url, 'esia-archivist')
      expect(await complete(api, secret, callback)).toMatchObject({ status: 200 })
      const { kysely } = api.installation.database
      const tables = ['external_identity', 'external_log_in', 'request', 'session', 'credential']
      for (const table of [...tables.map((name) => `access.${name}`), 'log.event']) {
        const text = JSON.stringify(await query<object>(kysely, `select * from ${table}`, []))
        for (const told of ['esia-archivist', secret, new URLSearchParams(callback).get('code')!])
          expect(text, table).not.toContain(told)
      }
      const types = (await api.events(streamName(SCHOOL, 'access', accountOf('archivist')))).map(
        ({ type }) => type,
      )
      expect(types).toContain('ExternalIdentityLinked')
      const auditor = await api.as('auditor')
      const found = await auditor.get<{ requests: LoggedRequest[] }>(
        `requests?operation=external-log-in&account=${accountOf('archivist')}`,
      )
      expect(found.body.requests).toMatchObject([{ status: 200, problem: null, school: SCHOOL }])
    })

    it('is linked by the system administrator alone', async () => {
      const path = `accounts/${accountOf('stranger')}/link-external-identity`
      for (const login of ['head', 'stranger', 'mathematician'] as const) {
        const answer = await (await api.as(login)).post(path, { issuer: issuer.url, subject: 'own' })
        expectProblem(answer, 'role-not-permitted')
      }
    })
  })
})

describe('an external issuer', () => {
  it('may name people by another claim than sub', async () => {
    const issuer = await openIssuer()
    const api = await openApi(testEngine('pglite'), { issuer: settings(issuer, { claim: 'person' }) })
    const administrator = await api.as('administrator')
    await administrator.post(`accounts/${accountOf('mother')}/link-external-identity`, {
      issuer: issuer.url,
      subject: 'person of 77',
    })
    const { url, secret } = await begin(api)
    const entered = await complete(api, secret, await issuer.visit(url, '77'))
    expect(entered).toMatchObject({ status: 200, body: { account: accountOf('mother') } })
    await api.close()
    await issuer.close()
  })

  it('that does not answer leaves the way by a password open, and is asked again', async () => {
    const gone = await openIssuer()
    const api = await openApi(testEngine('pglite'), { people: ['head'], issuer: settings(gone) })
    const { url, secret } = await begin(api)
    const callback = await gone.visit(url, 'esia-head')
    await gone.close()
    const unavailable = await complete(api, secret, callback)
    expectProblem(unavailable, 'external-issuer-unavailable')
    expect(unavailable.status).toBe(503)
    const login = { school: SCHOOL, login: 'head', password: PASSWORD }
    expect(await post(api, '/v1/log-in', login)).toMatchObject({ status: 200 })
    await api.close()
  })

  it('whose claim is missing, or whose client secret is wrong, lets nobody in', async () => {
    const issuer = await openIssuer()
    for (const change of [{ claim: 'no-such-claim' }, { clientSecret: 'another' }]) {
      const api = await openApi(testEngine('pglite'), { people: ['head'], issuer: settings(issuer, change) })
      const { url, secret } = await begin(api)
      expectProblem(await complete(api, secret, await issuer.visit(url, '77')), 'external-log-in-refused')
      await api.close()
    }
    await issuer.close()
  })

  it('that is not configured is said to be so', async () => {
    const api = await openApi(testEngine('pglite'), { people: ['head'] })
    const begun = await post(api, '/v1/external-log-in/begin', { school: SCHOOL })
    expectProblem(begun, 'external-issuer-not-configured')
    const completed = await complete(api, 'x', 'code=1')
    expectProblem(completed, 'external-issuer-not-configured')
    await api.close()
  })
})
