import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { camelCase } from '#api/addresses.ts'
import { requirePermissions } from '#api/app.ts'
import { VIEWS } from '#api/views/catalogue.ts'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Command } from '#commands/command.ts'
import { type Answer, type Api, expectProblem, openApi, OTHER_SCHOOL } from '#support/api.ts'
import { CLASS_7A } from '#support/class-7a.ts'
import { testEngine } from '#support/databases.ts'
import { SCHOOL } from '#support/spec.ts'

interface Route {
  readonly method: 'GET' | 'POST'
  readonly url: string
}
interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> }
  readonly responses: Record<string, { readonly description: string; readonly content: object }>
  readonly parameters?: ReadonlyArray<{
    readonly name: string
    readonly in: string
    readonly description?: string
    readonly schema: object
  }>
  readonly security?: ReadonlyArray<object>
}
interface Document {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: Record<string, Record<string, object>>
}

/** What anybody may ask: to log in, how the service is, and what its API is. */
const PUBLIC = [
  'POST /v1/log-in',
  'POST /v1/activate',
  'POST /v1/token',
  'POST /v1/external-log-in/begin',
  'POST /v1/external-log-in/complete',
  'GET /.well-known/jwks.json',
  'GET /health/live',
  'GET /health/ready',
  'GET /problems/:reason',
  'GET /openapi.json',
  'GET /log/checkpoint',
  'GET /log/tile/:level/:a',
  'GET /log/tile/:level/:a/:b',
  'GET /log/tile/:level/:a/:b/:c',
  'GET /log/tile/:level/:a/:b/:c/:d',
  'GET /log/proof/:event',
  'GET /log/consistency',
  'GET /log/keys',
]

/** What is neither a command nor a query: a job, and a stream without end. */
const OTHERS = [
  'POST /v1/schools/:school/read-models/:model/rebuild',
  'GET /v1/schools/:school/events/stream',
  'POST /v1/schools/:school/backups',
  'POST /v1/schools/:school/me/log-out',
  'POST /v1/schools/:school/me/log-out-everywhere',
  'POST /v1/schools/:school/me/sessions/:session/end',
  'POST /v1/schools/:school/accounts/:account/sessions/end',
  'POST /v1/schools/:school/classes/:class/activation-codes',
  'POST /v1/schools/:school/imports/:list',
  'POST /v1/schools/:school/imports/oneroster',
  'POST /v1/schools/:school/record-whole-lessons',
  'POST /v1/schools/:school/receive-access-applications',
  'POST /v1/schools/:school/years/:year/journals/:journal/exempt-from-practice-for-year',
  'POST /v1/schools/:school/packages',
  'POST /v1/schools/:school/packages/:package/verify',
  'GET /v1/schools/:school/packages/:package/file',
  'POST /v1/schools/:school/pupils/:pupil/extract',
  'POST /v1/schools/:school/pages/:page/printouts',
  'POST /v1/schools/:school/summaries/:unit/printouts',
  'POST /v1/schools/:school/printouts/:printout/certification',
  'POST /v1/schools/:school/years/:year/reports/:report/release',
  'POST /v1/schools/:school/paper-decisions',
  'POST /v1/schools/:school/authority-reports',
]

/** Commands out of a file: they have the headers of a command. */
const IMPORTS = ['POST /v1/schools/:school/years/:year/topic-plans/:journal/import']

const engine = testEngine('pglite')
let api: Api
let routes: Route[]
let document: Document
beforeAll(async () => {
  api = await openApi(engine, { schools: [SCHOOL, OTHER_SCHOOL], people: ['head', 'administrator'] })
  routes = routesIn(api.app.printRoutes({ commonPrefix: false })).filter(
    ({ url }) => !url.startsWith('/docs'),
  )
  document = (await api.send<Document>({ method: 'GET', url: '/openapi.json' })).body
})
afterAll(() => api.close())

/** The routes of the tree that the router prints: `├── v1/… (GET, HEAD)`, four columns for each level. */
function routesIn(tree: string): Route[] {
  const above: string[] = []
  const found: Route[] = []
  for (const line of tree.split('\n')) {
    const parts = /^([│ ]*)[├└]── (\S*)(?: \((.+)\))?$/u.exec(line)
    if (parts === null) continue
    const depth = parts[1]!.length / 4
    above.length = depth
    above.push(parts[2]!)
    const url = above.join('')
    for (const method of parts[3]?.split(', ') ?? [])
      if (method === 'GET' || method === 'POST') found.push({ method, url })
  }
  return found
}

