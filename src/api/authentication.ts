import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { accessFold, rolesOn } from '#commands/access/state.ts'
import type { Actor } from '#commands/command.ts'
import { refuse, type Refusal } from '#commands/refusal.ts'
import { streamName } from '#events/stream-name.ts'
import { Role } from '#values/role.ts'
import { SchoolSlug } from '#values/school.ts'
import { label } from '#values/text.ts'
import { dateAt, type Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import { ProblemReply } from './schemas.ts'

/** Whoever sends a request: the account of its token, with the roles that it holds today. */
export interface Who {
  readonly school: SchoolSlug
  readonly account: Uuid
  readonly person: Uuid
  readonly cred: number
  readonly roles: readonly Role[]
  /** The end of the token, in seconds of Unix time. */
  readonly expires: number
  /** The stream from which the roles were read, for `meta.basis`. */
  readonly basis: Readonly<Record<string, number>>
}

/** What a token says. Roles are not in it: they are looked up, so that one which ends at midnight ends at midnight. */
const Claims = z.object({ sub: Uuid, school: SchoolSlug, cred: z.int(), exp: z.int() })

/** The credential epoch of an account that no breach has touched yet. */
const FIRST_EPOCH = 1

const LogIn = z.strictObject({
  school: SchoolSlug,
  login: label(64),
  password: z.string().min(1).max(200),
})

const LoggedIn = z.object({
  token: z.string(),
  expiresInSeconds: z.int(),
  account: Uuid,
  person: Uuid,
  roles: z.array(Role),
})

/** How many tokens are known at most: those of everybody who is at work at a time, in some megabytes. */
const MOST_TOKENS = 10_000

/**
 * The claims of tokens whose signature was verified: the same token with the same key is right for ever, and a signature
 * costs more than all the rest of a small answer. Whether it has expired is asked each time.
 */
export class VerifiedTokens {
  readonly #claims = new Map<string, z.output<typeof Claims>>()

  /** @throws {ProblemError} `unauthenticated`, `token-invalid` */
  async claimsOf(request: FastifyRequest): Promise<z.output<typeof Claims>> {
    const { authorization } = request.headers
    if (authorization === undefined) throw new ProblemError('unauthenticated')
    const known = this.#claims.get(authorization)
    if (known !== undefined) return known
    const claims = Claims.safeParse(await verified(request))
    if (!claims.success) throw new ProblemError('token-invalid')
    if (this.#claims.size === MOST_TOKENS) this.#claims.delete(this.#claims.keys().next().value!)
    this.#claims.set(authorization, claims.data)
    return claims.data
  }
}

/**
 * The account of the token, if it may enter this school.
 *
 * @throws {ProblemError} `unauthenticated`, `token-expired`, `token-invalid`; `school-unknown` for the token of another
 *   school, which is not told whether this one exists
 */
export async function authenticate(
  request: FastifyRequest,
  parts: ApiParts,
  tokens: VerifiedTokens,
  school: string | undefined,
): Promise<Who> {
  const { sub: account, school: own, cred, exp } = await tokens.claimsOf(request)
  // By the clock of the service, which also set the term; the library knows only that of the machine.
  const now = parts.execution.clock()
  if (exp <= secondsOf(now)) throw new ProblemError('token-expired')
  if (school !== undefined && school !== own) throw new ProblemError('school-unknown', { school })
  const stream = streamName(own, 'access', account)
  const access = await parts.execution.streams.load(accessFold, stream)
  if (access.state.person === null) throw new ProblemError('token-invalid')
  const today = dateAt(now, parts.zone)
  const basis = { [stream]: Number(access.revision) }
  return {
    school: own,
    account,
    person: access.state.person,
    cred,
    roles: rolesOn(access.state, today),
    expires: exp,
    basis,
  }
}

async function verified(request: FastifyRequest): Promise<unknown> {
  try {
    return await request.jwtVerify()
  } catch {
    throw new ProblemError('token-invalid')
  }
}

const secondsOf = (instant: Instant): number => Math.floor(Date.parse(instant) / 1000)

/** The person acting in one role: the one named in `Letopis-Role`, or the only one of theirs that is permitted. */
export function actingAs(who: Who, permitted: readonly Role[], named: string | undefined): Actor | Refusal {
  const { account, person, cred, roles } = who
  const as = (role: Role): Actor => ({ account, person, cred, role })
  if (named !== undefined) {
    const role = Role.safeParse(named)
    return role.success && roles.includes(role.data)
      ? as(role.data)
      : refuse('role-not-held', { role: named, held: roles })
  }
  const fitting = permitted.filter((role) => roles.includes(role))
  if (fitting.length > 1) return refuse('role-ambiguous', { roles: fitting })
  return fitting[0] === undefined ? refuse('role-not-permitted', { held: roles, permitted }) : as(fitting[0])
}

export function logInRoute(app: FastifyInstance, parts: ApiParts): void {
  app.route({
    method: 'POST',
    url: '/v1/log-in',
    config: { permission: { public: 'log-in itself' }, operation: 'log-in', logged: true },
    schema: {
      operationId: 'logIn',
      summary: 'Войти: получить токен доступа',
      tags: ['Доступ'],
      security: [],
      body: LogIn,
      response: { 200: LoggedIn, default: ProblemReply },
    },
    handler: async (request) => {
      const { school, login, password } = request.body as z.output<typeof LogIn>
      // A log-in that fails is an attempt on this school, and belongs into its register.
      request.asked = { school, account: null, role: null }
      const account = await parts.credentials.verify(school, login, password)
      if (account === null) throw new ProblemError('login-failed')
      const access = await parts.execution.streams.load(accessFold, streamName(school, 'access', account))
      if (access.state.person === null) throw new ProblemError('login-failed')
      const now = secondsOf(parts.execution.clock())
      const token = app.jwt.sign({
        sub: account,
        school,
        cred: FIRST_EPOCH,
        iat: now,
        exp: now + parts.tokenSeconds,
      })
      const roles = rolesOn(access.state, dateAt(parts.execution.clock(), parts.zone))
      request.asked = { school, account, role: null }
      return { token, expiresInSeconds: parts.tokenSeconds, account, person: access.state.person, roles }
    },
  })
}
