import { Counter, Gauge, type Registry } from 'prom-client'
import type { EventStore } from '#events/store/event-store.ts'
import { formatPosition, type Position } from '#events/store/position.ts'
import type { ModelProgress } from '#projections/progress.ts'
import { Channel } from '#values/contact.ts'
import type { Clock, Instant } from '#values/time.ts'

/** Read models, and the log that they follow. */
export interface ModelsSource {
  readonly models: ReadonlyArray<Pick<ModelProgress, 'model' | 'position' | 'failure'>>
  readonly store: Pick<EventStore, 'head' | 'readAll'>
  readonly clock: Clock
  /** Positions of this log follow one another without gaps, so that a difference of two counts events. */
  readonly positionsCount: boolean
}

/** Rebuilds that run now, in any process. */
export type RebuildsSource = () => Promise<ReadonlyArray<{ readModel: string; events: number }>>

export interface RelaySource {
  /** The last event that the bus has acknowledged. */
  readonly position: Position | null
  /** Messages acknowledged since the process began. */
  readonly published: number
  /** Since when the bus is away; null while it takes messages. */
  readonly failingSince: Instant | null
}

export interface SealerSource {
  /** The newest checkpoint; null before the first. */
  readonly last: { readonly size: number; readonly at: Instant } | null
  /** The position of the last event that it covers. */
  readonly position: Position | null
  /** Since when nothing can be sealed; null while it can. */
  readonly failingSince: Instant | null
}

export interface WitnessSource {
  readonly name: string
  /** The last checkpoint that it cosigned; null before the first. */
  readonly last: { readonly size: number; readonly at: Instant } | null
  /** Since when it does not cosign; null while it does. */
  readonly failingSince: Instant | null
}

export interface CopiesSource {
  /** When the newest good copy was made; null before the first. */
  lastCopy(): Promise<{ readonly at: Instant } | null>
  /** The newest drill of restoring; null before the first. */
  lastDrill(): Promise<{ readonly at: Instant; readonly passed: boolean } | null>
}

/** As `pg.Pool` counts. */
export interface PoolCounts {
  readonly totalCount: number
  readonly idleCount: number
  /** Requests for a connection that wait. */
  readonly waitingCount: number
}

/** Everything that is asked how it is at the moment of reading. One line each puts it under metrics. */
export interface MetricSources {
  models(source: ModelsSource): void
  rebuilds(source: RebuildsSource): void
  /** @param leads whether this process does the work of the relay: the others have nothing to tell */
  relay(source: RelaySource, log: Pick<ModelsSource, 'store' | 'clock'>, leads: () => boolean): void
  /** @param leads whether this process seals: the others have nothing to tell */
  sealer(source: SealerSource, log: Pick<ModelsSource, 'store' | 'clock'>, leads: () => boolean): void
  /** @param leads whether this process asks them: the others have nothing to tell */
  witnesses(source: readonly WitnessSource[], leads: () => boolean): void
  copies(source: CopiesSource): void
  /** @param leads whether this process does the work of the archive: the others have nothing to tell */
  archive(counts: ArchiveSource, leads: () => boolean): void
  /** @param leads whether this process checks: the others have nothing to tell */
  checks(standing: ChecksSource, leads: () => boolean): void
  /** @param leads whether this process delivers: the others have nothing to tell */
  deliveries(source: DeliveriesSource, leads: () => boolean): void
  pool(name: string, counts: PoolCounts): void
  /** Whether this process does the work of a role of which one is active at a time. */
  leadership(role: string, leads: () => boolean): void
}

/** How the packages of the archive stand. */
export type ArchiveSource = () => Promise<{
  readonly issued: number
  readonly accepted: number
  readonly failed: number
  readonly oldest: string | null
}>

/** How the newest nightly checks of all schools stand. */
export type ChecksSource = () => Promise<{
  readonly schools: number
  readonly differing: number
  readonly oldest: Instant | null
}>

/** How the deliveries of messages stand, in all schools. */
export interface DeliveriesSource {
  /** The channels of which nobody answers. */
  readonly resting: readonly Channel[]
  waiting(): Promise<{ readonly waiting: number; readonly oldest: Instant | null }>
}

