import { Bell } from '#events/store/bell.ts'
import type { ProjectorLog } from './projector.ts'
import type { ReadModel } from './read-model.ts'
import { rebuild, type RebuildParts } from './rebuild.ts'
import { leftRebuilds, RebuildRunning } from './rebuild-record.ts'

/** How often to look, in milliseconds. */
const LOOK = 10_000

/**
 * Goes on with rebuilds whose process was killed, as long as this process lives.
 *
 * @returns ends it; a rebuild at hand is left to whoever looks next
 */
export function keepRebuilding(
  models: readonly ReadModel[],
  parts: Pick<RebuildParts, 'store' | 'database' | 'clock'>,
  log: ProjectorLog,
): () => void {
  const stop = new AbortController()
  const look = async (): Promise<void> => {
    for (const { readModel, version, school } of await leftRebuilds(parts.database)) {
      const model = models.find((known) => known.name === readModel && known.version === version)
      if (model === undefined || stop.signal.aborted) continue
      log.info({ readModel, school }, 'going on with a rebuild that was left')
      try {
        await rebuild(model, school, parts)
      } catch (error) {
        // Another process has come first.
        if (!(error instanceof RebuildRunning)) throw error
      }
    }
  }
  void (async () => {
    while (!stop.signal.aborted) {
      await look().catch((err: unknown) => {
        if (!stop.signal.aborted) log.error({ err }, 'a rebuild that was left cannot go on yet')
      })
      await new Bell().rung.orAfter(LOOK, stop.signal)
    }
  })()
  return () => stop.abort()
}
