/**
 * A process that seals a log until it is killed: `seal-log.ts <database URL> <folder>`. It prints how many records the
 * newest checkpoint covers.
 */
import { testKeys } from './person-keys.ts'
import { setTimeout } from 'node:timers/promises'
import { openPostgres } from '#main/database.ts'
import { install } from '#main/installation.ts'
import { openSealing } from '#main/sealing.ts'
import { systemClock } from '#values/time.ts'

const [at, folder] = process.argv.slice(2) as [string, string]
const log = { info: console.error, warn: console.error, error: console.error }
const installation = await install(openPostgres(at), systemClock, log, testKeys)
const { sealer, run } = openSealing({ folder, every: 0 }, installation, log)
void run(new AbortController().signal)
for (;;) {
  console.log(sealer.last?.size ?? 0)
  await setTimeout(5)
}
