import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Exposition } from '#api/watch.ts'
import { isRefusal } from '#commands/refusal.ts'
import { EventIdTaken, StaleRevision, StoreUnavailable } from '#events/store/event-store.ts'
import { type MetricSources, metricSources } from './metric-sources.ts'
import type { ServiceWatch } from './service-watch.ts'

/** Seconds. The last bound is the longest answer that the regulation permits (R-A3.2d). */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]
const APPEND_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const BATCH_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

const METHODS = new Set(['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])

/**
 * What Prometheus reads of a process: `docs/runbooks/monitoring.md` lists every name. Labels are words of the program (an
 * operation, a command, a reason, a read model), so that their number is bounded, and never a school or a person.
 */
export interface Metrics extends ServiceWatch, Exposition, MetricSources {}

export function openMetrics(version: string): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers })
  const histogram = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: number[],
  ) => new Histogram({ name, help, labelNames, buckets, registers })

  new Gauge({
    name: 'letopis_build_info',
    help: 'Always 1; which release runs',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1)
  const requests = counter('letopis_http_requests_total', 'Requests that were answered', [
    'operation',
    'method',
    'status',
  ])
  const requestSeconds = histogram(
    'letopis_http_request_seconds',
    'How long requests took',
    ['operation'],
    REQUEST_SECONDS,
  )
  const commands = counter('letopis_commands_total', 'Commands that were carried out, or refused', [
    'command',
    'outcome',
  ])
  const appends = counter('letopis_appends_total', 'Appends to the log, by what became of them', ['outcome'])
  const appended = counter('letopis_appended_events_total', 'Events that were recorded', [])
  const appendSeconds = histogram(
    'letopis_append_seconds',
    'How long appends to the log took, whatever became of them',
    [],
    APPEND_SECONDS,
  )
  const retries = counter(
    'letopis_append_retries_total',
    'Appends that were sent again without an answer',
    [],
  )
  const troubles = counter(
    'letopis_eventstore_troubles_total',
    'What went wrong with EventStoreDB, by kind',
    ['trouble'],
  )
  const applied = counter(
    'letopis_read_model_applied_events_total',
    'Events that a read model has taken in',
    ['read_model'],
  )
  const batchSeconds = histogram(
    'letopis_read_model_batch_seconds',
    'How long a batch of events took to apply',
    ['read_model'],
    BATCH_SECONDS,
  )
  const { sources, look } = metricSources(registry)

  return {
    ...sources,
    contentType: registry.contentType,
    async text() {
      await look()
      return registry.metrics()
    },
    eventStore: {
      appended: (_events, _milliseconds, tries) => retries.inc(tries - 1),
      unanswered: (call) => troubles.inc({ trouble: `unanswered-${call}` }),
      dropped: () => troubles.inc({ trouble: 'subscription-dropped' }),
      reconnected: () => troubles.inc({ trouble: 'reconnected' }),
      alarm: () => troubles.inc({ trouble: 'alarm' }),
    },
    request({ operation, method }) {
      const known = METHODS.has(method) ? method : 'other'
      return ({ status, seconds }) => {
        requests.inc({ operation, method: known, status: `${Math.floor(status / 100)}xx` })
        requestSeconds.observe({ operation }, seconds)
      }
    },
    async command({ command }, carryOut) {
      try {
        const outcome = await carryOut()
        commands.inc({ command, outcome: isRefusal(outcome) ? outcome.refused : acceptance(outcome) })
        return outcome
      } catch (error) {
        commands.inc({ command, outcome: failureOf(error) })
        throw error
      }
    },
    async append(_stream, events, carryOut) {
      const began = performance.now()
      try {
        const { fresh, ...rest } = await carryOut()
        appends.inc({ outcome: fresh ? 'recorded' : 'repeated' })
        if (fresh) appended.inc(events.length)
        return { fresh, ...rest }
      } catch (error) {
        appends.inc({ outcome: failureOf(error) })
        throw error
      } finally {
        appendSeconds.observe((performance.now() - began) / 1_000)
      }
    },
    applied(readModel, events, seconds) {
      applied.inc({ read_model: readModel }, events)
      batchSeconds.observe({ read_model: readModel }, seconds)
    },
  }
}

const acceptance = ({ repeated, events }: { repeated: boolean; events: readonly unknown[] }): string => {
  if (repeated) return 'repeated'
  return events.length === 0 ? 'nothing-to-record' : 'accepted'
}

/** The kind of a failure, as a label: the typed errors of the log, and everything else in one. */
export function failureOf(error: unknown): string {
  if (error instanceof StaleRevision) return 'stale-revision'
  if (error instanceof EventIdTaken) return 'event-id-taken'
  return error instanceof StoreUnavailable ? 'unavailable' : 'failed'
}
