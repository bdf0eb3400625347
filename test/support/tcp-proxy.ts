import { connect, createServer, type Server, type Socket } from 'node:net'

/** A link to a server that can go bad in the ways of real ones. */
export class TcpProxy {
  readonly #target: number
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  readonly #server: Server
  /** How late, in milliseconds, what is sent arrives. */
  delay = 0

  private constructor(target: number) {
    this.#target = target
    this.#server = createServer((socket) => this.#link(socket))
  }

  /** @param target the port of the server, on this machine */
  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** Connections that stand now carry nothing more, and nobody is told; new ones are as good as ever. */
  freeze(): void {
    for (const pair of this.#pairs) {
      for (const socket of pair) {
        socket.removeAllListeners('data')
        socket.pause()
      }
    }
  }

  /** Ends the connections that stand now by a TCP reset. */
  reset(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy()
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.reset()
    await closed
  }

  #link(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1')
    const pair = [client, server] as const
    this.#pairs.add(pair)
    this.#carry(client, server)
    this.#carry(server, client)
  }

  #carry(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (this.delay === 0) to.write(bytes)
      else setTimeout(() => to.write(bytes), this.delay)
    })
    from.on('error', () => {})
    from.on('close', () => {
      to.destroy()
      for (const pair of this.#pairs) if (pair.includes(from)) this.#pairs.delete(pair)
    })
  }
}
