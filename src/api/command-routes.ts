import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { COMMANDS } from '#commands/catalogue.ts'
import type { Command, Places } from '#commands/command.ts'
import { type Accepted, type Asked, execute } from '#commands/execute.ts'
import type { ReferenceName } from '#commands/references.ts'
import { isRefusal, type Refusal } from '#commands/refusal.ts'
import { formatPosition } from '#events/store/position.ts'
import type { StreamName } from '#events/stream-name.ts'
import type { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { camelCase, splitByPath } from './addresses.ts'
import { actingAs } from './authentication.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import { PositionText, ProblemReply, WriteHeaders } from './schemas.ts'

export const Recorded = z
  .object({
    stream: z.string(),
    revision: z.int().describe('Ревизия потока после команды: то же, что ETag'),
    position: PositionText.nullable().describe('Для заголовка Min-Position следующего чтения'),
    repeated: z.boolean().describe('Эта команда уже была записана: ответ тот же, что в первый раз'),
    told: z
      .record(z.string(), z.string())
      .optional()
      .describe('Показывается один раз и нигде не хранится, например код активации'),
    events: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        revision: z.int(),
        hash: z.string().describe('Квитанция: хеш записи (docs/spec/record.md)'),
        data: z.record(z.string(), z.unknown()),
      }),
    ),
  })
  .meta({ id: 'Recorded' })

/** Every command of the catalogue as `POST /v1/schools/{school}/<path>/<name>`. */
export function commandRoutes(app: FastifyInstance, parts: ApiParts): void {
  for (const command of COMMANDS as readonly Command[]) commandRoute(app, parts, command)
}

function commandRoute(app: FastifyInstance, parts: ApiParts, command: Command): void {
  const { params, rest: body } = splitByPath(command.path, command.input)
  app.route({
    method: 'POST',
    url: `/v1/schools/:school/${command.path}/${command.name}`,
    config: {
      permission: { operation: command.operation },
      operation: command.name,
      logged: true,
      ...(command.exchange === undefined ? {} : { exchange: command.exchange }),
    },
    schema: {
      operationId: camelCase(command.name),
      summary: command.summary,
      tags: [tagOf(command)],
      params,
      headers: WriteHeaders,
      body,
      response: { 200: Recorded, 201: Recorded, default: ProblemReply },
    },
    handler: (request, reply) => {
      const { school: _school, ...target } = request.params as { school: SchoolSlug }
      return give(parts, command, request, reply, { ...(request.body as object), ...target })
    },
  })
}

/**
 * Gives a command in the name of whoever asks, and answers with its receipt.
 *
 * @param told what the answer tells beside what the command itself does
 * @throws {ProblemError}
 */
export async function give(
  parts: ApiParts,
  command: Command,
  request: FastifyRequest,
  reply: FastifyReply,
  input: Record<string, unknown>,
  told: Record<string, string> = {},
): Promise<FastifyReply> {
  const headers = request.headers as z.output<typeof WriteHeaders>
  const { school } = request.params as { school: SchoolSlug }
  const who = request.who!
  const actor = actingAs(who, command, headers['letopis-role'])
  if (isRefusal(actor)) throw new ProblemError(actor.refused, actor.detail)
  const id = headers['idempotency-key'] ?? (randomUUID() as Uuid)
  request.asked = { school, account: actor.account, role: actor.role, command: id }
  const seen = headers['if-match']
  const tell = (name: string, value: string): void => {
    told[name] = value
  }
  const places = { ...parts.execution.places, tell }
  const ifRevision = seen === undefined ? {} : { ifRevision: BigInt(seen.slice(1, -1)) }
  const outcome = await carryOut(parts, command, request, { school, actor, id, input, ...ifRevision }, places)
  if (isRefusal(outcome)) throw new ProblemError(outcome.refused, outcome.detail)
  const answer = { ...recorded(outcome), ...(Object.keys(told).length === 0 ? {} : { told }) }
  reply.header('etag', `"${answer.revision}"`).header('idempotency-key', id)
  if (answer.position !== null) reply.header('letopis-position', answer.position)
  return reply.status(outcome.repeated || outcome.events.length === 0 ? 200 : 201).send(answer)
}

/** Carries a command out for a request, and lets be seen that it was. */
export async function carryOut<Input extends z.ZodObject, State, Needs extends ReferenceName>(
  parts: ApiParts,
  command: Command<Input, State, Needs>,
  request: FastifyRequest,
  given: Pick<Asked<z.output<Input>>, 'school' | 'actor' | 'id' | 'input' | 'ifRevision'>,
  places: Places = parts.execution.places,
): Promise<Accepted | Refusal> {
  const { school } = given
  const { basis, agreed } = request.who!
  // A token that is taken back while its request is on the way writes nothing any more.
  const unmoved =
    agreed === undefined
      ? []
      : Object.entries(basis).map(([stream, seen]) => ({
          stream: stream as StreamName,
          revision: BigInt(seen),
        }))
  const grounds = { corr: request.id, basis, unmoved }
  const executed = () => execute({ ...parts.execution, places }, command, { ...given, ...grounds })
  const asked = { request: request.id, command: command.name, school, category: command.fold.category }
  return parts.watch?.command(asked, executed) ?? executed()
}

export function recorded({ stream, revision, position, events, repeated }: Accepted) {
  return {
    stream,
    revision: Number(revision),
    position: position === null ? null : formatPosition(position),
    repeated,
    events: events.map((event) => ({ ...event, revision: Number(event.revision) })),
  }
}

const TAGS: Readonly<Record<Command['fold']['category'], string>> = {
  school: 'Школа',
  schoolYear: 'Учебный год',
  premises: 'Кабинеты',
  policy: 'Правила школы',
  curriculum: 'Учебный план',
  roster: 'Люди и классы',
  teachingLoad: 'Нагрузка и журналы',
  timetable: 'Расписание',
  testSchedule: 'График контрольных работ',
  printout: 'Печать',
  topicPlan: 'Календарно-тематический план',
  journalPage: 'Страница журнала',
  control: 'Контроль',
  family: 'Семья',
  contacts: 'Семья',
  diary: 'Дневник',
  message: 'Сообщения родителям',
  access: 'Доступ',
  serviceToken: 'Доступ',
  privacy: 'Личные данные',
  archive: 'Архив',
  incident: 'Нарушения доступа',
  support: 'Поддержка',
}

function tagOf(command: Command): string {
  return TAGS[command.fold.category]
}