/** How long, in milliseconds, a source may think: an engine that is silent must not hold the rest back. */
const PATIENCE = 2_000

/** Asks a source, and returns what writes its numbers down. */
type Look = () => Promise<() => void>

export function metricSources(registry: Registry): {
  readonly sources: MetricSources
  /** Asks them all. One that fails has no numbers, rather than old ones, and is counted. */
  readonly look: () => Promise<void>
} {
  const looks: Array<{ source: string; gauges: readonly Gauge[]; look: Look }> = []
  const failures = new Counter({
    name: 'letopis_metric_source_failures_total',
    help: 'How often a source of metrics did not answer',
    labelNames: ['source'],
    registers: [registry],
  })

  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] })

  function models({ models, store, clock, positionsCount }: ModelsSource): void {
    const head = gauge('letopis_log_position', 'The position of the last event of the log')
    const at = gauge('letopis_read_model_position', 'The position that a read model shows', ['read_model'])
    const stopped = gauge('letopis_read_model_stopped', '1 when it stopped at an event', ['read_model'])
    const seconds = gauge(
      'letopis_read_model_lag_seconds',
      'For how long the first event that is not shown yet has been recorded; 0 when all are shown',
      ['read_model'],
    )
    const events = gauge('letopis_read_model_lag_events', 'Events that are not shown yet', ['read_model'])
    const look = async (): Promise<() => void> => {
      // Positions are read before the head: a model is never ahead of the log.
      const found = models.map(({ model, position, failure }) => ({ model, position, failure }))
      const last = await store.head()
      const lags = await lagsAfter(
        found.map(({ position }) => position),
        { store, clock },
      )
      return () => {
        head.set(Number(last?.commit ?? 0n))
        for (const [n, { model, position, failure }] of found.entries()) {
          const labels = { read_model: model.name }
          at.set(labels, Number(position?.commit ?? 0n))
          stopped.set(labels, failure === null ? 0 : 1)
          seconds.set(labels, lags[n]!)
          if (positionsCount) events.set(labels, Number((last?.commit ?? 0n) - (position?.commit ?? 0n)))
        }
      }
    }
    looks.push({ source: 'read-models', gauges: [head, at, stopped, seconds, events], look })
  }

  function rebuilds(source: RebuildsSource): void {
    const running = gauge('letopis_rebuild_running', '1 while a read model is rebuilt', ['read_model'])
    const folded = gauge('letopis_rebuild_events', 'Events that a running rebuild has folded', ['read_model'])
    const look = async (): Promise<() => void> => {
      const found = await source()
      return () => {
        for (const { readModel, events } of found) {
          running.set({ read_model: readModel }, 1)
          folded.set({ read_model: readModel }, events)
        }
      }
    }
    looks.push({ source: 'rebuilds', gauges: [running, folded], look })
  }

  function relay(
    source: RelaySource,
    { store, clock }: Pick<ModelsSource, 'store' | 'clock'>,
    leads: () => boolean,
  ): void {
    const published = new Counter({
      name: 'letopis_relay_published_total',
      help: 'Messages that the bus has acknowledged since this process began',
      registers: [registry],
    })
    const failing = gauge('letopis_relay_failing', '1 while the bus does not take messages')
    const seconds = gauge(
      'letopis_relay_lag_seconds',
      'For how long the first event that the bus does not have yet has been recorded',
    )
    const look = async (): Promise<() => void> => {
      published.reset()
      published.inc(source.published)
      if (!leads()) return () => withoutValue([failing, seconds])
      const [lag] = await lagsAfter([source.position], { store, clock })
      return () => {
        failing.set(source.failingSince === null ? 0 : 1)
        seconds.set(lag!)
      }
    }
    looks.push({ source: 'relay', gauges: [failing, seconds], look })
  }

  function sealer(
    source: SealerSource,
    { store, clock }: Pick<ModelsSource, 'store' | 'clock'>,
    leads: () => boolean,
  ): void {
    const size = gauge('letopis_sealed_records', 'Records that the newest checkpoint covers')
    const at = gauge('letopis_sealed_timestamp_seconds', 'When the newest checkpoint was signed; 0 is never')
    const failing = gauge('letopis_sealer_failing', '1 while the log cannot be sealed')
    const seconds = gauge(
      'letopis_sealer_lag_seconds',
      'For how long the first event that no checkpoint covers has been recorded',
    )
    const look = async (): Promise<() => void> => {
      const { last, position, failingSince } = source
      if (!leads()) return () => withoutValue([size, at, failing, seconds])
      const [lag] = await lagsAfter([position], { store, clock })
      return () => {
        size.set(last?.size ?? 0)
        at.set(last === null ? 0 : Date.parse(last.at) / 1_000)
        failing.set(failingSince === null ? 0 : 1)
        seconds.set(lag!)
      }
    }
    looks.push({ source: 'sealer', gauges: [size, at, failing, seconds], look })
  }

  function witnesses(source: readonly WitnessSource[], leads: () => boolean): void {
    const size = gauge('letopis_witness_cosigned_records', 'Records that a witness has cosigned', ['witness'])
    const at = gauge(
      'letopis_witness_cosigned_timestamp_seconds',
      'When a witness cosigned last; 0 is never',
      ['witness'],
    )
    const failing = gauge('letopis_witness_failing', '1 while a witness does not cosign', ['witness'])
    const look = async () => () => {
      for (const one of [size, at, failing]) one.reset()
      if (!leads()) return
      for (const { name: witness, last, failingSince } of source) {
        size.set({ witness }, last?.size ?? 0)
        at.set({ witness }, last === null ? 0 : Date.parse(last.at) / 1_000)
        failing.set({ witness }, failingSince === null ? 0 : 1)
      }
    }
    looks.push({ source: 'witnesses', gauges: [], look })
  }

  function copies(source: CopiesSource): void {
    const copied = gauge('letopis_backup_last_copy_timestamp_seconds', 'When the newest good copy was made')
    const drilled = gauge(
      'letopis_restore_drill_last_timestamp_seconds',
      'When restoring was last rehearsed, whatever came of it',
    )
    const passed = gauge('letopis_restore_drill_passed', '1 when the last rehearsal succeeded')
    const look = async (): Promise<() => void> => {
      const [copy, drill] = await Promise.all([source.lastCopy(), source.lastDrill()])
      return () => {
        copied.set(copy === null ? 0 : Date.parse(copy.at) / 1_000)
        drilled.set(drill === null ? 0 : Date.parse(drill.at) / 1_000)
        passed.set(drill?.passed === true ? 1 : 0)
      }
    }
    looks.push({ source: 'copies', gauges: [copied, drilled, passed], look })
  }

  function archive(counts: ArchiveSource, leads: () => boolean): void {
    const issued = gauge('letopis_archive_packages', 'Packages that lie in the archive')
    const waiting = gauge('letopis_archive_not_transferred', 'Packages that the archivist has not accepted')
    const failed = gauge('letopis_archive_failed', 'Packages whose last check failed')
    const oldest = gauge(
      'letopis_archive_oldest_check_timestamp_seconds',
      'When the package that was checked longest ago was checked, or made; 0 is none',
    )
    const look = async (): Promise<() => void> => {
      if (!leads()) return () => withoutValue([issued, waiting, failed, oldest])
      const found = await counts()
      return () => {
        issued.set(found.issued)
        waiting.set(found.issued - found.accepted)
        failed.set(found.failed)
        oldest.set(found.oldest === null ? 0 : Date.parse(found.oldest) / 1_000)
      }
    }
    looks.push({ source: 'archive', gauges: [issued, waiting, failed, oldest], look })
  }

  function checks(standing: ChecksSource, leads: () => boolean): void {
    const schools = gauge('letopis_checked_schools', 'Schools that were checked at least once')
    const differing = gauge(
      'letopis_check_differing_schools',
      'Schools whose newest check found a record or a read model that is not as it was recorded',
    )
    const oldest = gauge(
      'letopis_oldest_check_timestamp_seconds',
      'When the school that was checked longest ago was checked; 0 is never',
    )
    const look = async (): Promise<() => void> => {
      if (!leads()) return () => withoutValue([schools, differing, oldest])
      const found = await standing()
      return () => {
        schools.set(found.schools)
        differing.set(found.differing)
        oldest.set(found.oldest === null ? 0 : Date.parse(found.oldest) / 1_000)
      }
    }
    looks.push({ source: 'checks', gauges: [schools, differing, oldest], look })
  }

  function deliveries(source: DeliveriesSource, leads: () => boolean): void {
    const waiting = gauge(
      'letopis_deliveries_waiting',
      'Recipients to whom a message is still to be delivered',
    )
    const oldest = gauge(
      'letopis_oldest_delivery_timestamp_seconds',
      'When the message was sent that waits longest for a delivery; 0 is none',
    )
    const resting = gauge(
      'letopis_delivery_channel_resting',
      '1 while nobody answers who carries messages of the channel on',
      ['channel'],
    )
    const look = async (): Promise<() => void> => {
      if (!leads()) {
        return () => {
          withoutValue([waiting, oldest])
          resting.reset()
        }
      }
      const found = await source.waiting()
      return () => {
        waiting.set(found.waiting)
        oldest.set(found.oldest === null ? 0 : Date.parse(found.oldest) / 1_000)
        for (const channel of Channel.options)
          resting.set({ channel }, source.resting.includes(channel) ? 1 : 0)
      }
    }
    looks.push({ source: 'deliveries', gauges: [waiting, oldest, resting], look })
  }

  const pools = gauge('letopis_pool_connections', 'Connections to the database', ['pool', 'state'])
  const waiting = gauge('letopis_pool_waiting', 'Requests for a connection that wait', ['pool'])
  const pool = (name: string, counts: PoolCounts): void => {
    const look = async () => () => {
      const { totalCount, idleCount, waitingCount } = counts
      pools.set({ pool: name, state: 'idle' }, idleCount)
      pools.set({ pool: name, state: 'busy' }, totalCount - idleCount)
      waiting.set({ pool: name }, waitingCount)
    }
    looks.push({ source: 'pools', gauges: [], look })
  }

  const leader = gauge('letopis_leader', '1 when this process does the work of the role', ['role'])
  const leadership = (role: string, leads: () => boolean): void => {
    looks.push({
      source: 'leadership',
      gauges: [],
      look: async () => () => leader.set({ role }, leads() ? 1 : 0),
    })
  }

  async function lookAt({ source, gauges, look }: (typeof looks)[number]): Promise<void> {
    const write = await bounded(look).catch(() => null)
    for (const each of gauges) each.reset()
    if (write === null) {
      failures.inc({ source })
      withoutValue(gauges)
    } else {
      write()
    }
  }

  return {
    sources: {
      models,
      rebuilds,
      relay,
      sealer,
      witnesses,
      copies,
      archive,
      checks,
      deliveries,
      pool,
      leadership,
    },
    look: async () => {
      await Promise.all(looks.map(lookAt))
    },
  }
}

