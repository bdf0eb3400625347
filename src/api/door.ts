import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { activateAccount } from '#commands/access/activate-account.ts'
import { Password } from '#commands/access/log-in-name.ts'
import { type AccessState, accessFold, owesRules, rolesAt } from '#commands/access/state.ts'
import { execute } from '#commands/execute.ts'
import { isRefusal } from '#commands/refusal.ts'
import { streamName } from '#events/stream-name.ts'
import { Role } from '#values/role.ts'
import { SchoolSlug } from '#values/school.ts'
import { label } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { secondsOf } from './authentication.ts'
import { closedTo } from './entry.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import { ProblemReply } from './schemas.ts'
import type { Entered } from './sessions.ts'

const LogIn = z.strictObject({
  school: SchoolSlug,
  login: label(64),
  password: z.string().min(1).max(200),
})

const Activate = z.strictObject({
  school: SchoolSlug,
  code: z.string().min(16).max(40).describe('Код активации с выданного листа'),
  password: Password,
})

const Refresh = z.strictObject({ refresh: z.string().min(1).max(200) })

export const LoggedIn = z.object({
  token: z.string().describe('Токен доступа: Authorization: Bearer …'),
  expiresInSeconds: z.int(),
  refresh: z.string().describe('Токен обновления: годен один раз, в ответ приходит следующий'),
  session: Uuid,
  account: Uuid,
  person: Uuid,
  roles: z.array(Role),
  rulesOwed: z.boolean().describe('Сначала нужно принять правила доступа (accept-rules)'),
})

/** What is open to somebody who has not accepted the rules yet: to read them, to accept them, and to leave. */
const BEFORE_RULES: ReadonlySet<string | undefined> = new Set([
  'who-am-i',
  'accept-rules',
  'report-lost-credentials',
  'log-out',
  'log-out-everywhere',
])
export const openBeforeRules = (operation: string | undefined): boolean => BEFORE_RULES.has(operation)

/** The ways in: by log-in and password, by an activation code, and on by a refresh token. */
export function doorRoutes(app: FastifyInstance, parts: ApiParts): void {
  const door = { app, parts }
  app.route({
    method: 'POST',
    url: '/v1/log-in',
    config: { permission: { public: 'log-in itself' }, operation: 'log-in', logged: true },
    schema: described('logIn', 'Войти: получить токены доступа и обновления', LogIn),
    handler: (request) => logIn(door, request),
  })
  app.route({
    method: 'POST',
    url: '/v1/activate',
    config: {
      permission: { public: 'the code proves who asks' },
      operation: 'activate-account',
      logged: true,
    },
    schema: described('activate', 'Задать пароль по коду активации и войти', Activate),
    handler: (request) => activate(door, request),
  })
  app.route({
    method: 'POST',
    url: '/v1/token',
    config: {
      permission: { public: 'the refresh token proves who asks' },
      operation: 'refresh',
      logged: true,
    },
    schema: described('refresh', 'Обновить токен доступа', Refresh),
    handler: (request) => refresh(door, request),
  })
}

function described(operationId: string, summary: string, body: z.ZodObject) {
  const response = { 200: LoggedIn, default: ProblemReply }
  return { operationId, summary, tags: ['Доступ'], security: [], body, response }
}

export interface Door {
  readonly app: FastifyInstance
  readonly parts: ApiParts
}

async function logIn(door: Door, request: FastifyRequest): Promise<z.output<typeof LoggedIn>> {
  const { school, login, password } = request.body as z.output<typeof LogIn>
  const { attempts, credentials, execution } = door.parts
  // A log-in that fails is an attempt on this school, and belongs into its register.
  request.asked = { school, account: null, role: null }
  await mayTry(door.parts, request)
  locked(await attempts.onName(school, login, execution.clock()))
  const account = await credentials.verify(school, login, password)
  if (account === null) throw new ProblemError('login-failed')
  request.asked = { school, account, role: null }
  await attempts.succeeded(school, login)
  const access = await accessOf(door.parts, school, account)
  if (access.person === null) throw new ProblemError('login-failed')
  return answered(door, school, account, access, await begun(door.parts, request, school, account, access))
}

