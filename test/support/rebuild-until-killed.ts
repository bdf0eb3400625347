/**
 * A process that rebuilds the read model of the projection tests and waits in the middle to be killed:
 * `rebuild-until-killed.ts <folder or URL> <events>`. It prints how many events are folded, and stops there for good.
 */
import { PostgresLog } from '#events/store/postgres-log.ts'
import { openEmbedded, openPostgres } from '#main/database.ts'
import { rebuild } from '#projections/rebuild.ts'
import { clock, placements } from '../projections/placements.ts'

const [at, enough] = process.argv.slice(2)
const database = at!.startsWith('postgres') ? openPostgres(at!) : await openEmbedded(at!)
const store = await PostgresLog.open(database.kysely)
await rebuild(placements(), null, {
  store,
  database: database.kysely,
  clock,
  progress: (events) => {
    if (events < Number(enough)) return
    process.stdout.write(`${events}\n`, () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
  },
})
