import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { accessFold, competenceAt, owesRules } from '#commands/access/state.ts'
import { type Actor, type Command, giversOf } from '#commands/command.ts'
import { refuse, type Refusal } from '#commands/refusal.ts'
import { streamName } from '#events/stream-name.ts'
import type { Competence } from '#values/competence.ts'
import type { ExchangeSet } from '#values/exchange-set.ts'
import { bySwitch } from '#values/rights.ts'
import { Role } from '#values/role.ts'
import { SchoolSlug } from '#values/school.ts'
import type { Instant } from '#values/time.ts'
import { Uuid } from '#values/uuid.ts'
import { closedTo } from './entry.ts'
import { rolesHeld } from './held-roles.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import type { TokenKeys } from './token-keys.ts'

/** Whoever sends a request: the account of its token, with the roles that it holds today. */
export interface Who {
  readonly school: SchoolSlug
  readonly account: Uuid
  readonly person: Uuid
  readonly cred: number
  readonly session: Uuid
  readonly roles: readonly Role[]
  /** What the person answers for as a deputy. */
  readonly competence: Competence
  /** The rules of access are to be accepted before anything else. */
  readonly owesRules: boolean
  /** The end of the token, in seconds of Unix time. */
  readonly expires: number
  /** The stream from which the roles were read, for `meta.basis`. */
  readonly basis: Readonly<Record<string, number>>
  /** Of an external system: what was agreed with it. */
  readonly agreed?: readonly ExchangeSet[]
}

/** What a token says. Roles are not in it: they are looked up, so that one which ends at midnight ends at midnight. */
const Claims = z.object({ sub: Uuid, school: SchoolSlug, sid: Uuid, cred: z.int(), exp: z.int() })

/** How many tokens are known at most: those of everybody who is at work at a time, in some megabytes. */
const MOST_TOKENS = 10_000

/**
 * The claims of tokens whose signature was verified: the same token with the same key is right for ever, and a signature
 * costs more than all the rest of a small answer. Whether it has expired is asked each time.
 */
export class VerifiedTokens {
  readonly #keys: TokenKeys
  readonly #claims = new Map<string, z.output<typeof Claims>>()
  #of: string

  constructor(keys: TokenKeys) {
    this.#keys = keys
    this.#of = namesOf(keys)
  }

  /** @throws {ProblemError} `unauthenticated`, `token-invalid` */
  async claimsOf(request: FastifyRequest): Promise<z.output<typeof Claims>> {
    const { authorization } = request.headers
    if (authorization === undefined) throw new ProblemError('unauthenticated')
    const names = namesOf(this.#keys)
    // A key that is good no more takes with it what it has verified.
    if (names !== this.#of) this.#claims.clear()
    this.#of = names
    const known = this.#claims.get(authorization)
    if (known !== undefined) return known
    const claims = Claims.safeParse(await verified(request))
    if (!claims.success) throw new ProblemError('token-invalid')
    if (this.#claims.size === MOST_TOKENS) this.#claims.delete(this.#claims.keys().next().value!)
    this.#claims.set(authorization, claims.data)
    return claims.data
  }
}

const namesOf = (keys: TokenKeys): string => {
  const [first, ...others] = keys.verifying()
  return others.length === 0 ? first!.kid : [first, ...others].map((key) => key!.kid).join(' ')
}

/**
 * The account of the token, if it may enter this school.
 *
 * @throws {ProblemError} `unauthenticated`, `token-expired`, `token-invalid`; `session-ended` and why an account is closed,
 *   though the token has not expired; `school-unknown` for the token of another
 *   school, which is not told whether this one exists
 */
export async function authenticate(
  request: FastifyRequest,
  parts: ApiParts,
  tokens: VerifiedTokens,
  school: string | undefined,
): Promise<Who> {
  const { sub: account, school: own, sid, cred, exp } = await tokens.claimsOf(request)
  // From here on whoever is refused is known, and stands in the register of requests. An address that nobody has
  // validated may be no school.
  const at = school === undefined || school === own ? own : null
  request.asked = { school: at, account, role: null }
  // By the clock of the service, which also set the term; the library knows only that of the machine.
  const now = parts.execution.clock()
  if (exp <= secondsOf(now)) throw new ProblemError('token-expired')
  if (school !== undefined && school !== own) throw new ProblemError('school-unknown', { school })
  const stream = streamName(own, 'access', account)
  const loading = parts.execution.streams.load(accessFold, stream)
  const [access, closed] = await Promise.all([
    loading,
    closedTo(
      parts,
      own,
      account,
      loading.then(({ state }) => state),
    ),
  ])
  if (access.state.person === null) throw new ProblemError('token-invalid')
  const roles = await rolesHeld(parts, own, access.state, now)
  request.asked = { school: at, account, role: presumedRole(roles, request.headers['letopis-role']) }
  if (closed !== null) throw new ProblemError(closed)
  // A token of an old epoch is of credentials that are worth nothing any more (п. 4.4).
  if (cred !== access.state.cred || !(await parts.sessions.lives(sid)))
    throw new ProblemError('session-ended')
  const basis = { [stream]: Number(access.revision) }
  return {
    school: own,
    account,
    person: access.state.person,
    cred,
    session: sid,
    owesRules: owesRules(access.state),
    roles,
    competence: competenceAt(access.state, now, parts.zone),
    expires: exp,
    basis,
  }
}

/** The role in which somebody asks who may yet be refused: the one that is named, where it is held, or the only one. */
function presumedRole(held: readonly Role[], named: string | string[] | undefined): Role | null {
  return held.find((role) => role === named) ?? (held.length === 1 ? held[0]! : null)
}

async function verified(request: FastifyRequest): Promise<unknown> {
  try {
    return await request.jwtVerify()
  } catch {
    throw new ProblemError('token-invalid')
  }
}

export const secondsOf = (instant: Instant): number => Math.floor(Date.parse(instant) / 1000)

/** The person in one of the held roles. */
export function actorIn(
  {
    account,
    person,
    cred,
    session,
    competence,
    agreed,
  }: Pick<Who, 'account' | 'person' | 'cred' | 'session' | 'competence' | 'agreed'>,
  role: Role,
): Actor {
  return {
    account,
    person,
    cred,
    session,
    role,
    ...(role === 'deputy' ? { competence } : {}),
    ...(agreed === undefined ? {} : { agreed }),
  }
}

/** The person acting in one role: the one named in `Letopis-Role`, or the only one of theirs that is permitted. */
export function actingAs(
  who: Who,
  command: Pick<Command, 'operation' | 'asOneself' | 'exchange'>,
  named: string | undefined,
): Actor | Refusal {
  const { roles } = who
  if (named !== undefined) {
    const role = Role.safeParse(named)
    return role.success && roles.includes(role.data)
      ? actorIn(who, role.data)
      : refuse('role-not-held', { role: named, held: roles })
  }
  const permitted = giversOf(command)
  const { operation, asOneself } = command
  const fitting = permitted.filter((role) => roles.includes(role))
  if (fitting.length > 1 && asOneself !== true) return refuse('role-ambiguous', { roles: fitting })
  // What only the rules of the school give to a role is asked for where no other fits: they say whether they do.
  const role = fitting[0] ?? bySwitch(operation).find((one) => roles.includes(one))
  return role === undefined ? refuse('role-not-permitted', { held: roles, permitted }) : actorIn(who, role)
}
