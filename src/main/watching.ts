import type { Config } from './config.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import { type ServiceWatch, together } from './service-watch.ts'
import type { TracesOf } from './traces.ts'
import { VERSION } from './software.ts'

/** Everything that looks on at a process of the service. */
export interface Watching {
  readonly watch: ServiceWatch
  readonly metrics: Metrics
  close(): Promise<void>
}

/** Metrics always, traces where an endpoint is configured: OpenTelemetry is not even loaded elsewhere. */
export async function openWatching(
  { traces: endpoint }: Pick<Config, 'traces'>,
  log: TracesOf['log'],
  roles: readonly string[] = ['all'],
): Promise<Watching> {
  const metrics = openMetrics(VERSION)
  if (endpoint === undefined) return { watch: metrics, metrics, close: async () => {} }
  const { openTraces } = await import('./traces.ts')
  const traces = openTraces({ endpoint, version: VERSION, roles, log })
  return { watch: together([metrics, traces.watch]), metrics, close: () => traces.close() }
}
