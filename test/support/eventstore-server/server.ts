import { createServer, type Server as NetServer, type Socket } from 'node:net'
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerErrorResponse,
  type ServerReadableStream,
  type sendUnaryData,
} from '@grpc/grpc-js'
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js'
import gossip from '@eventstore/db-client/generated/gossip_pb.js'
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import features from '@eventstore/db-client/generated/serverfeatures_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { appended, REFUSED } from './answers.ts'
import { Faults } from './faults.ts'
import { type Expected, MemoryLog, type ProposedEvent } from './memory-log.ts'
import { answerRead, type ReadCall } from './reading.ts'

type AppendReq = InstanceType<typeof streams.AppendReq>
type AppendResp = InstanceType<typeof streams.AppendResp>
type AppendCall = ServerReadableStream<AppendReq, AppendResp>

export interface ServerOptions {
  readonly port?: number
  /** Servers with one log are the nodes of one cluster. */
  readonly log?: MemoryLog
  /** A certificate and its key: the server speaks TLS. */
  readonly tls?: { readonly certificate: Buffer; readonly key: Buffer }
  /** Name → password: who may read and write. Without it everybody may, as on a server without security. */
  readonly users?: Readonly<Record<string, string>>
}

interface Member {
  readonly port: number
  readonly leads: boolean
}

const HOST = '127.0.0.1'
const VERSION = '24.2.0'
const MAX_APPEND = 1024 * 1024

/** A server that speaks the protocol of EventStoreDB; README.md beside says what it models and what not. */
export class EventStoreServer {
  readonly log: MemoryLog
  readonly faults = new Faults()
  readonly #options: ServerOptions
  readonly #sockets = new Set<Socket>()
  /** How many appends were asked for, answered or not. */
  appends = 0
  /** How many reads and subscriptions. */
  reads = 0
  /** How many calls are under way, and how many there ever were at once. */
  underWay = 0
  mostAtOnce = 0
  #port: number
  #listening: NetServer | null = null
  #grpc: Server | null = null
  #members: readonly Member[] = []

  private constructor(options: ServerOptions) {
    this.#options = options
    this.log = options.log ?? new MemoryLog()
    this.#port = options.port ?? 0
  }

  static async start(options: ServerOptions = {}): Promise<EventStoreServer> {
    const server = new EventStoreServer(options)
    await server.start()
    return server
  }

  /** Where it is, as `EVENTSTORE_URL` says it. */
  get url(): string {
    return `esdb://${this.host}${this.#options.tls === undefined ? '?tls=false' : ''}`
  }

