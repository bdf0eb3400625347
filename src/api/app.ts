import fastifyJwt from '@fastify/jwt'
import fastifySwagger from '@fastify/swagger'
import fastifySwaggerUi from '@fastify/swagger-ui'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { validatorCompiler } from 'fastify-type-provider-zod'
import { StaleRevision, StoreUnavailable } from '#events/store/event-store.ts'
import { ACCESS_RULES } from '#values/access-rules.ts'
import '#values/russian.ts'
import type { ExchangeSet } from '#values/exchange-set.ts'
import type { Operation } from '#values/rights.ts'
import { SchoolSlug } from '#values/school.ts'
import { accessApplicationsRoute } from './access-applications.ts'
import { authenticate, VerifiedTokens, type Who } from './authentication.ts'
import { commandRoutes } from './command-routes.ts'
import { describedDocument, describedRoute } from './described.ts'
import { doorRoutes, openBeforeRules } from './door.ts'
import { eventStreamRoute } from './event-stream.ts'
import { topicPlanImport } from './imports/topic-plan-import.ts'
import { type HealthParts, healthRoutes, problemRoute } from './health.ts'
import { ImportDesk } from './import-desk.ts'
import { wholeLessonsRoute } from './whole-lessons.ts'
import { importRoutes } from './import-routes.ts'
import { leaveTogether } from './leaving.ts'
import { observed } from './observation.ts'
import type { ApiParts } from './parts.ts'
import type { LoggedRequest } from './request-log.ts'
import { type Problem, PROBLEMS, problemDetails, ProblemError } from './problems.ts'
import { packageRoutes } from './package-routes.ts'
import { exemptionForYearRoute } from './exemption-for-year.ts'
import { externalDoorRoutes } from './external-door.ts'
import { authenticateService, comesFromService } from './external-system.ts'
import { jwksRoute, keyFor } from './token-keys.ts'
import { sealedLogRoutes } from './sealed-log.ts'
import { viewRoutes } from './views/catalogue.ts'
import type { Watch } from './watch.ts'

/** Who may use a route. Every route says it, or the service does not start. */
export type RoutePermission =
  | { readonly public: string }
  /** A row of the matrix of rights (`src/values/rights.ts`), which says who. */
  | { readonly operation: Operation }

declare module 'fastify' {
  interface FastifyContextConfig {
    permission?: RoutePermission
    /** The command or the query by name, for the request log. */
    operation?: string
    /** Always in the request log; other requests only when they fail. */
    logged?: boolean
    /** The set in which it may be agreed with an external system; without one it may not. */
    exchange?: ExchangeSet
  }
  interface FastifyRequest {
    /** The person of the token; null where the route is public. */
    who: Who | null
    /** Who asked for what, for the request log; filled as it becomes known, so that whoever is refused is named too. */
    asked: { school: string | null; account: string | null; role: string | null; command?: string } | null
  }
}

/** The largest body: a lesson of a stream of 120 is some ten kilobytes. */
const BODY_LIMIT = 1_048_576

/** The HTTP service. The caller listens, and closes it. */
export async function createApp(parts: ApiParts, logger: FastifyBaseLogger): Promise<FastifyInstance> {
  const app = createBase(logger, parts.watch)
  app.removeContentTypeParser('text/plain')
  // What we send is ours; the schemas of replies are documentation.
  app.setSerializerCompiler(() => JSON.stringify)
  await documented(app)
  await app.register(fastifyJwt, {
    // Which key signs is said by whoever signs, because it may be another at any time.
    secret: { private: parts.tokenKeys.signing().private, public: publicKeyOf(parts) },
    sign: { algorithm: 'EdDSA', iss: 'letopis' },
    // With its header, which names the key.
    decode: { complete: true },
    verify: { algorithms: ['EdDSA'], allowedIss: 'letopis', ignoreExpiration: true },
  })
  requestLog(app, parts)
  leaveTogether(app)
  const tokens = new VerifiedTokens(parts.tokenKeys)
  app.addHook('onRequest', async (request) => {
    const permission = request.routeOptions.config.permission
    if (permission === undefined || 'public' in permission) return
    const school = (request.params as { school?: string }).school
    if (comesFromService(request)) {
      request.who = await authenticateService(request, parts, school)
      return
    }
    request.who = await authenticate(request, parts, tokens, school)
    if (request.who.owesRules && !openBeforeRules(request.routeOptions.config.operation)) {
      throw new ProblemError('rules-not-accepted', { version: ACCESS_RULES.version })
    }
  })
  healthRoutes(app, parts)
  problemRoute(app)
  jwksRoute(app, parts.tokenKeys)
  doorRoutes(app, parts)
  externalDoorRoutes(app, parts)
  commandRoutes(app, parts)
  wholeLessonsRoute(app, parts)
  accessApplicationsRoute(app, parts)
  exemptionForYearRoute(app, parts)
  topicPlanImport(app, parts)
  viewRoutes(app, parts)
  eventStreamRoute(app, parts)
  sealedLogRoutes(app, parts)
  packageRoutes(app, parts)
  const imports = new ImportDesk(parts, logger)
  importRoutes(app, imports)
  app.addHook('onClose', () => imports.stop())
  await app.ready()
  return app
}

