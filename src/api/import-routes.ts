import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor, Command } from '#commands/command.ts'
import { isRefusal } from '#commands/refusal.ts'
import { ENCODINGS } from '#exchange/encoding.ts'
import { importList } from '#exchange/import-list.ts'
import type { List } from '#exchange/list.ts'
import { IMPORT_NAMES, listCalled } from '#exchange/lists/catalogue.ts'
import { BUNDLE_LISTS } from '#exchange/oneroster/from-bundle.ts'
import { importBundle, ONEROSTER } from '#exchange/oneroster/import-bundle.ts'
import { mayAct } from '#values/rights.ts'
import { SchoolSlug } from '#values/school.ts'
import type { Uuid } from '#values/uuid.ts'
import { camelCase } from './addresses.ts'
import { actingAs, type Who } from './authentication.ts'
import type { ImportDesk, Importing } from './import-desk.ts'
import { ProblemError } from './problems.ts'
import { ProblemReply, WriteHeaders } from './schemas.ts'
import { importReplyOf } from './views/imports.ts'
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

/** What a route imports. */
interface Imported {
  readonly commands: readonly Command[]
  importing(bytes: Uint8Array, query: z.output<typeof Query>): Importing
}

/**
 * `POST …/imports/{list}` with a file of CSV, and `POST …/imports/oneroster` with a bundle;
 * `GET …/imports/{list}/{import}` tells how far it is and what it found.
 */
export function importRoutes(app: FastifyInstance, desk: ImportDesk): void {
  // A file is no JSON, and JSON no file: what other routes read stays what it was.
  const withFiles = (type: string, route: (scope: FastifyInstance) => void): void => {
    void app.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      const options = { parseAs: 'buffer' as const, bodyLimit: FILE_LIMIT }
      scope.addContentTypeParser(type, options, (_request, body, done) => done(null, body))
      route(scope)
    })
  }
  withFiles('text/csv', (scope) =>
    importRoute(scope, desk, {
      name: 'import-list',
      path: ':list',
      summary: 'Импортировать список из файла CSV, или только проверить его',
      type: 'text/csv',
      file: 'Файл CSV: docs/spec/exchange.md',
      params: z.strictObject({ school: SchoolSlug, list: z.enum(IMPORT_NAMES) }),
      of: (params) => importedList(listCalled(params['list']!)),
    }),
  )
  withFiles('application/zip', (scope) =>
    importRoute(scope, desk, {
      name: 'import-oneroster',
      path: ONEROSTER,
      summary: 'Импортировать набор OneRoster (файлы CSV в архиве ZIP), или только проверить его',
      type: 'application/zip',
      file: 'Набор OneRoster 1.2: docs/spec/oneroster.md',
      params: z.strictObject({ school: SchoolSlug }),
      of: () => ({
        commands: BUNDLE_LISTS.flatMap(({ commands }) => commands),
        importing: (bytes) => {
          return { name: ONEROSTER, bytes, work: (parts, asked) => importBundle(parts, asked, bytes) }
        },
      }),
    }),
  )
}

function importedList(list: List): Imported {
  return {
    commands: list.commands,
    importing: (bytes, { encoding }) => ({
      name: list.name,
      bytes,
      encoding,
      work: (parts, asked) => importList(parts, asked, { list, bytes, encoding }),
    }),
  }
}

interface ImportRoute {
  readonly name: string
  readonly path: string
  readonly summary: string
  readonly type: string
  readonly file: string
  readonly params: z.ZodObject
  of(params: Readonly<Record<string, string>>): Imported
}

function importRoute(app: FastifyInstance, desk: ImportDesk, route: ImportRoute): void {
  app.route({
    method: 'POST',
    url: `/v1/schools/:school/imports/${route.path}`,
    bodyLimit: FILE_LIMIT,
    config: { permission: { operation: '23' }, operation: route.name, logged: true },
    schema: {
      operationId: camelCase(route.name),
      summary: route.summary,
      tags: ['Импорт и экспорт'],
      consumes: [route.type],
      params: route.params,
      querystring: Query,
      body: z.any().describe(route.file),
      headers: Headers,
      response: { 200: ImportReply, 202: ImportReply, default: ProblemReply },
    },
    handler: async (request, reply) => {
      const headers = request.headers as z.output<typeof Headers>
      const params = request.params as Record<string, string>
      const school = params['school'] as SchoolSlug
      const query = request.query as z.output<typeof Query>
      const who = request.who!
      const imported = route.of(params)
      const actor = importerOf(who, imported, headers['letopis-role'])
      const id = headers['idempotency-key'] ?? (randomUUID() as Uuid)
      request.asked = { school, account: actor.account, role: actor.role, command: id }
      const { dryRun, partial } = query
      const what = imported.importing((request.body ?? Buffer.alloc(0)) as Buffer, query)
      const { done } = await desk.start({ school, actor, id, dryRun, partial, basis: who.basis }, what)
      await endOf(done, headers.prefer === 'respond-async' ? 0 : PATIENCE)
      const found = await desk.find(school, id)
      const location = `/v1/schools/${school}/imports/${what.name}/${id}`
      reply.header('idempotency-key', id).header('location', location)
      if (found.problem !== null) throw new ProblemError(found.problem, found.facts ?? {})
      const answer = importReplyOf(found)
      if (answer.state === 'refused') throw new ProblemError('import-refused', answer)
      return reply.status(answer.state === 'running' ? 202 : 200).send(answer)
    },
  })
}

/** Whoever may give every command that the rows come to. @throws {ProblemError} nobody of these is */
function importerOf(who: Who, { commands }: Imported, named: string | undefined): Actor {
  const permitted = mayAct('23').filter((role) =>
    commands.every(({ operation }) => mayAct(operation).includes(role)),
  )
  const actor = actingAs(who, { operation: '23' }, named)
  if (isRefusal(actor)) throw new ProblemError(actor.refused, actor.detail)
  if (!permitted.some((role) => role === actor.role)) {
    throw new ProblemError('role-not-permitted', { role: actor.role, permitted })
  }
  return actor
}

/** Waits for the end, so many milliseconds at most. */
async function endOf(done: Promise<void>, patience: number): Promise<void> {
  const over = new AbortController()
  await Promise.race([done, setTimeout(patience, null, { signal: over.signal }).catch(() => null)])
  over.abort()
}
