/**
 * Takes what Letopis tells of the events of a school from NATS JetStream, and prints a line for each.
 *
 *     NATS_URL=nats://127.0.0.1:4222 node consumer.mjs tomsk35
 *
 * What makes it a good consumer:
 *
 * - It is durable: the server remembers how far it came, also while it is away.
 * - It acknowledges a message after it has done its work. Killed before, it is handed the message again.
 * - It knows by the id of the event what it has done already: a message may come twice.
 * - It has one message at a time in hand. The server gives out the next one after the acknowledgement of the one
 *   before, so the order of events holds also when it was killed in between.
 */
import { readFileSync, appendFileSync } from 'node:fs'
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, credsAuthenticator } from '@nats-io/transport-node'

const [school] = process.argv.slice(2)
if (school === undefined) {
  console.error('usage: consumer.mjs <school>')
  process.exit(2)
}
const {
  NATS_URL = 'nats://127.0.0.1:4222',
  NATS_CREDS,
  NATS_STREAM = 'LETOPIS',
  NATS_SUBJECTS = 'journal',
  DURABLE = `example-${school}`,
  // How long the work on one message may take before the server hands it out again.
  ACK_WAIT_SECONDS = '30',
  // Where it keeps the ids of the events that it has handled. A real one keeps them beside its own data, in the
  // same transaction; a few days of them are enough, as the stream itself forgets after a fortnight.
  HANDLED = `${DURABLE}.handled`,
} = process.env

const handled = new Set(read(HANDLED).split('\n'))

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return ''
    throw error
  }
}

/** The work itself. `event` is a CloudEvent: `docs/spec/bus.md` says what is in it. */
function handle(event) {
  console.log([event.position, event.time, event.type, event.subject, JSON.stringify(event.data)].join('\t'))
}

const connection = await connect({
  servers: NATS_URL.split(','),
  // A server that is away is waited for.
  maxReconnectAttempts: -1,
  ...(NATS_CREDS === undefined ? {} : { authenticator: credsAuthenticator(readFileSync(NATS_CREDS)) }),
})
const manager = await jetstreamManager(connection)
await manager.consumers.add(NATS_STREAM, {
  durable_name: DURABLE,
  filter_subject: `${NATS_SUBJECTS}.${school}.>`,
  ack_policy: AckPolicy.Explicit,
  deliver_policy: DeliverPolicy.All,
  max_ack_pending: 1,
  ack_wait: Number(ACK_WAIT_SECONDS) * 1e9,
})
const consumer = await jetstream(connection).consumers.get(NATS_STREAM, DURABLE)
const messages = await consumer.consume({ max_messages: 100 })
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => messages.stop())
for await (const message of messages) {
  const event = message.json()
  if (!handled.has(event.id)) {
    handle(event)
    appendFileSync(HANDLED, `${event.id}\n`)
    handled.add(event.id)
  }
  message.ack()
}
await connection.drain()
