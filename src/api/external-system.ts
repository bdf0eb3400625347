import type { FastifyRequest } from 'fastify'
import { policyFold, policyOn } from '#commands/policy/state.ts'
import { referenceStream } from '#commands/references.ts'
import { opensAt, serviceTokenFold } from '#commands/service-token/state.ts'
import { streamName } from '#events/stream-name.ts'
import { dateAt } from '#values/time.ts'
import { secondsOf, type Who } from './authentication.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import { SERVICE_TOKEN } from './secrets.ts'

/** Whether a request comes with the token of an external system. */
export const comesFromService = ({ headers }: FastifyRequest): boolean =>
  headers.authorization?.startsWith(`Bearer ${SERVICE_TOKEN}`) === true

/**
 * The external system of a token, if it may enter this school and have what it asks for. It has no session and accepts
 * no rules; what it may read is said by its token, and what it may write, too: acknowledgements at most (R-A3.4a).
 *
 * @throws {ProblemError} `token-invalid`, `service-token-ended`, `service-token-unapproved`, `school-unknown`, `too-many-requests`, `set-not-agreed`
 */
export async function authenticateService(
  request: FastifyRequest,
  parts: ApiParts,
  school: string | undefined,
): Promise<Who> {
  const secret = request.headers.authorization!.slice('Bearer '.length)
  const kept = await parts.serviceTokens.find(secret)
  if (kept === null) throw new ProblemError('token-invalid')
  const { token, school: own } = kept
  request.asked = { school: school === own ? own : null, account: token, role: 'external-system' }
  if (school !== own) throw new ProblemError('school-unknown', { school })
  const now = parts.execution.clock()
  const stream = streamName(own, 'serviceToken', token)
  const { state, revision } = await parts.execution.streams.load(serviceTokenFold, stream)
  const sets = opensAt(state, now)
  if (state.issued === null || sets.length === 0) throw new ProblemError('service-token-ended')
  const rules = await parts.execution.streams.load(policyFold, referenceStream(own, 'policy', null))
  const waits = policyOn(rules.state, dateAt(now, parts.zone))?.exchangeApproved === true
  if (waits && state.approved === null) throw new ProblemError('service-token-unapproved')
  const wait = await parts.attempts.ofService(token, now)
  if (wait !== null) throw new ProblemError('too-many-requests', { retryAfterSeconds: wait })
  const { exchange } = request.routeOptions.config
  if (exchange === undefined || !sets.includes(exchange)) throw new ProblemError('set-not-agreed', { sets })
  await parts.serviceTokens.used(kept, now)
  return {
    school: own,
    account: token,
    person: token,
    cred: 0,
    session: token,
    owesRules: false,
    roles: ['external-system'],
    competence: null,
    expires: secondsOf(state.issued.expires),
    basis: { [stream]: Number(revision) },
    agreed: sets,
  }
}
