/**
 * A process that rebuilds the read model of the projection tests and waits in the middle to be killed:
 * `rebuild-until-killed.ts <folder or URL> <events>`. When it has read that many events, and a portion of what it made of
 * them is written, it prints how many it has read, and stops there for good.
 */
import { setTimeout } from 'node:timers/promises'
import type { ReadAll } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { openEmbedded, openPostgres } from '#main/database.ts'
import { rebuild } from '#projections/rebuild.ts'
import { rebuildUnderWay } from '#projections/rebuild-record.ts'
import { clock, placements } from '../projections/placements.ts'

const [at, enough] = process.argv.slice(2)
const database = at!.startsWith('postgres') ? openPostgres(at!) : await openEmbedded(at!)
const store = await PostgresLog.open(database.kysely)
const readAll = store.readAll.bind(store)
store.readAll = async function* readUntilEnough(options?: ReadAll) {
  let events = 0
  for await (const event of readAll(options)) {
    yield event
    if (++events < Number(enough)) continue
    while ((await rebuildUnderWay(database.kysely, placements()))!.events === 0) await setTimeout(10)
    await new Promise((resolve) => process.stdout.write(`${events}\n`, resolve))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
}
await rebuild(placements(), null, { store, database: database.kysely, clock })
