import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket, connect as connectTo } from 'node:net'
import type { AddressInfo } from 'node:net'
import { DeliverPolicy, jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { expect, onTestFinished } from 'vitest'
import type { CloudEvent } from '#relay/announcement.ts'
import { NatsBus, type NatsSettings } from '#relay/nats-bus.ts'
import { standStill } from './child.ts'
import { temporaryFolder } from './databases.ts'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

const SERVER = process.env['TEST_NATS_URL'] ?? 'nats://127.0.0.1:4222'

/** Why there is no NATS to test on; null when there is. `REQUIRE_NATS=1` lets the tests fail instead of being skipped. */
export const natsAbsence: string | null = await whyAbsent()

/** Why a test cannot start a server of its own. */
export const natsServerAbsence: string | null = whyNoServer()

/** One stream on the server that the tests share, with subjects of its own; removed when its test has ended. */
export interface TestStream {
  readonly settings: NatsSettings & { readonly stream: string; readonly subjects: string }
  readonly manager: JetStreamManager
  readonly connection: NatsConnection
  /** A new connection of the relay to it. */
  open(): Promise<NatsBus>
  /** Every message, in order. */
  messages(): Promise<Array<{ readonly subject: string; readonly message: CloudEvent }>>
  /** The same, once there are `count` of them. */
  holding(count: number): Promise<CloudEvent[]>
  /**
   * The first `count` messages as the leader of the stream has them, once there are so many and no more. A consumer
   * may be served by a member that was killed, and one of the 2.9 line may come back with others than its leader has.
   */
  kept(count: number): Promise<CloudEvent[]>
}

/** A new stream for the test in which this is called. */
export async function testStream(servers: readonly string[] = [SERVER]): Promise<TestStream> {
  const name = `T${randomUUID().replaceAll('-', '')}`
  const settings = {
    servers,
    credentials: undefined,
    replicas: 1,
    stream: name,
    subjects: name.toLowerCase(),
  }
  const connection = await connect({ servers: [...servers], reconnectTimeWait: 50, maxReconnectAttempts: -1 })
  const manager = await jetstreamManager(connection)
  onTestFinished(async () => {
    await manager.streams.delete(name).catch(() => {})
    await connection.close()
  })
  const messages = () => messagesIn(connection, name)
  const reaching = (count: number) =>
    until(async () => {
      const { state } = await manager.streams.info(name)
      return state.messages >= count ? state : null
    })
  return {
    settings,
    manager,
    connection,
    open: () => NatsBus.open(settings),
    messages,
    async holding(count) {
      await reaching(count)
      return (await messages()).map(({ message }) => message)
    },
    async kept(count) {
      expect(await reaching(count)).toMatchObject({ messages: count, first_seq: 1, last_seq: count })
      const found: CloudEvent[] = []
      for (let seq = 1; seq <= count; seq++) {
        const message = await until(() => manager.streams.getMessage(name, { seq }))
        found.push(message.json<CloudEvent>())
      }
      return found
    },
  }
}

/** Every message of a stream, in order. */
export async function messagesIn(
  connection: NatsConnection,
  stream: string,
): Promise<Array<{ readonly subject: string; readonly message: CloudEvent }>> {
  const { state } = await (await jetstreamManager(connection)).streams.info(stream)
  const found: Array<{ subject: string; message: CloudEvent }> = []
  let next = state.first_seq
  const isWhole = (): boolean => state.messages === 0 || next > state.last_seq
  // A cluster that has just lost its leader may tell a consumer nothing: then the next one goes on from there.
  await until(async () => {
    if (isWhole()) return true
    const from = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: next }
    const consumer = await jetstream(connection).consumers.get(stream, from)
    for await (const message of await consumer.fetch({ max_messages: 5_000, expires: 5_000 })) {
      found.push({ subject: message.subject, message: message.json<CloudEvent>() })
      next = message.seq + 1
      if (isWhole()) break
    }
    return isWhole()
  })
  return found
}

/**
 * A server of NATS in a process of its own, which may be killed and started again on what it has on disk; it ends with
 * its test.
 */
export interface NatsServer {
  readonly url: string
  start(): Promise<void>
  end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>
}

