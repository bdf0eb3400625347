import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SchoolSlug } from '#values/school.ts'
import { accessOf, answered, begun, type Door, LoggedIn, mayTry } from './door.ts'
import { AT_ISSUER, IssuerRefused, IssuerUnavailable } from './external-issuer.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import { ProblemReply } from './schemas.ts'

const Begin = z.strictObject({ school: SchoolSlug })
const Begun = z.object({
  url: z.string().describe('Куда направить браузер'),
  secret: z.string().describe('Хранит программа, начавшая вход; нужен, чтобы его закончить'),
  expiresInSeconds: z.int(),
})

const Complete = z.strictObject({
  secret: z.string().min(1).max(200),
  callback: z
    .string()
    .min(1)
    .max(4_000)
    .describe('Строка запроса, с которой издатель вернул браузер: code=…&state=…'),
})

/** The way in by an external issuer (docs/decisions/0036). Where none is configured, the routes say so. */
export function externalDoorRoutes(app: FastifyInstance, parts: ApiParts): void {
  const tags = ['Доступ']
  app.route({
    method: 'POST',
    url: '/v1/external-log-in/begin',
    config: {
      permission: { public: 'log-in at an external issuer' },
      operation: 'external-log-in-begin',
      logged: true,
    },
    schema: {
      operationId: 'beginExternalLogIn',
      summary: 'Начать вход через внешнего издателя OpenID Connect',
      tags,
      security: [],
      body: Begin,
      response: { 200: Begun, default: ProblemReply },
    },
    handler: (request) => begin(parts, request),
  })
  app.route({
    method: 'POST',
    url: '/v1/external-log-in/complete',
    config: {
      permission: { public: 'the issuer says who comes' },
      operation: 'external-log-in',
      logged: true,
    },
    schema: {
      operationId: 'completeExternalLogIn',
      summary: 'Закончить вход через внешнего издателя: получить токены',
      tags,
      security: [],
      body: Complete,
      response: { 200: LoggedIn, default: ProblemReply },
    },
    handler: (request) => complete({ app, parts }, request),
  })
}

function issuerOf({ externalIssuer }: ApiParts) {
  if (externalIssuer === null) throw new ProblemError('external-issuer-not-configured')
  return externalIssuer
}

async function begin(parts: ApiParts, request: FastifyRequest): Promise<z.output<typeof Begun>> {
  const { school } = request.body as z.output<typeof Begin>
  request.asked = { school, account: null, role: null }
  const issuer = issuerOf(parts)
  await mayTry(parts, request)
  const { url, secret } = await asking(request, () => issuer.begin(school, parts.execution.clock()))
  return { url, secret, expiresInSeconds: AT_ISSUER }
}

async function complete(door: Door, request: FastifyRequest): Promise<z.output<typeof LoggedIn>> {
  const { parts } = door
  const { secret, callback } = request.body as z.output<typeof Complete>
  const issuer = issuerOf(parts)
  await mayTry(parts, request)
  const found = await asking(request, () => issuer.complete(secret, callback, parts.execution.clock()))
  if (found === null) throw new ProblemError('external-log-in-unknown')
  const { school, identity } = found
  request.asked = { school, account: identity?.account ?? null, role: null }
  if (identity === null) throw new ProblemError('external-identity-not-linked')
  const { account } = identity
  const access = await accessOf(parts, school, account)
  // The log says which links stand; the table only finds them.
  if (!access.identities.has(identity.identity)) throw new ProblemError('external-identity-not-linked')
  return answered(door, school, account, access, await begun(parts, request, school, account, access))
}

/** What the issuer says is told the client by reason alone, and the operator by its code. */
async function asking<Result>(request: FastifyRequest, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof IssuerUnavailable) {
      request.log.error({ err: error }, 'the external issuer does not answer')
      throw new ProblemError('external-issuer-unavailable')
    }
    if (!(error instanceof IssuerRefused)) throw error
    request.log.warn({ code: error.code }, 'the external issuer refused a log-in')
    throw new ProblemError('external-log-in-refused')
  }
}
