import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { Proofs } from '#integrity/proofs.ts'
import { SealedLog, type Sealed } from '#integrity/sealed-log.ts'
import { formatProof } from '#integrity/tlog/proof-file.ts'
import { parseTilePath } from '#integrity/tlog/tiles.ts'
import { Uuid } from '#values/uuid.ts'
import { camelCase } from './addresses.ts'
import type { ApiParts } from './parts.ts'
import { ProblemError } from './problems.ts'
import { ProblemReply } from './schemas.ts'

/**
 * Hashes alone: of a record they tell whoever has it that it stands in the log, and whoever has it not nothing, since
 * every record holds ids that cannot be guessed. So anybody may check the journal, without an account.
 */
const permission = { public: 'hashes of records, and signatures over them: nothing of anybody' } as const

const tags = ['Печать журнала']
const TEXT = 'text/plain; charset=utf-8'

/** What is asked again and again, and what stays for ever as it is. */
const FRESH = 'public, max-age=2'
const LASTING = 'public, max-age=31536000, immutable'

/**
 * `0/000`, `0/000.p/17`, `0/x001/234`, `0/x001/234.p/17`, and a million further: the number of a tile is cut in groups of
 * three digits, and the API document knows no address of any length. Three groups are 256 milliard records.
 */
const TILE_PATHS = [
  ['log-tile', ['a']],
  ['log-tile-in-two', ['a', 'b']],
  ['log-tile-in-three', ['a', 'b', 'c']],
  ['log-tile-in-four', ['a', 'b', 'c', 'd']],
] as const

const Size = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/, 'число записей')
  .transform(Number)
/** How many witnesses must stand under the checkpoint of an answer. */
const Cosigned = z.strictObject({
  cosigned: z
    .string()
    .regex(/^\d{1,2}$/, 'число свидетелей')
    .transform(Number)
    .optional()
    .describe(
      'Последняя точка, под которой стоит не меньше подписей свидетелей; без него — последняя вообще',
    ),
})
const ConsistencyReply = z.strictObject({
  from: z.int().describe('Размер прежнего дерева'),
  to: z.int().describe('Размер нового дерева'),
  proof: z.array(z.string()).describe('RFC 9162, 2.1.4: хеши в base64'),
})
const KeysReply = z.array(
  z.strictObject({
    vkey: z.string().describe('Открытый ключ в форме C2SP signed-note'),
    fromSize: z.int().describe('Первая контрольная точка, им подписанная'),
    lastSize: z.int().describe('Последняя: после смены ключа прежний дальше не подписывает'),
  }),
)

const replies = (type: string, description: string, schema: z.ZodType = z.string()) => ({
  200: { description, content: { [type]: { schema } } },
  default: ProblemReply,
})

/** The sealed log by the paths of C2SP tlog-tiles, under `/log`; and proofs, for who would not make them of tiles. */
export function sealedLogRoutes(app: FastifyInstance, { database }: Pick<ApiParts, 'database'>): void {
  const sealed = new SealedLog(database)
  const proofs = new Proofs(sealed)
  const newest = async ({ cosigned = 0 }: z.output<typeof Cosigned> = {}): Promise<Sealed> => {
    const found = await sealed.newest(cosigned)
    if (found === null)
      throw new ProblemError(cosigned === 0 ? 'log-not-sealed' : 'log-not-cosigned', { cosigned })
    return found
  }
  app.route({
    method: 'GET',
    url: '/log/checkpoint',
    config: { permission, operation: 'log-checkpoint' },
    schema: {
      operationId: 'logCheckpoint',
      summary: 'Последняя подписанная контрольная точка журнала (C2SP tlog-checkpoint)',
      tags,
      security: [],
      querystring: Cosigned,
      response: replies('text/plain', 'Подписанная записка: имя журнала, размер, корень'),
    },
    handler: async (request, reply) =>
      text(reply, (await newest(request.query as z.output<typeof Cosigned>)).note, FRESH),
  })
  for (const [name, parts] of TILE_PATHS) {
    app.route({
      method: 'GET',
      url: `/log/tile/:level/${parts.map((part) => `:${part}`).join('/')}`,
      config: { permission, operation: name },
      schema: {
        operationId: camelCase(name),
        summary: `Плитка хешей дерева по пути C2SP tlog-tiles: уровень и ещё частей — ${parts.length}`,
        tags,
        security: [],
        params: z.strictObject(
          Object.fromEntries(['level', ...parts].map((part) => [part, z.string().max(8)])),
        ),
        response: replies('application/octet-stream', 'Хеши SHA-256 подряд, по 32 байта'),
      },
      handler: async (request, reply) => {
        const { level: stage, ...rest } = request.params as Record<string, string>
        const asked = parseTilePath(`tile/${[stage, ...parts.map((part) => rest[part])].join('/')}`)
        if (asked === null) throw new ProblemError('tile-unknown')
        const { level, index, width } = asked
        if (level === 'entries') throw new ProblemError('entries-not-public')
        const tile = await sealed.tile({ level, index }, width, (await newest()).size)
        if (tile === null) throw new ProblemError('tile-unknown')
        return reply.type('application/octet-stream').header('cache-control', LASTING).send(tile)
      },
    })
  }
  app.route({
    method: 'GET',
    url: '/log/proof/:event',
    config: { permission, operation: 'log-proof' },
    schema: {
      operationId: 'logProof',
      summary: 'Доказательство, что событие стоит в журнале (C2SP tlog-proof)',
      tags,
      security: [],
      params: z.strictObject({ event: Uuid.describe('Номер события из ответа на команду') }),
      querystring: Cosigned,
      response: replies('text/plain', 'Место события, путь по дереву и контрольная точка'),
    },
    handler: async (request, reply) => {
      const { event } = request.params as { event: Uuid }
      const [leaf, tree] = await Promise.all([
        sealed.find(event),
        newest(request.query as z.output<typeof Cosigned>),
      ])
      if (leaf === null || leaf.index >= tree.size) throw new ProblemError('event-not-sealed')
      const proof = await proofs.inclusion(leaf.index, tree, leaf.tile)
      return text(reply, formatProof(leaf.index, proof, tree.note), FRESH)
    },
  })
  app.route({
    method: 'GET',
    url: '/log/consistency',
    config: { permission, operation: 'log-consistency' },
    schema: {
      operationId: 'logConsistency',
      summary: 'Доказательство, что дерево нового размера продолжает дерево прежнего',
      tags,
      security: [],
      querystring: z.strictObject({
        from: Size.describe('Прежний размер'),
        to: Size.optional().describe('Новый размер; без него — последний подписанный'),
      }),
      response: { 200: ConsistencyReply, default: ProblemReply },
    },
    handler: async (request) => {
      const { size } = await newest()
      const { from, to = size } = request.query as { from: number; to?: number }
      if (from > to || to > size) throw new ProblemError('size-not-sealed', { size })
      const proof = await sealed.consistencyProof(from, to)
      return { from, to, proof: proof.map((hash) => Buffer.from(hash).toString('base64')) }
    },
  })
  app.route({
    method: 'GET',
    url: '/log/keys',
    config: { permission, operation: 'log-keys' },
    schema: {
      operationId: 'logKeys',
      summary: 'Ключи, которыми подписывали журнал; сверьте их с местным актом школы',
      tags,
      security: [],
      response: { 200: KeysReply, default: ProblemReply },
    },
    handler: () => sealed.keys(),
  })
}

function text(reply: FastifyReply, body: string, caching: string): FastifyReply {
  return reply.type(TEXT).header('cache-control', caching).send(body)
}
