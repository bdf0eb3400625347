import type { Logger } from 'pino'
import type { ApiParts } from '#api/parts.ts'
import type { ModelProgress } from '#projections/progress.ts'
import { checksStanding } from '#projections/record-checks/queries.ts'
import { runningRebuilds } from '#projections/rebuild-record.ts'
import { systemClock } from '#values/time.ts'
import { Month, monthAt, monthReport } from './availability.ts'
import { copiesSource } from './backup/copies-source.ts'
import type { Config } from './config.ts'
import type { Installation } from './installation.ts'
import { OutageLedger } from './outage-ledger.ts'
import { giveSigns } from './signs-of-life.ts'
import type { Watching } from './watching.ts'

/** What a process owes to those who look after it. */
export interface Supervision {
  readonly parts: Required<
    Pick<ApiParts, 'watch' | 'metrics' | 'availability' | 'measuredOutages' | 'checks'>
  >
  /** From now on this process serves requests. @returns ends it, in the orderly way */
  begin(): Promise<() => Promise<void>>
}

/** Puts what this installation has under metrics, and its times of absence into the ledger. */
export function supervise(
  { zone, eventStoreUrl, backup }: Config,
  { database: { kysely, pools }, execution }: Installation,
  models: readonly ModelProgress[],
  { watch, metrics }: Watching,
  log: Pick<Logger, 'warn' | 'error'>,
): Supervision {
  const { store } = execution
  metrics.models({
    models,
    store,
    clock: systemClock,
    positionsCount: eventStoreUrl === undefined,
  })
  metrics.rebuilds(() => runningRebuilds(kysely))
  for (const [name, counts] of Object.entries(pools ?? {})) metrics.pool(name, counts)
  if (backup !== undefined) metrics.copies(copiesSource(backup))
  const ledger = new OutageLedger(kysely)
  return {
    parts: {
      watch,
      metrics,
      availability(month) {
        const now = systemClock()
        const asked = month === null ? monthAt(now, zone) : Month.parse(month)
        return monthReport(ledger, asked, zone, now)
      },
      checks: () => checksStanding(kysely),
      async measuredOutages(from, until) {
        return (await ledger.standing(from, until, systemClock())).outages
      },
    },
    begin: () => giveSigns({ ledger, clock: systemClock, log, works: () => store.head() }),
  }
}
