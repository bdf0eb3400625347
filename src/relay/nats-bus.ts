import { readFileSync } from 'node:fs'
import {
  AckPolicy,
  DiscardPolicy,
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import {
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  headers,
  nanos,
  type NatsConnection,
} from '@nats-io/transport-node'
import { Uuid } from '#values/uuid.ts'
import type { Announcement } from './announcement.ts'
import { type Bus, BusUnavailable, type Kept, OutOfPlace, StreamUnfit } from './bus.ts'

export interface NatsSettings {
  readonly servers: readonly string[]
  /** A file of NATS credentials. */
  readonly credentials: string | undefined
  /** How many servers keep the stream. */
  readonly replicas: number
  /** The name of the stream; `LETOPIS`. */
  readonly stream?: string
  /** The first part of its subjects; `journal`. */
  readonly subjects?: string
  /** What the stream may take on disk; without it, what its age comes to. */
  readonly maxBytes?: number
}

/** How long a message stays, in milliseconds: a subscriber may be away for a fortnight. */
const MAX_AGE = 14 * 24 * 60 * 60_000

/** How long the server knows the id of a message, in milliseconds. */
const DUPLICATE_WINDOW = 10 * 60_000

/** How long a call may take before the server counts as silent, in milliseconds. */
const PATIENCE = 5_000

/** A connection over which nothing came for two of these, in milliseconds, is dead. */
const PING = 5_000

/**
 * The error codes of JetStream for a message that is not in its place: the last message has another id (10070) or
 * another sequence (10071, 10164), or this very one is being kept at this moment for somebody else (10158).
 */
const OUT_OF_PLACE = new Set([10070, 10071, 10164, 10158])
const STREAM_NOT_FOUND = 10059

/** What the stream is made as. Afterwards it belongs to the operator: what differs is said, never changed. */
function declared({ stream = 'LETOPIS', subjects = 'journal', replicas, maxBytes }: NatsSettings) {
  return {
    name: stream,
    description: 'Letopis: what is told of the events of the journals',
    subjects: [`${subjects}.>`],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(MAX_AGE),
    max_bytes: maxBytes ?? -1,
    duplicate_window: nanos(DUPLICATE_WINDOW),
    num_replicas: replicas,
    // The log is the record. Should a message ever hold what it must not, an operator has to be able to remove it.
    deny_delete: false,
    deny_purge: false,
  } satisfies Partial<StreamConfig> & { name: string }
}

/**
 * A stream of NATS JetStream, over one connection. It does not reconnect by itself: what was on its way when the
 * connection broke must not be sent behind the back of the relay, which begins anew where the stream stands.
 */
export class NatsBus implements Bus {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #stream: string
  readonly #subjects: string
  readonly #lost = new AbortController()
  /** How the stream differs from what is declared, where that breaks no promise: `max_age: … instead of …`. */
  readonly differences: readonly string[]

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    settings: NatsSettings,
    differences: readonly string[],
  ) {
    this.#connection = connection
    this.#manager = manager
    this.#stream = declared(settings).name
    this.#subjects = settings.subjects ?? 'journal'
    this.differences = differences
    void connection.closed().then(() => this.#lost.abort())
  }

  /**
   * Connects, and makes the stream if there is none.
   *
   * @throws {BusUnavailable}
   * @throws {StreamUnfit} the stream that is there does not keep what the relay promises
   */
  static async open(settings: NatsSettings): Promise<NatsBus> {
    const connection = await connected(settings)
    try {
      const manager = await jetstreamManager(connection, { timeout: PATIENCE })
      return new NatsBus(connection, manager, settings, await declare(manager, settings))
    } catch (error) {
      await connection.close()
      throw error instanceof StreamUnfit ? error : unavailable(error)
    }
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async end(): Promise<{ sequence: number; last: Uuid | null }> {
    try {
      const { state } = await this.#manager.streams.info(this.#stream)
      const { last_seq: sequence, messages } = state
      // What grew too old or was removed leaves its number behind.
      const message =
        messages === 0 ? null : await this.#manager.streams.getMessage(this.#stream, { seq: sequence })
      return { sequence, last: Uuid.safeParse(message?.header.get('Nats-Msg-Id')).data ?? null }
    } catch (error) {
      throw unavailable(error)
    }
  }

  async publish({ message, type }: Announcement, before: Uuid | number): Promise<Kept> {
    const told = headers()
    told.set('Content-Type', 'application/cloudevents+json; charset=utf-8')
    try {
      const { duplicate, seq } = await jetstream(this.#connection).publish(
        `${this.#subjects}.${message.school}.${type}`,
        JSON.stringify(message),
        {
          msgID: message.id,
          headers: told,
          timeout: PATIENCE,
          expect: {
            streamName: this.#stream,
            ...(typeof before === 'number' ? { lastSequence: before } : { lastMsgID: before }),
          },
        },
      )
      // Clusters up to the first releases of the 2.10 line take for a duplicate what another relay has under way: it has
      // no place yet, and gets none should their leader die now. Later ones refuse it with 10158 (nats-server#5827).
      if (seq === 0) throw new OutOfPlace('this very message is being kept at this moment')
      return { duplicate }
    } catch (error) {
      if (error instanceof OutOfPlace) throw error
      if (error instanceof JetStreamApiError && OUT_OF_PLACE.has(error.code)) {
        throw new OutOfPlace(error.message, { cause: error })
      }
      throw unavailable(error)
    }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}

/** @throws {BusUnavailable} */
export async function connected(settings: NatsSettings): Promise<NatsConnection> {
  try {
    return await connect({
      // Without name and password, which the client would not take from an address.
      servers: settings.servers.map((server) => `${new URL(server).protocol}//${new URL(server).host}`),
      name: 'letopis',
      timeout: PATIENCE,
      reconnect: false,
      pingInterval: PING,
      maxPingOut: 2,
      ...authentication(settings),
    })
  } catch (error) {
    throw unavailable(error)
  }
}

function authentication({ servers, credentials }: NatsSettings): ConnectionOptions {
  if (credentials !== undefined) return { authenticator: credsAuthenticator(readFileSync(credentials)) }
  const { username, password } = new URL(servers[0]!)
  return username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
}

/** Makes the stream if there is none; says how the one that is there differs. */
async function declare(manager: JetStreamManager, settings: NatsSettings): Promise<string[]> {
  const wanted = declared(settings)
  const found = await streamOf(manager, wanted.name)
  if (found === null) {
    await manager.streams.add(wanted)
    return []
  }
  const breaks = broken(found, wanted.subjects)
  if (breaks.length > 0) throw new StreamUnfit(`the stream ${wanted.name} of NATS: ${breaks.join('; ')}`)
  return (['max_age', 'max_bytes', 'duplicate_window', 'num_replicas', 'discard'] as const)
    .filter((setting) => found[setting] !== wanted[setting])
    .map((setting) => `${setting}: ${found[setting]} instead of ${wanted[setting]}`)
}

/** Settings with which the stream would lose, thin out or not take what is published. */
function broken(found: StreamConfig, subjects: readonly string[]): string[] {
  const takes = subjects.every((subject) => found.subjects?.includes(subject))
  return [
    ...(takes ? [] : [`it takes ${found.subjects?.join(', ') ?? 'nothing'}, not ${subjects.join(', ')}`]),
    ...(found.retention === RetentionPolicy.Limits ? [] : [`it keeps messages by ${found.retention}`]),
    ...(found.storage === StorageType.File ? [] : ['it keeps messages in memory']),
    ...(found.max_msgs_per_subject > 0 ? ['it keeps only some messages of a subject'] : []),
    ...(found.no_ack === true ? ['it acknowledges nothing'] : []),
    ...(found.sealed ? ['it is sealed'] : []),
  ]
}

/** The settings of a stream; null where there is none. */
export async function streamOf(manager: JetStreamManager, name: string): Promise<StreamConfig | null> {
  try {
    return (await manager.streams.info(name)).config
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return null
    throw error
  }
}

/** Whatever went wrong with the bus, as one kind of error. */
export function unavailable(error: unknown): BusUnavailable {
  if (error instanceof BusUnavailable) return error
  const { message } = error instanceof Error ? error : { message: String(error) }
  return new BusUnavailable(`NATS: ${message}`, error)
}

/** What an operator wants to know of the bus before it is relied on. */
export interface BusProbe {
  readonly version: string
  /** Bytes that the account may keep on disk, −1 without a limit, and keeps now. */
  readonly storage: { readonly limit: number; readonly used: number }
  readonly streams: { readonly limit: number; readonly used: number }
  /** Null where there is none yet: the relay makes it. */
  readonly stream: {
    readonly messages: number
    readonly bytes: number
    readonly lastSequence: number
    readonly differences: readonly string[]
  } | null
}

/**
 * Looks at the bus for real: a message is kept and read in a stream that lives for the look alone.
 *
 * @throws {BusUnavailable} no server, no JetStream, no right, no room
 * @throws {StreamUnfit}
 */
export async function probeNats(settings: NatsSettings): Promise<BusProbe> {
  const connection = await connected(settings)
  try {
    const manager = await jetstreamManager(connection, { timeout: PATIENCE })
    const { limits, storage, streams } = await manager.getAccountInfo()
    await keepAndRead(connection, manager, settings)
    const wanted = declared(settings)
    const found = await streamOf(manager, wanted.name)
    const state = found === null ? null : (await manager.streams.info(wanted.name)).state
    return {
      version: connection.info?.version ?? 'unknown',
      storage: { limit: limits.max_storage, used: storage },
      streams: { limit: limits.max_streams, used: streams },
      stream:
        state === null
          ? null
          : {
              messages: state.messages,
              bytes: state.bytes,
              lastSequence: state.last_seq,
              differences: await declare(manager, settings),
            },
    }
  } catch (error) {
    throw error instanceof StreamUnfit ? error : unavailable(error)
  } finally {
    await connection.close()
  }
}

async function keepAndRead(
  connection: NatsConnection,
  manager: JetStreamManager,
  { replicas }: NatsSettings,
): Promise<void> {
  const name = `LETOPIS_PROBE_${crypto.randomUUID().replaceAll('-', '')}`
  const subject = `letopis-probe.${name}`
  await manager.streams.add({ name, subjects: [subject], storage: StorageType.File, num_replicas: replicas })
  try {
    await manager.consumers.add(name, { durable_name: 'probe', ack_policy: AckPolicy.Explicit })
    const { seq } = await jetstream(connection).publish(subject, 'probe', { timeout: PATIENCE })
    const message = await (await jetstream(connection).consumers.get(name, 'probe')).next({
      expires: PATIENCE,
    })
    if (message?.seq !== seq) throw new BusUnavailable('NATS: a message that was kept could not be read')
    await message.ackAck()
  } finally {
    await manager.streams.delete(name)
  }
}
