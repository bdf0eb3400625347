import { forcesCheckpoint } from '#integrity/forcing-events.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { Sealer, type SealerLog } from '#integrity/sealer.ts'
import type { Stated } from '#integrity/tree-check.ts'
import { Witnessing } from '#integrity/witnessing.ts'
import { lockFolder } from './folder-lock.ts'
import type { Installation } from './installation.ts'
import { readKeys, stateFile } from './seal-keys.ts'
import { askedWitnesses } from './witnesses.ts'

/** What was recorded and is not signed yet could be changed without a trace: ten seconds of it. */
const SIGN_EVERY = 10_000

export interface Seal {
  /** The folder of the key, and of what was signed last. */
  readonly folder: string
  /** A file that names the witnesses; undefined asks none. */
  readonly witnesses?: string | undefined
  /** How often a grown tree is signed, in milliseconds. */
  readonly every?: number
}

/**
 * The sealer of an installation, with the key and the signing state of a folder, and what asks the witnesses. While it runs
 * the folder is its own, so that no two sign with one state; one leader for a database is the matter of the duty.
 *
 * @throws {Obstacle} there is no key in the folder, or the file of witnesses is none
 */
export function openSealing(
  { folder, witnesses, every = SIGN_EVERY }: Seal,
  { execution, database }: Installation,
  log: SealerLog,
): {
  readonly sealer: Sealer
  readonly witnessings: readonly Witnessing[]
  readonly run: (signal: AbortSignal) => Promise<void>
} {
  const { store, clock } = execution
  const sealed = new SealedLog(database.kysely)
  const keys = () => readKeys(folder)
  keys()
  const sealer = new Sealer({
    store,
    sealed,
    state: stateFile(folder),
    keys,
    forces: forcesCheckpoint,
    clock,
    log,
    every,
  })
  const witnessings = askedWitnesses(witnesses).map(
    (witness) => new Witnessing({ sealed, witness, clock, log }),
  )
  const run = async (signal: AbortSignal): Promise<void> => {
    const unlock = lockFolder(folder)
    try {
      await Promise.all([sealer, ...witnessings].map((work) => work.run(signal)))
    } finally {
      unlock()
    }
  }
  return { sealer, witnessings, run }
}

/** What the sealer signed last, by its own state and not by the database; null where this process does not know of it. */
export function lastSigned(folder: string | undefined): Stated | null {
  const last = folder === undefined ? null : stateFile(folder).read()
  return last === null ? null : { size: last.size, root: last.root, where: 'signing state' }
}
