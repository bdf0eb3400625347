import type { ModelProgress } from '#projections/progress.ts'
import { CheckpointWatch } from '#projections/checkpoint-watch.ts'
import { Projector, type ProjectorLog } from '#projections/projector.ts'
import { READ_MODELS } from '#projections/catalogue.ts'
import { keepRebuilding } from '#projections/left-rebuilds.ts'
import { leaveAll } from '#projections/rebuild-record.ts'
import type { Config } from './config.ts'
import type { Installation } from './installation.ts'
import { aborted, Leadership } from './leadership.ts'

/** The read models of a process that serves: kept here or in another process, and how far they have come. */
export interface Projecting {
  readonly models: readonly ModelProgress[]
  /** The projectors that are at work in this process now. */
  readonly here: readonly Projector[]
  /** Null where no other process could do it: the embedded setting. */
  readonly leadership: Leadership | null
  stop(): Promise<void>
}

/**
 * Keeps the read models up to date as long as this process may: embedded it is alone, on a server it stands for the duty
 * if `stands`, and otherwise looks how far another process has come.
 */
export async function startProjecting(
  installation: Installation,
  { databaseUrl }: Config,
  stands: boolean,
  log: ProjectorLog,
): Promise<Projecting> {
  if (databaseUrl === undefined) {
    const { projectors } = installation
    // The folder is this process's: whoever rebuilt here before is gone.
    await leaveAll(installation.database.kysely)
    await Projector.startAll(projectors)
    const endRebuilding = goOnRebuilding(installation, log)
    // Projectors stop with the installation.
    return { models: projectors, here: projectors, leadership: null, stop: async () => endRebuilding() }
  }
  const watch = new CheckpointWatch(READ_MODELS, installation.database.kysely, log)
  const work = async (signal: AbortSignal): Promise<void> => {
    projecting.here = installation.newProjectors()
    let endRebuilding: (() => void) | null = null
    try {
      await Projector.startAll(projecting.here)
      endRebuilding = goOnRebuilding(installation, log)
      await aborted(signal)
    } finally {
      endRebuilding?.()
      for (const projector of projecting.here) await projector.stop()
      projecting.here = []
    }
  }
  const leadership = stands ? new Leadership('projector', { url: databaseUrl, log, work }) : null
  const projecting = {
    models: watch.models,
    here: [] as readonly Projector[],
    leadership,
    stop: async () => {
      await leadership?.stop()
      await watch.stop()
    },
  }
  await watch.start()
  leadership?.start()
  return projecting
}

/** What a killed process has left half built is gone on with by whoever keeps the read models. */
function goOnRebuilding({ database, execution }: Installation, log: ProjectorLog): () => void {
  const { store, clock } = execution
  return keepRebuilding(READ_MODELS, { store, database: database.unhurried, clock }, log)
}
