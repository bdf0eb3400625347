import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { receiveAccessApplication } from '#commands/access/receive-access-application.ts'
import { isRefusal } from '#commands/refusal.ts'
import type { Position } from '#events/store/position.ts'
import { mayAct } from '#values/rights.ts'
import { SchoolSlug } from '#values/school.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { camelCase } from './addresses.ts'
import { carryOut } from './command-routes.ts'
import { answeredWith, askedBy, lastPosition, refusedFor, RefusedReply } from './many-commands.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import { ProblemReply, WriteHeaders } from './schemas.ts'

const NAME = 'receive-access-applications'
/** A parallel of classes with its families. */
const APPLICATIONS = 500

const AccessApplications = z.strictObject({
  applications: z
    .array(receiveAccessApplication.input)
    .min(1)
    .max(APPLICATIONS)
    .refine((all) => new Set(all.map(({ account }) => account)).size === all.length, {
      error: 'учётная запись названа дважды',
    }),
})

const AccessApplicationsReply = z.object({
  position: lastPosition,
  applications: z.array(
    z.object({
      account: Uuid,
      outcome: z
        .enum(['recorded', 'known', 'refused'])
        .describe('known — то же заявление зарегистрировано раньше'),
      refused: RefusedReply,
    }),
  ),
})

/**
 * `POST …/receive-access-applications`: the papers of a class or of a parallel in one request (R-A1.p2), before the codes
 * are handed out. Each is the command `receive-access-application`, recorded or refused by itself; the answer names the
 * outcome of each, and a repeated request records nothing twice.
 */
export function accessApplicationsRoute(app: FastifyInstance, parts: ApiParts): void {
  const { operation } = receiveAccessApplication
  app.route({
    method: 'POST',
    url: `/v1/schools/:school/${NAME}`,
    config: { permission: { operation }, operation: NAME, logged: true },
    schema: {
      operationId: camelCase(NAME),
      summary: 'Зарегистрировать заявления о доступе всего класса: ответ о каждом',
      tags: ['Доступ'],
      params: z.strictObject({ school: SchoolSlug }),
      headers: WriteHeaders.omit({ 'if-match': true }),
      body: AccessApplications,
      response: { 200: AccessApplicationsReply, default: ProblemReply },
    },
    handler: async (request, reply) => {
      const { school } = request.params as { school: SchoolSlug }
      const { applications } = request.body as z.output<typeof AccessApplications>
      const { actor, id } = askedBy(request, school, { operation })
      const permitted = mayAct(operation)
      if (!permitted.includes(actor.role))
        throw new ProblemError('role-not-permitted', { role: actor.role, permitted })
      let position: Position | null = null
      const outcomes: Array<z.input<typeof AccessApplicationsReply>['applications'][number]> = []
      for (const input of applications) {
        const { account } = input
        const given = { school, actor, id: uuidV5(id, account), input }
        const outcome = await carryOut(parts, receiveAccessApplication, request, given)
        if (isRefusal(outcome)) {
          outcomes.push({ account, outcome: 'refused', refused: refusedFor(outcome) })
          continue
        }
        position = outcome.position ?? position
        const known = outcome.repeated || outcome.events.length === 0
        outcomes.push({ account, outcome: known ? 'known' : 'recorded', refused: null })
      }
      return reply.status(200).send({ position: answeredWith(reply, id, position), applications: outcomes })
    },
  })
}