  get host(): string {
    return `${HOST}:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size
  }

  /** Listens, the second time on the port of the first; what was recorded before is still there. */
  async start(): Promise<void> {
    const { tls } = this.#options
    const credentials =
      tls === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [{ cert_chain: tls.certificate, private_key: tls.key }])
    const grpc = this.#newServer()
    const injector = grpc.createConnectionInjector(credentials)
    const listening = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => {})
      injector.injectConnection(socket)
    })
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject)
      listening.listen(this.#port, HOST, resolve)
    })
    this.#port = (listening.address() as { port: number }).port
    this.#listening = listening
    this.#grpc = grpc
    if (this.#members.length === 0) this.#members = [{ port: this.#port, leads: true }]
  }

  /** Goes away as a killed process would: connections break, calls under way get no answer. */
  async stop(): Promise<void> {
    const listening = this.#listening
    this.#listening = null
    const closed = new Promise<void>((resolve) =>
      listening === null ? resolve() : listening.close(() => resolve()),
    )
    for (const socket of this.#sockets) socket.destroy()
    this.#grpc?.forceShutdown()
    this.faults.speak()
    await closed
  }

  /** Breaks every connection by a TCP reset; new ones are taken. */
  resetConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Tells all of them who leads; each answers gossip so. Nodes that do not lead say NotLeader to who wants the leader. */
  static elect(leader: EventStoreServer, nodes: readonly EventStoreServer[]): void {
    for (const node of nodes) {
      node.#members = nodes.map(({ port }) => ({ port, leads: port === leader.port }))
    }
  }

  #newServer(): Server {
    const grpc = new Server({
      'grpc.max_receive_message_length': 17 * 1024 * 1024,
      'grpc.max_concurrent_streams': 100,
    })
    // Reads and appends are written here; what is left out of the protocol answers that it is not implemented.
    grpc.addService(
      {
        read: streamsService.StreamsService.read,
        append: streamsService.StreamsService.append,
        delete: streamsService.StreamsService.delete,
        tombstone: streamsService.StreamsService.tombstone,
      },
      {
        read: (call: ReadCall) => void this.#read(call),
        append: (call: AppendCall, answer: sendUnaryData<AppendResp>) => void this.#append(call, answer),
        delete: this.#unary((request: InstanceType<typeof streams.DeleteReq>) => this.#delete(request)),
        tombstone: this.#unary((request: InstanceType<typeof streams.TombstoneReq>) =>
          this.#tombstone(request),
        ),
      },
    )
    grpc.addService({ read: gossipService.GossipService.read }, { read: this.#unary(() => this.#gossip()) })
    grpc.addService(
      { getSupportedMethods: featuresService.ServerFeaturesService.getSupportedMethods },
      { getSupportedMethods: this.#unary(() => supportedMethods()) },
    )
    return grpc
  }

  async #read(call: ReadCall): Promise<void> {
    this.#begins()
    this.reads++
    try {
      await this.faults.admit()
      this.#authorize(call.metadata)
      await answerRead(call, this.log, this.faults)
    } catch (error) {
      if (!call.cancelled) call.emit('error', error)
    } finally {
      this.underWay--
    }
  }

  async #append(call: AppendCall, answer: sendUnaryData<AppendResp>): Promise<void> {
    this.#begins()
    this.appends++
    try {
      const requests: AppendReq[] = []
      for await (const request of call) requests.push(request as AppendReq)
      await this.faults.admit()
      this.#authorize(call.metadata)
      const [options, ...messages] = requests
      const { stream, expected } = placeOf(options!)
      const events = messages.map(proposed)
      const size = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0)
      if (size > MAX_APPEND) throw REFUSED.tooLarge(MAX_APPEND)
      const outcome = this.log.append(stream, expected, events, this.#now())
      if (outcome === 'deleted') throw REFUSED.streamDeleted(stream)
      if (outcome.written && this.faults.resetAfterWrite > 0) {
        this.faults.resetAfterWrite--
        this.resetConnections()
      } else if (outcome.written && this.faults.loseAnswer > 0) {
        this.faults.loseAnswer--
      } else {
        answer(null, appended(outcome, expected))
      }
    } catch (error) {
      if (!call.cancelled) answer(error as ServerErrorResponse)
    } finally {
      this.underWay--
    }
  }

  #unary<Request, Response>(work: (request: Request) => Response) {
    return (call: { request: Request }, answer: sendUnaryData<Response>): void => {
      this.faults
        .admit()
        .then(() => answer(null, work(call.request)))
        .catch((error: ServerErrorResponse) => answer(error))
    }
  }

  /** Soft: the stream is truncated before its end, by its metadata. */
  #delete(request: InstanceType<typeof streams.DeleteReq>) {
    const stream = nameOf(request.getOptions()!.getStreamIdentifier()!)
    const metadata: ProposedEvent = {
      id: crypto.randomUUID(),
      type: '$metadata',
      contentType: 'application/json',
      data: new TextEncoder().encode(`{"$tb":${2n ** 63n - 1n}}`),
      metadata: new Uint8Array(),
    }
    this.log.append(`$$${stream}`, 'any', [metadata], this.#now())
    return new streams.DeleteResp().setNoPosition(new shared.Empty())
  }

  #tombstone(request: InstanceType<typeof streams.TombstoneReq>) {
    this.log.tombstone(nameOf(request.getOptions()!.getStreamIdentifier()!), this.#now())
    return new streams.TombstoneResp().setNoPosition(new shared.Empty())
  }

  #gossip() {
    const members = this.#members.map(({ port, leads }) =>
      new gossip.MemberInfo()
        .setInstanceId(new shared.UUID().setString(crypto.randomUUID()))
        .setState(leads ? State.LEADER : State.FOLLOWER)
        .setIsAlive(true)
        .setHttpEndPoint(new gossip.EndPoint().setAddress(HOST).setPort(port)),
    )
    return new gossip.ClusterInfo().setMembersList(members)
  }

  #begins(): void {
    this.underWay++
    this.mostAtOnce = Math.max(this.mostAtOnce, this.underWay)
  }

  #authorize(metadata: Metadata): void {
    const { users } = this.#options
    if (users !== undefined) {
      const [header] = metadata.get('authorization')
      if (header === undefined) throw REFUSED.accessDenied()
      const pair = Buffer.from(String(header).replace('Basic ', ''), 'base64').toString()
      const colon = pair.indexOf(':')
      if (users[pair.slice(0, colon)] !== pair.slice(colon + 1)) throw REFUSED.unauthenticated()
    }
    const [wanted] = metadata.get('requires-leader')
    const leader = this.#members.find(({ leads }) => leads)
    if (wanted === 'true' && leader !== undefined && leader.port !== this.#port) {
      throw REFUSED.notLeader(HOST, leader.port)
    }
  }

  #now(): number {
    return Date.now() + this.faults.skew
  }
}

const State = gossip.MemberInfo.VNodeState

function placeOf(request: AppendReq): { stream: string; expected: Expected } {
  const options = request.getOptions()!
  const stream = nameOf(options.getStreamIdentifier()!)
  if (options.hasNoStream()) return { stream, expected: 'no-stream' }
  if (options.hasAny()) return { stream, expected: 'any' }
  if (options.hasStreamExists()) return { stream, expected: 'stream-exists' }
  return { stream, expected: BigInt(options.getRevision()) }
}

function proposed(request: AppendReq): ProposedEvent {
  const message = request.getProposedMessage()!
  const metadata = message.getMetadataMap()
  return {
    id: message.getId()!.getString(),
    type: metadata.get('type')!,
    contentType: metadata.get('content-type')!,
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  }
}

function supportedMethods() {
  const methods = ['read', 'append', 'delete', 'tombstone'].map((name) =>
    new features.SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name),
  )
  return new features.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion(VERSION)
}

function nameOf(identifier: InstanceType<typeof shared.StreamIdentifier>): string {
  return Buffer.from(identifier.getStreamName_asU8()).toString()
}
