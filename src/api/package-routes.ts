import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Actor } from '#commands/command.ts'
import { isRefusal } from '#commands/refusal.ts'
import { canonicalJson } from '#integrity/tlog/canonical-json.ts'
import { packageEntry } from '#projections/archive-register/queries.ts'
import { ArchiveScope } from '#values/archive.ts'
import { maySee, type Operation } from '#values/rights.ts'
import { SchoolSlug } from '#values/school.ts'
import { Uuid, uuidV5 } from '#values/uuid.ts'
import { camelCase } from './addresses.ts'
import { actingAs, actorIn, type Who } from './authentication.ts'
import type { Packages } from './packages.ts'
import type { ApiParts } from './parts.ts'
import { pupilsOfScope } from './package-pupils.ts'
import { ProblemError } from './problems.ts'
import { noteRead } from './read-log.ts'
import { ProblemReply, WriteHeaders } from './schemas.ts'
import { JobReply, shownJob } from './views/packages.ts'
import { mayReadWhole } from './views/rights.ts'

const tags = ['Архив']
const Headers = WriteHeaders.omit({ 'if-match': true })
type Asking = z.output<typeof Headers>

/** `POST …/packages` and `…/packages/{package}/verify` start work of the archive; `…/packages/{package}/file` hands a package out. */
export function packageRoutes(app: FastifyInstance, parts: ApiParts): void {
  jobRoute(app, parts, {
    name: 'make-package',
    path: 'packages',
    operation: '35',
    summary: 'Заказать архивный пакет: страница, класс за период или год, сводная ведомость, выписка',
    params: {},
    body: z.strictObject({ scope: ArchiveScope }),
    of: ({ body }, id) => ({
      work: 'make',
      package: uuidV5(id, 'package'),
      scope: (body as { scope: ArchiveScope }).scope,
    }),
  })
  jobRoute(app, parts, {
    name: 'verify-package',
    path: 'packages/:package/verify',
    operation: '36',
    summary: 'Проверить архивный пакет, как он лежит в архиве, и записать результат',
    params: { package: Uuid },
    body: undefined,
    of: ({ params }) => ({
      work: 'verify',
      package: (params as { package: Uuid }).package,
      scope: null,
    }),
  })
  fileRoute(app, parts)
}

interface JobRoute {
  readonly name: string
  readonly path: string
  readonly operation: Operation
  readonly summary: string
  readonly params: z.ZodRawShape
  readonly body: z.ZodType | undefined
  of(
    request: FastifyRequest,
    id: Uuid,
  ): { work: 'make' | 'verify'; package: Uuid; scope: ArchiveScope | null }
}

function jobRoute(app: FastifyInstance, parts: ApiParts, route: JobRoute): void {
  app.route({
    method: 'POST',
    url: `/v1/schools/:school/${route.path}`,
    config: { permission: { operation: route.operation }, operation: route.name, logged: true },
    schema: {
      operationId: camelCase(route.name),
      summary: route.summary,
      tags,
      params: z.strictObject({ school: SchoolSlug, ...route.params }),
      ...(route.body === undefined ? {} : { body: route.body }),
      headers: Headers,
      response: { 202: JobReply, default: ProblemReply },
    },
    handler: async (request, reply) => {
      const headers = request.headers as Asking
      const { school } = request.params as { school: SchoolSlug }
      const id = headers['idempotency-key'] ?? (randomUUID() as Uuid)
      const actor = actorOf(request.who!, route.operation, headers['letopis-role'])
      request.asked = { school, account: actor.account, role: actor.role, command: id }
      const packages = archiveOf(parts)
      const asked = route.of(request, id)
      const job = await packages.ask({ school, id, ...asked, actor, corr: request.id })
      const same = job.work === asked.work && canonicalJson(job.scope) === canonicalJson(asked.scope)
      if (!same || job.actor.account !== actor.account)
        throw new ProblemError('command-id-reused', { command: id })
      const location = `/v1/schools/${school}/package-jobs/${id}`
      return reply.status(202).header('idempotency-key', id).header('location', location).send(shownJob(job))
    },
  })
}

