import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A server behind a wire that can go dead, as when a host is gone: nothing is closed, and nothing comes through. */
export interface SilenceableProxy {
  readonly port: number
  silence(): void
  /** What connects from now on comes through again. */
  mend(): void
  close(): Promise<void>
}

export async function silenceableProxy(host: string, port: number): Promise<SilenceableProxy> {
  const sockets = new Set<Socket>()
  let silent = false
  const server = createServer((client) => {
    const upstream = connect(port, host)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => void (silent || to.write(bytes)))
      from.on('error', () => {})
      from.on('close', () => to.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    silence: () => void (silent = true),
    mend: () => void (silent = false),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
