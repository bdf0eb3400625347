/**
 * The server as a process of its own: `node test/support/eventstore-server/main.ts [port]`. It prints the address to
 * give as `EVENTSTORE_URL`, and holds its log until it ends.
 */
import { EventStoreServer } from './server.ts'

const [port] = process.argv.slice(2)
const server = await EventStoreServer.start({ port: Number(port ?? 0) })
console.log(server.url)

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    void server.stop().then(() => process.exit(0))
  })
}