function actorOf(who: Who, operation: Operation, named: string | undefined): Actor {
  const actor = actingAs(who, { operation }, named)
  if (isRefusal(actor)) throw new ProblemError(actor.refused, actor.detail)
  // A role that is held and may not: the rule that is carried out later would refuse as well.
  const permitted = actingAs({ ...who, roles: [actor.role] }, { operation }, undefined)
  if (isRefusal(permitted)) throw new ProblemError(permitted.refused, permitted.detail)
  return actor
}

export function archiveOf({ packages }: Pick<ApiParts, 'packages'>): Packages {
  if (packages === null) throw new ProblemError('archive-not-configured')
  return packages
}

/** One range of RFC 9110 section 14.1.2, as a download that goes on asks for it. */
const RANGE = /^bytes=(\d{1,15})-(\d{1,15})?$/

/** Hands a package out as it lies there, whole or from a byte on: a download that broke goes on. */
function fileRoute(app: FastifyInstance, parts: ApiParts): void {
  app.route({
    method: 'GET',
    url: '/v1/schools/:school/packages/:package/file',
    config: { permission: { operation: '35' }, operation: 'package-file', logged: true },
    schema: {
      operationId: 'packageFile',
      summary: 'Скачать архивный пакет; с Range — с любого байта',
      tags,
      params: z.strictObject({ school: SchoolSlug, package: Uuid }),
      headers: z.object({
        range: z.string().optional(),
        'letopis-role': Headers.shape['letopis-role'],
      }),
      response: {
        200: { description: 'Файл ZIP', content: { 'application/zip': { schema: z.string() } } },
        default: ProblemReply,
      },
    },
    handler: async (request, reply) => {
      const { school, package: id } = request.params as { school: SchoolSlug; package: Uuid }
      const who = request.who!
      const named = (request.headers as Asking)['letopis-role']
      const permitted = maySee('35')
      const role = who.roles.find((one) => permitted.includes(one) && (named === undefined || named === one))
      if (role === undefined) throw new ProblemError('role-not-permitted', { held: who.roles, permitted })
      request.asked = { school, account: who.account, role }
      // A package is of whole pages, whatever part of the school somebody answers for.
      const closed = mayReadWhole({ actor: actorIn(who, role) })
      if (closed !== null) throw new ProblemError(closed.refused, closed.detail)
      const found = await parts.withinSchool(school, (database) => packageEntry(database, school, id))
      if (found === undefined || found.sha512 === null)
        throw new ProblemError('package-unknown', { package: id })
      if (found.destroyed_on !== null) throw new ProblemError('package-destroyed', { package: id })
      const bytes = archiveOf(parts).bytes(found.sha512)
      if (bytes === null) throw new ProblemError('package-file-missing', { sha512: found.sha512 })
      await noteRead(parts, request, 'package-file', await pupilsOfScope(parts, school, found))
      reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="${id}.zip"`)
        .header('accept-ranges', 'bytes')
        .header('etag', `"${found.sha512}"`)
        .header('repr-digest', `sha-512=:${Buffer.from(found.sha512, 'hex').toString('base64')}:`)
      return sent(reply, parts, { sha512: found.sha512, bytes, range: request.headers.range })
    },
  })
}

function sent(
  reply: FastifyReply,
  parts: ApiParts,
  { sha512, bytes, range }: { sha512: string; bytes: number; range: string | undefined },
): FastifyReply {
  const [, from, to] = RANGE.exec(range ?? '') ?? []
  if (from === undefined) return reply.header('content-length', bytes).send(archiveOf(parts).read(sha512))
  const [start, end] = [Number(from), Math.min(Number(to ?? bytes - 1), bytes - 1)]
  if (start > end) throw new ProblemError('range-not-satisfiable', { bytes })
  return reply
    .status(206)
    .header('content-range', `bytes ${start}-${end}/${bytes}`)
    .header('content-length', end - start + 1)
    .send(archiveOf(parts).read(sha512, { start, end }))
}
