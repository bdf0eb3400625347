/**
 * A process that relays a log until it is killed: `relay-log.ts <database URL> <NATS URL> <stream> <subjects>`.
 * It prints how many messages it has sent.
 */
import { setTimeout } from 'node:timers/promises'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { openPostgres } from '#main/database.ts'
import { NatsBus } from '#relay/nats-bus.ts'
import { Relay } from '#relay/relay.ts'
import { systemClock } from '#values/time.ts'

const [at, server, stream, subjects] = process.argv.slice(2) as [string, string, string, string]
const { kysely: database } = openPostgres(at)
const store = await PostgresLog.open(database)
const relay = new Relay({
  store,
  database,
  openBus: () => NatsBus.open({ servers: [server], credentials: undefined, replicas: 1, stream, subjects }),
  bus: stream,
  clock: systemClock,
  log: { info: console.error, warn: console.error, error: console.error },
})
void relay.run(new AbortController().signal)
for (;;) {
  console.log(relay.published)
  await setTimeout(5)
}
