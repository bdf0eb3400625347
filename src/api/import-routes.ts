import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isRefusal } from '#commands/refusal.ts'
import { ENCODINGS } from '#exchange/encoding.ts'
import type { List } from '#exchange/list.ts'
import { LIST_NAMES, listCalled } from '#exchange/lists/catalogue.ts'
import type { Role } from '#values/role.ts'
import { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { camelCase } from './addresses.ts'
import { actingAs } from './authentication.ts'
import type { ImportDesk } from './import-desk.ts'
import { ProblemError } from './problems.ts'
import { ProblemReply, WriteHeaders } from './schemas.ts'
import { importReplyOf, IMPORTERS } from './views/imports.ts'
import { ImportReply } from './views/replies.ts'

/** The largest file: fifty thousand rows of a timetable. */
const FILE_LIMIT = 8 * 1_048_576

/** Milliseconds after which an import is no longer waited for: a request ends within 20 seconds (R-A3.2d). */
const PATIENCE = 10_000

/** A switch in an address: `?dryRun`, `?dryRun=true`. */
const Switch = z
  .enum(['', 'true', 'false'])
  .default('false')
  .transform((text) => text !== 'false')

const Query = z.strictObject({
  dryRun: Switch.describe('Только проверить: ничего не записывается'),
  partial: Switch.describe('Записать строки без ошибок, даже если в других ошибки есть'),
  encoding: z.enum(ENCODINGS).optional().describe('Кодировка файла; без параметра — UTF-8'),
})

const Headers = WriteHeaders.omit({ 'if-match': true }).extend({
  prefer: z.string().optional().describe('respond-async: ответить сразу, не дожидаясь конца'),
})

/** `POST …/imports/{list}` with a file; `GET …/imports/{list}/{import}` tells how far it is and what it found. */
export function importRoutes(app: FastifyInstance, desk: ImportDesk): void {
  // A file is no JSON, and JSON no file: what other routes read stays what it was.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'text/csv',
      { parseAs: 'buffer', bodyLimit: FILE_LIMIT },
      (_request, body, done) => {
        done(null, body)
      },
    )
    importRoute(scope, desk)
  })
}

function importRoute(app: FastifyInstance, desk: ImportDesk): void {
  app.route({
    method: 'POST',
    url: '/v1/schools/:school/imports/:list',
    bodyLimit: FILE_LIMIT,
    config: { permission: { operation: 23, roles: IMPORTERS }, operation: 'import-list', logged: true },
    schema: {
      operationId: camelCase('import-list'),
      summary: 'Импортировать список из файла CSV, или только проверить его',
      tags: ['Импорт и экспорт'],
      consumes: ['text/csv'],
      params: z.strictObject({ school: SchoolSlug, list: z.enum(LIST_NAMES) }),
      querystring: Query,
      body: z.any().describe('Файл CSV: docs/spec/exchange.md'),
      headers: Headers,
      response: { 200: ImportReply, 202: ImportReply, default: ProblemReply },
    },
    handler: async (request, reply) => {
      const headers = request.headers as z.output<typeof Headers>
      const { school, list: name } = request.params as { school: SchoolSlug; list: string }
      const query = request.query as z.output<typeof Query>
      const who = request.who!
      const list = listCalled(name)
      const actor = actingAs(who, { roles: importersOf(list) }, headers['letopis-role'])
      if (isRefusal(actor)) throw new ProblemError(actor.refused, actor.detail)
      if (!importersOf(list).includes(actor.role)) {
        throw new ProblemError('role-not-permitted', { role: actor.role, permitted: importersOf(list) })
      }
      const id = headers['idempotency-key'] ?? (randomUUID() as Uuid)
      request.asked = { school, account: actor.account, role: actor.role, command: id }
      const bytes = (request.body ?? Buffer.alloc(0)) as Buffer
      const { done } = await desk.start({ school, actor, id, list, bytes, basis: who.basis, ...query })
      const waiting = headers.prefer === 'respond-async' ? 0 : PATIENCE
      const over = new AbortController()
      await Promise.race([done, setTimeout(waiting, null, { signal: over.signal }).catch(() => null)])
      over.abort()
      const found = await desk.find(school, id)
      reply.header('idempotency-key', id).header('location', `/v1/schools/${school}/imports/${name}/${id}`)
      if (found.problem !== null) throw new ProblemError(found.problem, found.facts ?? {})
      const answer = importReplyOf(found)
      if (answer.state === 'refused') throw new ProblemError('import-refused', answer)
      return reply.status(answer.state === 'running' ? 202 : 200).send(answer)
    },
  })
}

/** Whoever may give every command that rows of the list come to. */
export function importersOf({ commands }: List): readonly Role[] {
  return IMPORTERS.filter((role) => commands.every(({ roles }) => roles.includes(role)))
}
