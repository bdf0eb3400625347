import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { formatPosition } from '#events/store/position.ts'
import type { ApiParts } from './parts.ts'
import { PROBLEMS, ProblemError } from './problems.ts'

const permission = { public: 'says how the service is, and nothing of anybody' } as const

export type HealthParts = Pick<
  ApiParts,
  'execution' | 'models' | 'duties' | 'watch' | 'metrics' | 'availability' | 'checks'
>

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/

/**
 * `/health/live`: the process answers. `/health/ready`: the log answers too, and every read model was built to the end
 * once. One that has stopped since is named, but its process stays ready: the others go on, and its own last good state
 * can be read. `/health/availability`: the
 * outages of a month. `/health/checks`: whether the newest nightly check of every school found all as it was recorded.
 * `/metrics`: for Prometheus; it tells how busy a service is, so a reverse proxy does not pass it on
 * (docs/runbooks/monitoring.md).
 */
export function healthRoutes(
  app: FastifyInstance,
  { execution, models, duties, metrics, availability, checks }: HealthParts,
): void {
  if (metrics !== undefined) {
    app.route({
      method: 'GET',
      url: '/metrics',
      config: { permission },
      schema: { operationId: 'metrics', hide: true },
      handler: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
    })
  }
  if (availability !== undefined) {
    app.route({
      method: 'GET',
      url: '/health/availability',
      config: { permission },
      schema: {
        operationId: 'availability',
        hide: true,
        querystring: z.strictObject({ month: z.string().regex(MONTH).optional() }),
      },
      handler: (request) => availability((request.query as { month?: string }).month ?? null),
    })
  }
  if (checks !== undefined) {
    app.route({
      method: 'GET',
      url: '/health/checks',
      config: { permission },
      schema: { operationId: 'checks', hide: true },
      handler: () => checks(),
    })
  }
  app.route({
    method: 'GET',
    url: '/health/live',
    config: { permission },
    schema: { operationId: 'live', summary: 'Процесс отвечает', tags: ['Служба'], security: [] },
    handler: () => ({ live: true }),
  })
  app.route({
    method: 'GET',
    url: '/health/ready',
    config: { permission },
    schema: {
      operationId: 'ready',
      summary: 'Журнал событий отвечает; докуда дошли представления',
      tags: ['Служба'],
      security: [],
    },
    handler: async (_request, reply) => {
      const head = await execution.store.head()
      const readModels = models.map(({ model, position, complete, failure }) => ({
        name: model.name,
        position: position === null ? null : formatPosition(position),
        complete,
        stopped: failure !== null,
      }))
      // A version that is being built for the first time lacks rows: people are better served by another process.
      const ready = readModels.every(({ complete }) => complete)
      return reply.status(ready ? 200 : 503).send({
        ready,
        head: head === null ? null : formatPosition(head),
        readModels,
        duties: duties.map(({ duty, leads }) => ({ duty, leads })),
      })
    },
  })
}

/** What each code of a problem means: the address in the `type` of every problem. */
export function problemRoute(app: FastifyInstance): void {
  app.route({
    method: 'GET',
    url: '/problems/:reason',
    config: { permission: { public: 'says what a code means' } },
    schema: {
      operationId: 'problem',
      summary: 'Что означает код ошибки',
      tags: ['Служба'],
      security: [],
      params: z.strictObject({ reason: z.string() }),
    },
    handler: (request) => {
      const { reason } = request.params as { reason: string }
      const known = Object.entries(PROBLEMS).find(([name]) => name === reason)
      if (known === undefined) throw new ProblemError('route-unknown', { reason })
      const [, { status, ru, en }] = known
      return { type: `/problems/${reason}`, status, title: ru, titleEn: en }
    },
  })
}