async function activate(door: Door, request: FastifyRequest): Promise<z.output<typeof LoggedIn>> {
  const { school, code: typed, password } = request.body as z.output<typeof Activate>
  const { credentials, execution, zone } = door.parts
  request.asked = { school, account: null, role: null }
  await mayTry(door.parts, request)
  const found = await credentials.codeOf(school, typed)
  if (found === null) throw new ProblemError('activation-code-invalid')
  const { account, code } = found
  const before = await accessOf(door.parts, school, account)
  // Who begins tomorrow may set the password today.
  const [role] = [...rolesAt(before, execution.clock(), zone), ...before.grants.map((one) => one.role)]
  if (before.person === null) throw new ProblemError('activation-code-invalid')
  if (role === undefined) throw new ProblemError('role-not-permitted', { held: [] })
  const id = randomUUID() as Uuid
  request.asked = { school, account, role, command: id }
  const actor = { account, person: before.person, cred: before.cred, role }
  const input = { account, code, password }
  const outcome = await execute(execution, activateAccount, { school, actor, id, input, corr: request.id })
  if (isRefusal(outcome)) throw new ProblemError(outcome.refused, outcome.detail)
  const access = await accessOf(door.parts, school, account)
  return answered(door, school, account, access, await begun(door.parts, request, school, account, access))
}

async function refresh(door: Door, request: FastifyRequest): Promise<z.output<typeof LoggedIn>> {
  const { sessions, execution } = door.parts
  const now = execution.clock()
  const found = await sessions.refresh((request.body as z.output<typeof Refresh>).refresh, now)
  if (found === null) throw new ProblemError('refresh-token-invalid')
  const { school, account, cred, entered } = found
  request.asked = { school, account, role: null }
  if (entered === 'replayed') throw new ProblemError('refresh-token-replayed')
  const access = await accessOf(door.parts, school, account)
  if (cred !== access.cred) {
    await sessions.end(school, account, entered.session, 'revoked', now)
    throw new ProblemError('session-ended')
  }
  return answered(door, school, account, access, entered)
}

export async function mayTry(parts: ApiParts, request: FastifyRequest): Promise<void> {
  locked(await parts.attempts.fromAddress(request.ip, parts.execution.clock()))
}

function locked(seconds: number | null): void {
  if (seconds !== null) throw new ProblemError('log-in-locked', { retryAfterSeconds: seconds })
}

export async function accessOf(
  parts: ApiParts,
  school: SchoolSlug,
  account: Uuid,
): Promise<Readonly<AccessState>> {
  return (await parts.execution.streams.load(accessFold, streamName(school, 'access', account))).state
}

export async function begun(
  parts: ApiParts,
  request: FastifyRequest,
  school: SchoolSlug,
  account: Uuid,
  access: Readonly<AccessState>,
): Promise<Entered> {
  const closed = await closedTo(parts, school, account, access)
  if (closed !== null) throw new ProblemError(closed)
  const agent = request.headers['user-agent']?.slice(0, 200) ?? null
  return parts.sessions.begin(
    school,
    account,
    access.cred,
    { address: request.ip, agent },
    parts.execution.clock(),
  )
}

export async function answered(
  { app, parts }: Door,
  school: SchoolSlug,
  account: Uuid,
  access: Readonly<AccessState>,
  { session, refresh }: Entered,
): Promise<z.output<typeof LoggedIn>> {
  const closed = await closedTo(parts, school, account, access)
  if (closed !== null || access.person === null) throw new ProblemError(closed ?? 'session-ended')
  const { cred, person } = access
  const now = secondsOf(parts.execution.clock())
  const claims = { sub: account, school, sid: session, cred, iat: now, exp: now + parts.tokenSeconds }
  const roles = rolesAt(access, parts.execution.clock(), parts.zone)
  const { kid, private: key } = parts.tokenKeys.signing()
  const token = app.jwt.sign(claims, { key, kid })
  const rulesOwed = owesRules(access)
  return { token, expiresInSeconds: parts.tokenSeconds, refresh, session, account, person, roles, rulesOwed }
}