function publicKeyOf({ tokenKeys }: ApiParts) {
  return async (_request: unknown, token: unknown): Promise<string> => {
    const key = keyFor(tokenKeys, (token as { header?: { kid?: unknown } }).header?.kid)
    if (key === null) throw new ProblemError('token-invalid')
    return key
  }
}

/** The service of a process that does not have the role of the API: how it is, and nothing else. */
export async function createHealthApp(
  parts: HealthParts,
  logger: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const app = createBase(logger, parts.watch)
  healthRoutes(app, parts)
  await app.ready()
  return app
}

function createBase(logger: FastifyBaseLogger, watch: Watch | undefined): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
    bodyLimit: BODY_LIMIT,
    genReqId: () => crypto.randomUUID(),
    requestIdHeader: false,
    // Its own two lines for a request hold the raw address: `observation.ts` writes one without.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    // Whoever has got through to the service that stops is still answered, as anybody before.
    return503OnClosing: false,
    // The id of a snapshot names the journals or classes to which a printout was cut.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4_000 },
    // An address that the router cannot even read meets no error handler of a route.
    frameworkErrors: (error, request, reply) => void answerProblem(error, request, reply),
  })
  app.setValidatorCompiler(validatorCompiler)
  app.decorateRequest('who', null)
  app.decorateRequest('asked', null)
  app.decorateRequest('problem', null)
  requirePermissions(app)
  errors(app)
  stopWithoutWaiting(app)
  observed(app, watch)
  return app
}

/** Refuses every route that does not say who may use it: such a service does not start. */
export function requirePermissions(app: FastifyInstance): void {
  app.addHook('onRoute', ({ url, config }) => {
    const known = config?.permission !== undefined || url.startsWith('/docs')
    if (!known) throw new Error(`${url} does not say who may use it`)
  })
}

/**
 * Lets a connection go with the last answer on it once the service stops: a browser keeps its connections open for a
 * minute and more, and the stop would wait for it.
 */
function stopWithoutWaiting(app: FastifyInstance): void {
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
  })
  // Hooks of every answer call back: a promise for each costs more than what they do.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close')
    done()
  })
  app.addHook('onResponse', (_request, _reply, done) => {
    // An answer that had been on its way already said nothing of it.
    if (stopping) setImmediate(() => app.server.closeIdleConnections())
    done()
  })
}

async function documented(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Летопись — электронный журнал и дневник',
        version: '1',
        description:
          'Каждая запись журнала — неизменяемое событие. Запись: POST, последняя часть адреса — имя команды. Ошибки: RFC 9457.',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ token: [] }],
    },
    transform: describedRoute,
    transformObject: describedDocument,
  })
  await app.register(fastifySwaggerUi, { routePrefix: '/docs' })
  app.route({
    method: 'GET',
    url: '/openapi.json',
    config: { permission: { public: 'the description of the service holds no data' } },
    schema: { hide: true },
    handler: () => app.swagger(),
  })
}

function errors(app: FastifyInstance): void {
  app.setNotFoundHandler({}, (request) => {
    throw new ProblemError('route-unknown', { method: request.method, path: request.url.split('?')[0] })
  })
  app.setErrorHandler(answerProblem)
}

