import { parentPort, workerData } from 'node:worker_threads'
import { verifyPackage } from '#integrity/archive/verify-package.ts'
import { parseVerifierKey } from '#integrity/tlog/signed-note.ts'
import { verdict } from '../verifying.ts'
import { describePackage, named } from '../verifying-packages.ts'

/** Checks a package beside the service, whose requests would wait for seconds otherwise. */
const { path, keys } = workerData as { path: string; keys: readonly string[] }
const trust = { keys: keys.map(parseVerifierKey), witnesses: [], quorum: 0 }
parentPort!.postMessage(
  await verdict(undefined, () => {
    const found = named(() => verifyPackage(path, trust))
    return { ...describePackage(found), warnings: [] }
  }),
)
