import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor, Command } from '#commands/command.ts'
import { isRefusal, type Refusal } from '#commands/refusal.ts'
import { formatPosition, type Position } from '#events/store/position.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { actingAs } from './authentication.ts'
import { PROBLEMS, ProblemError } from './problems.ts'
import { PositionText, type WriteHeaders } from './schemas.ts'

/*
 * What requests have alike that are several commands, each recorded or refused by itself under an id that follows from
 * that of the request.
 */

/** Why one of the commands was refused. */
export const RefusedReply = z
  .object({ reason: z.string(), title: z.string(), facts: z.record(z.string(), z.unknown()) })
  .nullable()

export const lastPosition = PositionText.nullable().describe(
  'Для заголовка Min-Position: то, чем кончилась запись',
)

/** Who asks, in which role, and the id of the request. @throws {ProblemError} in none that may */
export function askedBy(
  request: FastifyRequest,
  school: SchoolSlug,
  { operation }: Pick<Command, 'operation'>,
): { readonly actor: Actor; readonly id: Uuid } {
  const headers = request.headers as z.output<typeof WriteHeaders>
  const actor = actingAs(request.who!, { operation }, headers['letopis-role'])
  if (isRefusal(actor)) throw new ProblemError(actor.refused, actor.detail)
  const id = headers['idempotency-key'] ?? (randomUUID() as Uuid)
  request.asked = { school, account: actor.account, role: actor.role, command: id }
  return { actor, id }
}

export const refusedFor = ({ refused: reason, detail: facts }: Refusal) => ({
  reason,
  title: PROBLEMS[reason].ru,
  facts,
})

/** The headers of the answer, and the position as the answer says it. */
export function answeredWith(reply: FastifyReply, id: Uuid, position: Position | null) {
  const said = position === null ? null : formatPosition(position)
  reply.header('idempotency-key', id)
  if (said !== null) reply.header('letopis-position', said)
  return said
}
