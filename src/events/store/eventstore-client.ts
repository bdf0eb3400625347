import { EventStoreDBClient, type SingleNodeOptions } from '@eventstore/db-client'
import features from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import service from '@eventstore/db-client/generated/streams_grpc_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import type { EventStoreAddress } from './eventstore-address.ts'
import { Silence } from './eventstore-failure.ts'
import type { Answering } from './eventstore-inflow.ts'
import type { Position } from './position.ts'

export type ReadResp = InstanceType<typeof streams.ReadResp>
export type WrittenEvent = InstanceType<typeof streams.ReadResp.ReadEvent.RecordedEvent>

/** An event as it goes over the wire. */
export interface EventToWrite {
  readonly id: string
  readonly type: string
  /** Bytes of JSON, in UTF-8. */
  readonly data: Uint8Array
  readonly metadata: Uint8Array
}

export type AppendAnswer =
  | { readonly written: true; readonly revision: bigint; readonly position: Position | null }
  /** The stream stands at `actual`; null when there is none. */
  | { readonly written: false; readonly actual: bigint | null }

/** Which events of the whole log: by the name of their stream, or by their type. */
export interface LogFilter {
  readonly on: 'stream' | 'type'
  readonly regex?: string
  readonly prefixes?: readonly string[]
}

export interface ReadLog {
  readonly from: Position | 'start' | 'end'
  readonly direction: 'forwards' | 'backwards'
  readonly count: number
  readonly filter: LogFilter
}

/**
 * How many events the server looks at between two signs of life to a subscription that passes over most of them. Small
 * enough that it is never silent for long, and large enough that those signs cost nothing.
 */
const SEARCH_WINDOW = 500

const Direction = streams.ReadReq.Options.ReadDirection

/**
 * The client of EventStoreDB, with its connections, discovery of the leader and reconnection; the calls are written
 * here, against the protocol, because in the client's own
 *
 * - an append is a long-lived `BatchAppend` that fails as a whole (docs/decisions/0017), or hangs for ever when it
 *   meets a channel that was closed a moment before;
 * - data is written as `JSON.stringify` has it, where ours are the bytes that were hashed;
 * - `$all` cannot be read with a filter.
 *
 * Every call wants the leader: a follower answers with what it has, which may be less than what was acknowledged.
 */
export class EventStoreClient extends EventStoreDBClient {
  /** It is known where the leader is, and nothing has failed since. */
  #located = false

  constructor({ settings, channel, credentials }: EventStoreAddress) {
    // The three forms of settings are told apart by their members; the constructor has an overload for each.
    super(settings as SingleNodeOptions, channel, credentials)
    const handle = this.handleError
    this.handleError = (client, error) => {
      this.#located = false
      // The client does not wait for it, and it fails when a cluster cannot be discovered: that would end the process.
      return handle(client, error).catch(() => {})
    }
  }

  /** `expected` is exact, never "any": only then does the server know a repetition for as long as the stream stands. */
  append(
    stream: string,
    expected: bigint | 'no-stream',
    events: readonly EventToWrite[],
    deadline: number,
  ): Promise<AppendAnswer> {
    const options = new streams.AppendReq.Options().setStreamIdentifier(identifier(stream))
    if (expected === 'no-stream') options.setNoStream(new shared.Empty())
    else options.setRevision(String(expected))
    const requests = [new streams.AppendReq().setOptions(options), ...events.map(proposed)]
    return this.execute(
      service.StreamsClient,
      'append',
      (client) =>
        new Promise((resolve, reject) => {
          const call = client.append(
            ...this.callArguments({ requiresLeader: true, deadline }),
            (error, response) => {
              if (error !== null) reject(error)
              else resolve(answerOf(response))
            },
          )
          call.on('error', reject)
          for (const request of requests) call.write(request)
          call.end()
        }),
    )
  }

  readEvents(stream: string, from: bigint | 'end', direction: 'forwards' | 'backwards', count: number) {
    const of = new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(identifier(stream))
    if (from === 'end') of.setEnd(new shared.Empty())
    else of.setRevision(String(from))
    const options = readOptions(direction).setStream(of).setCount(String(count))
    return this.#read(options.setNoFilter(new shared.Empty()))
  }

