import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Watch } from './watch.ts'

/** Asked every few seconds by those who look after the service. */
const ROUTINE: ReadonlySet<string> = new Set(['live', 'ready', 'metrics'])

const CLIENT_LEFT = 499

/**
 * Every answer carries the id of its request, is one line of the service log, and is told to whoever looks on. The line
 * names the operation and not the address: what an address or a query string holds may speak of a person. Who asked
 * stands in the register of requests, under the same id.
 */
export function observed(app: FastifyInstance, watch: Watch | undefined): void {
  const watched = new WeakMap<FastifyRequest, ReturnType<Watch['request']>>()
  // Hooks of every request call back: a promise for each costs more than what they do.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    if (watch === undefined) {
      done()
      return
    }
    const { traceparent } = request.headers
    const told = watch.request({
      id: request.id,
      method: request.method,
      operation: operationOf(request),
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    })
    watched.set(request, told)
    const arrived = performance.now()
    // A client that goes away before its answer is counted as nginx does. Of an answer that was sent whole, the hook
    // below tells, which comes a little later than this.
    reply.raw.once('close', () => {
      const seconds = (performance.now() - arrived) / 1_000
      if (!reply.raw.writableFinished && watched.delete(request))
        told({ status: CLIENT_LEFT, problem: null, seconds })
    })
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status, elapsedTime } = reply
    const operation = operationOf(request)
    watched.get(request)?.({ status, problem: request.problem, seconds: elapsedTime / 1_000 })
    watched.delete(request)
    const facts = {
      operation,
      method: request.method,
      school: schoolOf(request),
      as: request.asked?.role ?? null,
      status,
      problem: request.problem,
      ms: Math.round(elapsedTime * 10) / 10,
    }
    request.log[ROUTINE.has(operation) ? 'debug' : 'info'](facts, 'request answered')
    done()
  })
}

/** The name of a route: of its command or query, or as the description of the API has it. */
function operationOf({ is404, routeOptions }: FastifyRequest): string {
  if (is404) return 'unknown'
  const { operationId } = (routeOptions.schema ?? {}) as { operationId?: string }
  return (
    routeOptions.config.operation ?? operationId ?? (routeOptions.url?.startsWith('/docs') ? 'docs' : 'other')
  )
}

/** The school in which the person was recognised: before that, an address may name anything. */
function schoolOf({ who, asked }: FastifyRequest): string | null {
  return who?.school ?? (asked === null || asked.account === null ? null : asked.school)
}