function answerProblem(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { reason, facts } = problemOf(error)
  const { status } = PROBLEMS[reason]
  if (status >= 500) request.log.error({ err: error, reason }, 'request failed')
  request.problem = reason
  // Set once more: an address that the router cannot read meets no hook.
  reply.header('x-request-id', request.id)
  const { retryAfterSeconds = 1 } = facts ?? {}
  if (status === 503 || status === 429) reply.header('retry-after', String(retryAfterSeconds))
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify(problemDetails(reason, request.id, facts)))
}

declare module 'fastify' {
  interface FastifyRequest {
    problem: Problem | null
  }
}

interface Found {
  readonly reason: Problem
  readonly facts?: Readonly<Record<string, unknown>>
}

function problemOf(error: FastifyError): Found {
  if (error instanceof ProblemError) return error
  if (error instanceof StoreUnavailable) return { reason: 'unavailable' }
  if (error instanceof StaleRevision) return { reason: 'stream-busy' }
  if (error.validation !== undefined) return invalid(error)
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return { reason: 'malformed-json' }
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { reason: 'body-too-large', facts: { limit: BODY_LIMIT } }
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return { reason: 'route-unknown' }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { reason: 'media-type-unsupported' }
    default:
      return error.statusCode !== undefined && error.statusCode < 500
        ? { reason: 'malformed-request', facts: { problem: error.message } }
        : { reason: 'internal' }
  }
}

/** What the validation of one field says: zod's issue, as the type provider hands it on. */
interface Issue {
  readonly keyword: string
  readonly instancePath: string
  readonly message?: string
  readonly params: { readonly origin?: string; readonly params?: { readonly code?: Problem } }
}

/** A malformed request names every field; a text that says nothing or too much has a problem of its own. */
function invalid(error: FastifyError): Found {
  const issues = error.validation as unknown as readonly Issue[]
  const fields = issues.map(({ instancePath, message }) => ({ field: instancePath, problem: message ?? '' }))
  return { reason: particular(issues) ?? 'malformed-request', facts: { in: error.validationContext, fields } }
}

function particular(issues: readonly Issue[]): Problem | null {
  const [first, ...others] = issues.map(({ keyword, params }) => {
    if (keyword === 'custom') return params.params?.code ?? null
    return keyword === 'too_big' && params.origin === 'string' ? 'text-too-long' : null
  })
  return first !== undefined && others.every((other) => other === first) ? first : null
}

/** Writes, and whatever was refused or denied, with their author and address (R-F8). */
function requestLog(app: FastifyInstance, parts: ApiParts): void {
  app.addHook('onSend', (request, reply, _payload, goOn) => {
    const { operation, logged, permission } = request.routeOptions.config
    const denied = permission !== undefined && request.problem !== null
    // Who is outside the school leaves a trace of every read, too.
    const outside = request.who?.roles.includes('external-system') === true
    if (operation === undefined || !(logged === true || denied || outside)) {
      goOn()
      return
    }
    const entry: LoggedRequest = {
      request: request.id,
      at: parts.execution.clock(),
      school: request.asked?.school ?? schoolOf(request),
      account: request.asked?.account ?? request.who?.account ?? null,
      role: request.asked?.role ?? null,
      method: request.method,
      path: request.url.split('?')[0]!,
      operation,
      command: request.asked?.command ?? null,
      address: request.ip,
      agent: request.headers['user-agent']?.slice(0, 200) ?? null,
      status: reply.statusCode,
      problem: request.problem,
    }
    void noteBefore(goOn, request, parts, entry)
  })
}

/** What was recorded was recorded: the answer must not be lost with the note about it. */
async function noteBefore(
  answer: () => void,
  request: FastifyRequest,
  { requests }: ApiParts,
  entry: LoggedRequest,
): Promise<void> {
  try {
    await requests.add(entry)
  } catch (error) {
    const { operation, at, school, account, role, command, status, problem } = entry
    const facts = { operation, at, school, account, as: role, command, status, problem }
    request.log.error({ err: error, ...facts }, 'request not noted')
  }
  answer()
}

/** The school of the address, which nobody has validated yet where the token was refused. */
function schoolOf(request: FastifyRequest): string | null {
  return SchoolSlug.safeParse((request.params as { school?: string } | undefined)?.school).data ?? null
}