/** A gauge without labels resets to 0, which would be a lie where nothing is known. */
function withoutValue(gauges: readonly Gauge[]): void {
  for (const gauge of gauges) gauge.remove({})
}

/** For each position, since when the first event behind it has stood there, in seconds; 0 where there is none. */
async function lagsAfter(
  positions: ReadonlyArray<Position | null>,
  { store, clock }: Pick<ModelsSource, 'store' | 'clock'>,
): Promise<number[]> {
  // Read models mostly stand at one and the same place: one look serves them all.
  const found = new Map<string, Promise<number>>()
  const lag = (position: Position | null): Promise<number> => {
    const key = position === null ? '' : formatPosition(position)
    const known = found.get(key) ?? lagAfter(position, store, clock)
    found.set(key, known)
    return known
  }
  return Promise.all(positions.map(lag))
}

async function lagAfter(
  position: Position | null,
  store: ModelsSource['store'],
  clock: Clock,
): Promise<number> {
  for await (const { meta } of store.readAll({ after: position, limit: 1 }))
    return Math.max(0, (Date.parse(clock()) - Date.parse(meta['at'] as Instant)) / 1_000)
  return 0
}

function bounded(look: Look): Promise<() => void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('the source of metrics is silent')), PATIENCE)
  return Promise.race([look(), promise]).finally(() => clearTimeout(timer))
}
