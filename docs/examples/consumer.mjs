/**
 * Takes what Letopis tells of the events of a school from NATS JetStream, and appends a line for each to a file.
 *
 *     NATS_URL=nats://127.0.0.1:4222 node consumer.mjs tomsk35
 *
 * What makes it a good consumer:
 *
 * - It is durable: the server remembers how far it came, also while it is away.
 * - It acknowledges a message after it has done its work. Killed before, it is handed the message again.
 * - It knows by the id of the event what it has done already, because the id is written in one step with the work
 *   itself: a message may come twice, and a kill may come at any moment.
 * - It has one message at a time in hand. The server gives out the next one after the acknowledgement of the one
 *   before, so the order of events holds also when it was killed in between.
 */
import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
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
  // Its data: one line for an event, the id first. A real consumer has a table in its place, and writes the id and
  // whatever follows from the event in one transaction.
  FILE = `${DURABLE}.tsv`,
} = process.env

const handled = new Set(lines(FILE).map((line) => line.split('\t')[0]))

/** The whole lines of the file. What a kill left of a last one is cut off: its event was not acknowledged. */
function lines(file) {
  let bytes
  try {
    bytes = readFileSync(file)
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
  const end = bytes.lastIndexOf('\n') + 1
  truncateSync(file, end)
  return bytes.toString('utf8', 0, end).split('\n').slice(0, -1)
}

/** The work itself, and the note that it is done. `event` is a CloudEvent: `docs/spec/bus.md` says what is in it. */
function handle(event) {
  const columns = [event.id, event.position, event.time, event.type, event.subject, JSON.stringify(event.data)]
  appendFileSync(FILE, `${columns.join('\t')}\n`)
  handled.add(event.id)
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
  if (!handled.has(event.id)) handle(event)
  message.ack()
}
await connection.drain()
