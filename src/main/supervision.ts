import type { Logger } from 'pino'
import type { ApiParts } from '#api/parts.ts'
import { runningRebuilds } from '#projections/rebuild.ts'
import { systemClock } from '#values/time.ts'
import { Month, monthAt, monthReport } from './availability.ts'
import type { Config } from './config.ts'
import type { Installation } from './installation.ts'
import { OutageLedger } from './outage-ledger.ts'
import { giveSigns } from './signs-of-life.ts'
import type { Watching } from './watching.ts'

/** What a process that serves requests owes to those who look after it. */
export interface Supervision {
  readonly parts: Required<Pick<ApiParts, 'watch' | 'metrics' | 'availability'>>
  /** From now on the service can be used. @returns ends it, in the orderly way */
  begin(): Promise<() => Promise<void>>
}

/** Puts what this installation has under metrics, and its times of absence into the ledger. */
export async function supervise(
  { zone, eventStoreUrl }: Config,
  { database, execution, projectors }: Installation,
  { watch, metrics }: Watching,
  log: Pick<Logger, 'warn' | 'error'>,
): Promise<Supervision> {
  const { kysely, pool } = database
  const { store } = execution
  metrics.models({
    models: projectors,
    store,
    clock: systemClock,
    positionsCount: eventStoreUrl === undefined,
  })
  metrics.rebuilds(() => runningRebuilds(kysely))
  if (pool !== undefined) metrics.pool('database', pool)
  const ledger = await OutageLedger.open(kysely)
  return {
    parts: {
      watch,
      metrics,
      availability(month) {
        const now = systemClock()
        const asked = month === null ? monthAt(now, zone) : Month.parse(month)
        return monthReport(ledger, asked, zone, now)
      },
    },
    begin: () => giveSigns({ ledger, clock: systemClock, log, works: () => store.head() }),
  }
}