const named = ({ method, url }: Route): string => `${method} ${url}`
/** An address of a route: every parameter is the id of a class, and the school that of `school`. */
const addressOf = ({ url }: Route, school: string): string =>
  url.replace(':school', school).replaceAll(/:\w+/g, CLASS_7A)
const closed = (): Route[] => routes.filter((route) => !PUBLIC.includes(named(route)))
const ask = (route: Route, school: string, headers: Record<string, string> = {}): Promise<Answer<unknown>> =>
  api.send({
    method: route.method,
    url: addressOf(route, school),
    headers,
    ...(route.method === 'POST' ? { payload: {} } : {}),
  })

const handler = () => ({})

describe('every route', () => {
  it('is one of a command, of a view, or known by name', () => {
    const commands = (COMMANDS as readonly Command[]).map(
      ({ path, name }) => `POST /v1/schools/:school/${path}/${name}`,
    )
    const views = VIEWS.map(({ path }) => `GET /v1/schools/:school/${path}`)
    const expected = [...PUBLIC, ...commands, ...views, ...OTHERS, ...IMPORTS]
    expect(routes.map(named).toSorted()).toEqual(expected.toSorted())
  })

  it('R-7G.a: is closed to whoever has no token, unless it is public', async () => {
    for (const route of closed()) {
      const answer = await ask(route, SCHOOL)
      expect(answer.status, named(route)).toBe(401)
      expectProblem(answer, 'unauthenticated')
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
  })

  it('R-F20: of a school does not exist for the token of another school, though one release serves both, nor does a school that nobody has', async () => {
    const { token } = await api.as('head', OTHER_SCHOOL)
    for (const route of closed()) {
      for (const school of [SCHOOL, 'nowhere']) {
        const answer = await ask(route, school, { authorization: `Bearer ${token}` })
        expect(answer.status, named(route)).toBe(404)
        expectProblem(answer, 'school-unknown', { school })
      }
    }
  })

  it('must say who may use it, or the service does not start', async () => {
    const bare = Fastify()
    requirePermissions(bare)
    expect(() => bare.route({ method: 'GET', url: '/v1/marks', handler })).toThrow(
      '/v1/marks does not say who may use it',
    )
    bare.route({ method: 'GET', url: '/open', config: { permission: { public: 'a test' } }, handler })
    await bare.close()
  })
})

/** Every operation of the document. */
const operations = (): Array<[path: string, method: string, Operation]> =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      path,
      method,
      operation,
    ]),
  )

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 and has every route but itself', () => {
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({ title: expect.any(String) as string, version: '1' })
    const listed = operations().map(([path, method]) => `${method.toUpperCase()} ${path}`)
    const expected = routes
      .filter(({ url }) => url !== '/openapi.json')
      .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect(listed.toSorted()).toEqual(expected.toSorted())
  })

  it('names every operation in camelCase and once, with a tag and a Russian summary', () => {
    const ids = operations().map(([, , { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [path, , { operationId, summary, tags }] of operations()) {
      expect(operationId, path).toMatch(/^[a-z][a-zA-Z]+$/)
      expect(summary, path).toMatch(/^[А-ЯЁ][^.]+[^.]$/u)
      expect(tags, path).toHaveLength(1)
      expect(tags![0], path).toMatch(/^[А-ЯЁ]/u)
    }
    for (const { name } of [...COMMANDS, ...VIEWS]) expect(ids).toContain(camelCase(name))
  })

  it('has words for every answer, and refusals are problem documents', () => {
    for (const [path, , { responses }] of operations()) {
      for (const { description } of Object.values(responses)) {
        expect(description, path).not.toBe('Default Response')
      }
      const refusal = responses['default']
      if (refusal !== undefined) {
        expect(Object.keys(refusal.content), path).toEqual(['application/problem+json'])
      }
    }
  })

  it('keeps the words that stand beside a named schema, in a parameter and in a body', () => {
    const { parameters } = document.paths['/v1/schools/{school}/lessons']!['get']!
    expect(parameters!.find(({ name }) => name === 'from')).toMatchObject({
      description: 'По умолчанию — сегодня',
      schema: { allOf: [{ $ref: '#/components/schemas/LocalDateInput' }] },
    })
    const { requestBody } = document.paths['/v1/schools/{school}/pages/{page}/correct-mark']!['post']!
    expect(requestBody!.content['application/json']!.schema).toMatchObject({
      properties: { dispute: { description: 'Обращение, на которое отвечает исправление' } },
    })
  })

  it('resolves every reference within itself', () => {
    const references: Array<[place: string, reference: string]> = []
    walk(document, (node, place) => {
      if (typeof node['$ref'] === 'string') references.push([place, node['$ref']])
    })
    expect(references.length).toBeGreaterThan(50)
    for (const [place, reference] of references) {
      expect(reference, place).toMatch(/^#\//)
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document)
      expect(found, `${place}: ${reference}`).toBeTypeOf('object')
    }
  })

  it('describes every body that a command takes, and refuses unknown fields in it', () => {
    for (const { name, path, input } of COMMANDS as readonly Command[]) {
      const url = `/v1/schools/{school}/${path.replaceAll(/:(\w+)/g, '{$1}')}/${name}`
      const operation = document.paths[url]!['post']!
      const schema = operation.requestBody?.content['application/json']?.schema
      expect(schema, name).toMatchObject({ type: 'object', additionalProperties: false })
      const inPath = [...path.matchAll(/:(\w+)/g)].map(([, field]) => field!)
      const inBody = Object.keys((schema as { properties: object }).properties)
      expect([...inBody, ...inPath].toSorted(), name).toEqual(Object.keys(input.shape).toSorted())
      // Of what an address says all, the body is empty.
      if (inBody.length === 0) continue
      walk((schema as { properties: Record<string, unknown> }).properties, (node, place) => {
        expect(Object.keys(node), `${name} ${place}`).not.toHaveLength(0)
      })
    }
  })

  it('describes the parameters of an address, and the headers', () => {
    for (const [path, method, { parameters = [] }] of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
      const described = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
      expect(described.toSorted(), path).toEqual(inPath.toSorted())
      if (!path.startsWith('/v1/schools/')) continue
      const headers = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name)
      const isJob = OTHERS.includes(`POST ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
      const own = method === 'get' || isJob ? ['min-position'] : ['idempotency-key', 'if-match']
      if (method === 'post' && path.includes('/imports/')) own.splice(0, 1, 'idempotency-key', 'prefer')
      // A package is made by a command of its own, whose id the client may choose.
      if (
        /\/(record-whole-lessons|receive-access-applications|exempt-from-practice-for-year|packages|packages\/\{package\}\/verify)$/.test(
          path,
        ) &&
        method === 'post'
      )
        own.splice(0, 1, 'idempotency-key')
      if (path.endsWith('/file')) own.splice(0, 1, 'range')
      if (path.endsWith('/events/stream')) own.splice(0, 1, 'last-event-id')
      expect(headers.toSorted(), path).toEqual([...own, 'letopis-role'].toSorted())
    }
  })

  it('says for each operation what it answers, and a problem for the rest', () => {
    for (const [path, , { responses }] of operations()) {
      expect(Object.keys(responses).length, path).toBeGreaterThan(0)
      if (path.startsWith('/v1/')) expect(Object.keys(responses), path).toContain('default')
    }
  })

  it('says which operations need no token', () => {
    for (const [path, method, { security }] of operations()) {
      const isPublic = PUBLIC.includes(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
      if (isPublic) expect(security, path).toEqual([])
      else expect(security ?? [{ token: [] }], path).toEqual([{ token: [] }])
    }
  })

  it('is shown to people at /docs', async () => {
    const page = await api.send<string>({ method: 'GET', url: '/docs' })
    const shown =
      page.status === 302 ? await api.send<string>({ method: 'GET', url: page.headers['location']! }) : page
    expect(shown.status).toBe(200)
    expect(shown.headers['content-type']).toMatch(/^text\/html/)
    expect(shown.body).toContain('swagger-ui')
  })
})

describe('health', () => {
  it('answers, and says how far each read model has come', async () => {
    expect(await api.send({ method: 'GET', url: '/health/live' })).toMatchObject({
      status: 200,
      body: { live: true },
    })
    await api.shown()
    const { status, body } = await api.send<{ ready: boolean; head: string; readModels: unknown[] }>({
      method: 'GET',
      url: '/health/ready',
    })
    expect(status).toBe(200)
    expect(body.ready).toBe(true)
    expect(body.readModels).toHaveLength(api.installation.projectors.length)
    for (const model of body.readModels) expect(model).toMatchObject({ position: body.head, stopped: false })
  })
})

/** Visits every object below `node`. */
function walk(
  node: unknown,
  visit: (node: Record<string, unknown>, place: string) => void,
  place = '',
): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) visit(node as Record<string, unknown>, place)
  for (const [key, value] of Object.entries(node)) walk(value, visit, `${place}/${key}`)
}
