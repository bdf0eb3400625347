import { SealedLog } from '#integrity/sealed-log.ts'
import { Sealer } from '#integrity/sealer.ts'
import { StateFile } from '#integrity/signing-state.ts'
import { newSignerKey, type SignerKey } from '#integrity/tlog/signed-note.ts'
import type { Installation } from '#main/installation.ts'
import { systemClock } from '#values/time.ts'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export const KEY: SignerKey = newSignerKey('journal.bench.example/log')

const silent = { info() {}, warn() {}, error() {} }

/** A sealer that seals an installation until `stop`. */
export function sealerOf(
  { execution, database }: Installation,
  folder: string,
  every: number,
): { readonly sealer: Sealer; stop(): Promise<void> } {
  const sealer = new Sealer({
    store: execution.store,
    sealed: new SealedLog(database.kysely),
    state: new StateFile(join(folder, 'signing-state.json')),
    keys: () => [KEY],
    forces: () => false,
    clock: systemClock,
    log: silent,
    every,
  })
  const stop = new AbortController()
  const running = sealer.run(stop.signal)
  return {
    sealer,
    async stop() {
      stop.abort()
      await running
    },
  }
}

/** Seals a whole log. @returns seconds until its last record was a leaf and signed */
export async function sealAll(installation: Installation, folder: string, events: number): Promise<number> {
  const sealed = new SealedLog(installation.database.kysely)
  const began = performance.now()
  const sealing = sealerOf(installation, folder, 3_600_000)
  while ((await sealed.size()) < events) await setTimeout(20)
  await sealing.stop()
  return (performance.now() - began) / 1_000
}
