import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  diag,
  DiagLogLevel,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { Accepted } from '#commands/execute.ts'
import { isRefusal, type Refusal } from '#commands/refusal.ts'
import { StaleRevision } from '#events/store/event-store.ts'
import { parseStreamName } from '#events/stream-name.ts'
import { failureOf } from './metrics.ts'
import type { ServiceWatch } from './service-watch.ts'

/** How long, in milliseconds, the collector may take for what is sent at the end. */
const FLUSH = 5_000

export interface Traces {
  readonly watch: ServiceWatch
  /** Sends what has not been sent yet; a collector that does not answer is not waited for long. */
  close(): Promise<void>
}

export interface TracesOf {
  /** The base address of an OTLP receiver: `http://collector:4318`. */
  readonly endpoint: string
  readonly version: string
  readonly roles: readonly string[]
  readonly log: { warn(facts: object, message: string): void }
}

/** What is being done in this asynchronous context. */
interface Doing {
  readonly context: Context
  /** How often the command met a writer who had been faster. */
  conflicts: number
}

/**
 * Spans of OpenTelemetry, sent by OTLP over HTTP: request → command → append, and each batch of a read model. This file
 * alone loads OpenTelemetry, and is loaded only where an endpoint is named. Nothing global is set but the logger of the
 * library, and nothing is instrumented behind our back.
 */
export function openTraces({ endpoint, version, roles, log }: TracesOf): Traces {
  diag.setLogger(complaintsTo(log), DiagLogLevel.WARN)
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: FLUSH,
  })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'letopis',
      'service.version': version,
      'letopis.roles': roles.join(','),
    }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
    forceFlushTimeoutMillis: FLUSH,
  })
  const tracer = provider.getTracer('letopis', version)
  /** Requests at work, by id. Fastify does not keep an asynchronous context through the reading of a body. */
  const requests = new Map<string, Context>()
  const doing = new AsyncLocalStorage<Doing>()

  const watch: ServiceWatch = {
    eventStore: {},
    request({ id, method, operation, traceparent }) {
      const attributes = { 'http.request.method': method, 'http.route': operation, 'letopis.request': id }
      const parent = parentOf(traceparent)
      const span = tracer.startSpan(`${method} ${operation}`, { kind: SpanKind.SERVER, attributes }, parent)
      requests.set(id, trace.setSpan(parent, span))
      return ({ status, problem }) => {
        requests.delete(id)
        span.setAttribute('http.response.status_code', status)
        if (problem !== null) span.setAttribute('letopis.problem', problem)
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      }
    },

    command({ request, command, school, category }, carryOut) {
      const parent = requests.get(request) ?? ROOT_CONTEXT
      const attributes = {
        'letopis.command': command,
        'letopis.school': school,
        'letopis.stream.category': category,
      }
      const span = tracer.startSpan(`command ${command}`, { attributes }, parent)
      const here: Doing = { context: trace.setSpan(parent, span), conflicts: 0 }
      return doing.run(here, () =>
        ended(span, carryOut, (outcome, error) => {
          if (outcome !== undefined) span.setAttributes(outcomeOf(outcome))
          // The conflict after which it gives up is not followed by another attempt.
          span.setAttribute('letopis.attempts', here.conflicts + (error instanceof StaleRevision ? 0 : 1))
        }),
      )
    },

    append(stream, events, carryOut) {
      const here = doing.getStore()
      const attributes = {
        'letopis.stream.category': parseStreamName(stream)?.category ?? 'other',
        'letopis.events': events.length,
      }
      const span = tracer.startSpan(
        'append',
        { kind: SpanKind.CLIENT, attributes },
        here?.context ?? ROOT_CONTEXT,
      )
      return ended(span, carryOut, (appended, error) => {
        if (appended !== undefined) span.setAttribute('letopis.fresh', appended.fresh)
        if (error instanceof StaleRevision && here !== undefined) here.conflicts++
      })
    },

    applied(readModel, events, seconds) {
      const endTime = Date.now()
      const attributes = { 'letopis.read_model': readModel, 'letopis.events': events }
      const startTime = endTime - seconds * 1_000
      tracer.startSpan('read model batch', { attributes, startTime }, ROOT_CONTEXT).end(endTime)
    },
  }
  return {
    watch,
    async close() {
      await provider.shutdown().catch((error: unknown) => log.warn({ err: error }, 'traces were not sent'))
      diag.disable()
    },
  }
}

function outcomeOf(outcome: Accepted | Refusal): Attributes {
  if (isRefusal(outcome)) return { 'letopis.outcome': outcome.refused }
  const { repeated, events } = outcome
  return { 'letopis.outcome': repeated ? 'repeated' : 'accepted', 'letopis.events': events.length }
}

/** Runs work inside a span, and ends it whatever comes of it. A failure is told by its kind, never by its words. */
async function ended<Result>(
  span: Span,
  work: () => Promise<Result>,
  tell: (result: Result | undefined, error: unknown) => void,
): Promise<Result> {
  try {
    const result = await work()
    tell(result, undefined)
    return result
  } catch (error) {
    tell(undefined, error)
    span.setAttribute('error.type', failureOf(error))
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

/** W3C Trace Context, level 2: `version-trace-parent-flags`. What is not one is passed over, as the standard asks. */
function parentOf(traceparent: string | undefined): Context {
  const parts = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(traceparent ?? '')
  const [, version, traceId, spanId, flags, more] = parts ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined))
    return ROOT_CONTEXT
  const parent = {
    traceId: traceId!,
    spanId: spanId!,
    traceFlags: Number.parseInt(flags!, 16) & 1,
    isRemote: true,
  }
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT
}

const silent = (): void => {}

/** What the library has to say of a collector that is away goes into the log of the service, without its body. */
function complaintsTo(log: TracesOf['log']) {
  const warn = (message: string): void => log.warn({ says: message.slice(0, 200) }, 'traces')
  return { error: warn, warn, info: silent, debug: silent, verbose: silent }
}