  readLog({ from, direction, count, filter }: ReadLog) {
    return this.#read(
      readOptions(direction).setAll(allFrom(from)).setCount(String(count)).setFilter(filterOptions(filter)),
    )
  }

  /** Everything after a position, and then what comes, for as long as the call lives. */
  subscribe(after: Position | null, filter: LogFilter) {
    return this.#read(
      readOptions('forwards')
        .setAll(allFrom(after ?? 'start'))
        .setSubscription(new streams.ReadReq.Options.SubscriptionOptions())
        .setFilter(filterOptions(filter)),
    )
  }

  version(deadline: number): Promise<string> {
    return this.execute(
      features.ServerFeaturesClient,
      'getSupportedMethods',
      (client) =>
        new Promise((resolve, reject) => {
          client.getSupportedMethods(
            new shared.Empty(),
            ...this.callArguments({ deadline }),
            (error, methods) => {
              if (error !== null) reject(error)
              else resolve(methods.getEventStoreServerVersion())
            },
          )
        }),
    )
  }

  /**
   * Waits until it is known where the leader is: of a cluster, the client asks its members one after another.
   *
   * @throws {Silence} after `milliseconds`
   */
  async connected(milliseconds: number): Promise<void> {
    if (this.#located) return
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Silence('no leader was found')), milliseconds)
    try {
      await Promise.race([this.getChannel(), promise])
      this.#located = true
    } finally {
      clearTimeout(timer)
    }
  }

  /** Ends its reads and lets go of its connection; appends under way still get their answers. */
  async close(): Promise<void> {
    await this.dispose()
    const channel = await this.getChannel().catch(() => null)
    channel?.close()
  }

  #read(options: InstanceType<typeof streams.ReadReq.Options>): Promise<Answering<ReadResp>> {
    const request = new streams.ReadReq().setOptions(options)
    return this.GRPCStreamCreator(service.StreamsClient, 'read', (client) =>
      client.read(request, ...this.callArguments({ requiresLeader: true }, { deadline: Infinity })),
    )()
  }
}

/** The position of an event in the order of the whole log. */
export function positionOf(event: WrittenEvent): Position {
  return { commit: BigInt(event.getCommitPosition()), prepare: BigInt(event.getPreparePosition()) }
}

function answerOf(response: InstanceType<typeof streams.AppendResp>): AppendAnswer {
  const success = response.getSuccess()
  if (success !== undefined) {
    const at = success.getPosition()
    const position =
      at === undefined
        ? null
        : { commit: BigInt(at.getCommitPosition()), prepare: BigInt(at.getPreparePosition()) }
    return { written: true, revision: BigInt(success.getCurrentRevision()), position }
  }
  const wrong = response.getWrongExpectedVersion()!
  return { written: false, actual: wrong.hasCurrentRevision() ? BigInt(wrong.getCurrentRevision()) : null }
}

function proposed({ id, type, data, metadata }: EventToWrite) {
  const message = new streams.AppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(id))
    .setData(data)
    .setCustomMetadata(metadata)
  message.getMetadataMap().set('type', type).set('content-type', 'application/json')
  return new streams.AppendReq().setProposedMessage(message)
}

function readOptions(direction: 'forwards' | 'backwards') {
  return new streams.ReadReq.Options()
    .setReadDirection(direction === 'forwards' ? Direction.FORWARDS : Direction.BACKWARDS)
    .setResolveLinks(false)
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()))
}

function allFrom(from: Position | 'start' | 'end') {
  const all = new streams.ReadReq.Options.AllOptions()
  if (from === 'start') return all.setStart(new shared.Empty())
  if (from === 'end') return all.setEnd(new shared.Empty())
  return all.setPosition(
    new streams.ReadReq.Options.Position()
      .setCommitPosition(String(from.commit))
      .setPreparePosition(String(from.prepare)),
  )
}

function filterOptions({ on, regex, prefixes }: LogFilter) {
  const expression = new streams.ReadReq.Options.FilterOptions.Expression()
  if (regex !== undefined) expression.setRegex(regex)
  if (prefixes !== undefined) expression.setPrefixList([...prefixes])
  const options = new streams.ReadReq.Options.FilterOptions()
    .setMax(SEARCH_WINDOW)
    .setCheckpointintervalmultiplier(1)
  return on === 'stream' ? options.setStreamIdentifier(expression) : options.setEventType(expression)
}

function identifier(stream: string) {
  return new shared.StreamIdentifier().setStreamName(new TextEncoder().encode(stream))
}