export async function natsServer(): Promise<NatsServer> {
  const port = await freePort()
  const server = serverAt(port, [])
  await server.start()
  return server
}

/** Three servers that keep a stream together, by the names under which they lead it: `n0`, `n1`, `n2`. */
export async function natsCluster(): Promise<Readonly<Record<string, NatsServer>>> {
  const members = await Promise.all(
    [0, 1, 2].map(async (n) => ({ name: `n${n}`, port: await freePort(), route: await freePort() })),
  )
  const servers = members.map(({ name, port, route }) => {
    const others = members.filter((other) => other.name !== name)
    const routes = others.map((other) => `nats://127.0.0.1:${other.route}`).join(',')
    const own = ['-n', name, '--cluster_name', 'test', '--cluster', `nats://127.0.0.1:${route}`]
    return [name, serverAt(port, [...own, '--routes', routes])] as const
  })
  await Promise.all(servers.map(([, server]) => server.start()))
  return Object.fromEntries(servers)
}

function serverAt(port: number, options: readonly string[]): NatsServer {
  const folder = temporaryFolder()
  let child: ChildProcess | null = null
  const end: NatsServer['end'] = async (signal) => {
    const running = child
    if (running === null) return
    if (signal === 'SIGSTOP') return standStill(running)
    running.kill(signal)
    if (signal === 'SIGCONT') return
    child = null
    if (running.exitCode === null && running.signalCode === null) await once(running, 'exit')
  }
  onTestFinished(async () => {
    await end('SIGKILL')
    folder.remove()
  })
  return {
    url: `nats://127.0.0.1:${port}`,
    async start() {
      const given = ['-js', '-a', '127.0.0.1', '-p', String(port), '-sd', folder.path, ...options]
      child = spawn('nats-server', given, { stdio: 'ignore' })
      await until(() => answers(port))
    },
    end,
  }
}

/** A way to a server that breaks when a test wants it to. */
export interface Proxy {
  readonly url: string
  /** Cuts every connection; until `mend` nobody gets through. */
  cut(): void
  mend(): void
  /** Cuts the connections when `bytes` more have gone to the server: in the middle of what is sent. */
  cutAfter(bytes: number): void
}

export async function proxyTo(url: string): Promise<Proxy> {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let whole = true
  let left = Number.POSITIVE_INFINITY
  const cut = (): void => {
    for (const socket of open) socket.destroy()
    open.clear()
  }
  const server = createServer((inward) => {
    if (!whole) {
      inward.destroy()
      return
    }
    const outward = connectTo(Number(port), hostname)
    for (const [socket, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
    inward.on('data', (bytes: Buffer) => {
      outward.write(bytes.subarray(0, Math.min(bytes.length, left)))
      left -= bytes.length
      if (left > 0) return
      left = Number.POSITIVE_INFINITY
      // What was written still reaches the server.
      outward.end()
      inward.destroy()
    })
    outward.on('data', (bytes: Buffer) => void inward.write(bytes))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    cut()
    server.close()
    await once(server, 'close')
  })
  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      whole = false
      cut()
    },
    mend() {
      whole = true
    },
    cutAfter(bytes) {
      left = bytes
    },
  }
}

async function answers(port: number): Promise<boolean> {
  const connection = await connect({ servers: `127.0.0.1:${port}`, reconnect: false, timeout: 500 })
  try {
    await jetstreamManager(connection)
    return true
  } finally {
    await connection.close()
  }
}

async function whyAbsent(): Promise<string | null> {
  try {
    const connection = await connect({ servers: SERVER, reconnect: false, timeout: 2_000 })
    await jetstreamManager(connection)
    await connection.close()
    return null
  } catch (error) {
    return absent(`no NATS with JetStream at ${SERVER} (${(error as Error).message})`)
  }
}

function whyNoServer(): string | null {
  try {
    execFileSync('nats-server', ['--version'], { stdio: 'ignore' })
    return null
  } catch {
    return absent('no nats-server to start here')
  }
}

function absent(reason: string): string | null {
  if (process.env['REQUIRE_NATS'] === '1') return null
  console.warn(`skipped: ${reason}`)
  return reason
}
