import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { formatPosition } from '#events/store/position.ts'
import type { ApiParts } from './parts.ts'
import { PROBLEMS, ProblemError } from './problems.ts'

const permission = { public: 'says how the service is, and nothing of anybody' } as const

/** `/health/live`: the process answers. `/health/ready`: the log answers and every read model is built and has not stopped. */
export function healthRoutes(app: FastifyInstance, { execution, models }: ApiParts): void {
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
      summary: 'Журнал событий отвечает, представления идут',
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
      const ready = readModels.every(({ complete, stopped }) => complete && !stopped)
      return reply
        .status(ready ? 200 : 503)
        .send({ ready, head: head === null ? null : formatPosition(head), readModels })
    },
  })
  app.route({
    method: 'GET',
    url: '/problems/:reason',
    config: { permission },
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
