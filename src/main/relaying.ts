import { NatsBus } from '#relay/nats-bus.ts'
import { Relay } from '#relay/relay.ts'
import { systemClock } from '#values/time.ts'
import type { Nats } from './config.ts'
import type { Installation, ServiceLog } from './installation.ts'

/** The stream of NATS, and the name under which the checkpoint of the relay stands. */
const STREAM = 'LETOPIS'

/** The relay of an installation to its NATS; it is run under the leadership of the duty. */
export function natsRelay({ execution, database }: Installation, nats: Nats, log: ServiceLog): Relay {
  return new Relay({
    store: execution.store,
    database: database.kysely,
    openBus: () => NatsBus.open({ ...nats, stream: STREAM }),
    bus: STREAM,
    clock: systemClock,
    log,
  })
}
