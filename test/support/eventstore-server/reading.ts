import type { ServerWritableStream } from '@grpc/grpc-js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import { caughtUp, checkpoint, confirmation, read, REFUSED, streamNotFound } from './answers.ts'
import { DROPPED, type Faults } from './faults.ts'
import type { LoggedEvent, MemoryLog } from './memory-log.ts'

type ReadReq = InstanceType<typeof streams.ReadReq>
type ReadResp = InstanceType<typeof streams.ReadResp>
type Options = InstanceType<typeof streams.ReadReq.Options>
export type ReadCall = ServerWritableStream<ReadReq, ReadResp>

const Direction = streams.ReadReq.Options.ReadDirection

/** Answers a read of a stream or of `$all`, or a subscription to either. */
export async function answerRead(call: ReadCall, log: MemoryLog, faults: Faults): Promise<void> {
  const options = call.request.getOptions()!
  if (options.hasSubscription()) return subscription(call, log, faults)
  const count = Number(options.getCount())
  const backwards = options.getReadDirection() === Direction.BACKWARDS
  if (options.hasStream()) {
    const name = streamOf(options)
    const stand = log.stream(name)
    if (stand === 'deleted') throw REFUSED.streamDeleted(name)
    if (stand === null) await send(call, streamNotFound(name))
    else for (const event of ofStream(stand, options, backwards, count)) await send(call, read(event))
  } else {
    for (const event of ofLog(log, options, backwards, count)) await send(call, read(event))
  }
  call.end()
}

/** From a revision, included. Backwards from beyond the end is from the end. */
function ofStream(
  stand: readonly LoggedEvent[],
  options: Options,
  backwards: boolean,
  count: number,
): readonly LoggedEvent[] {
  const at = options.getStream()!
  const from = at.hasStart() ? 0n : at.hasEnd() ? 2n ** 63n - 1n : BigInt(at.getRevision())
  const chosen = stand.filter(({ revision }) => (backwards ? revision <= from : revision >= from))
  return (backwards ? chosen.toReversed() : chosen).slice(0, count)
}

/** Forwards from a position, included; backwards from one, excluded. */
function ofLog(log: MemoryLog, options: Options, backwards: boolean, count: number): LoggedEvent[] {
  const matches = filterOf(options)
  const all = options.getAll()!
  const start = all.hasStart()
    ? 0
    : all.hasEnd()
      ? log.events.length
      : log.indexOf(BigInt(all.getPosition()!.getCommitPosition()))
  const found: LoggedEvent[] = []
  if (backwards) {
    for (let i = start - 1; i >= 0 && found.length < count; i--) {
      if (matches(log.events[i]!)) found.push(log.events[i]!)
    }
  } else {
    for (let i = start; i < log.events.length && found.length < count; i++) {
      if (matches(log.events[i]!)) found.push(log.events[i]!)
    }
  }
  return found
}

/**
 * Gives what stands after a place, says that it has caught up, and goes on with what comes. With a filter it gives a
 * sign of life each time it has looked at so many events.
 */
async function subscription(call: ReadCall, log: MemoryLog, faults: Faults): Promise<void> {
  const options = call.request.getOptions()!
  const matches = filterOf(options)
  const window = windowOf(options)
  const dropped = new AbortController()
  const unregister = faults.register((error) => {
    dropped.abort()
    call.emit('error', error)
  })
  let wake: (() => void) | null = null
  const awake = (): void => wake?.()
  const unlisten = log.onAppend(awake)
  call.on('cancelled', awake)
  call.on('close', awake)
  try {
    await send(call, confirmation())
    let next = afterOf(log, options)
    let considered = 0
    let given = 0
    let live = false
    while (!call.cancelled && !call.destroyed && !dropped.signal.aborted) {
      const event = faults.mute ? undefined : log.events[next]
      if (event === undefined && !live && !faults.mute) {
        await send(call, caughtUp())
        live = true
        continue
      }
      if (event === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      next++
      considered++
      if (faults.dropAfter !== null && given >= faults.dropAfter) {
        faults.dropAfter = null
        throw DROPPED
      }
      if (matches(event)) {
        await send(call, read(event))
        given++
      }
      if (window !== null && considered % window === 0) await send(call, checkpoint(event.position))
    }
  } finally {
    unlisten()
    unregister()
  }
}

/** Where a subscription begins: a place is excluded. */
function afterOf(log: MemoryLog, options: Options): number {
  const all = options.getAll()
  if (all === undefined) {
    throw new Error('this server has subscriptions to $all alone')
  }
  if (all.hasStart()) return 0
  if (all.hasEnd()) return log.events.length
  return log.indexOf(BigInt(all.getPosition()!.getCommitPosition()) + 1n)
}

function windowOf(options: Options): number | null {
  const filter = options.getFilter()
  if (filter === undefined) return null
  return (filter.hasMax() ? filter.getMax() : 32) * filter.getCheckpointintervalmultiplier()
}

function filterOf(options: Options): (event: LoggedEvent) => boolean {
  const filter = options.getFilter()
  if (filter === undefined) return () => true
  const byStream = filter.hasStreamIdentifier()
  const expression = (byStream ? filter.getStreamIdentifier() : filter.getEventType())!
  const regex = expression.getRegex() === '' ? null : new RegExp(expression.getRegex())
  const prefixes = expression.getPrefixList()
  return ({ stream, type }) => {
    const text = byStream ? stream : type
    return regex === null ? prefixes.some((prefix) => text.startsWith(prefix)) : regex.test(text)
  }
}

function streamOf(options: Options): string {
  return Buffer.from(options.getStream()!.getStreamIdentifier()!.getStreamName_asU8()).toString()
}

/** Waits when the client does not keep up. */
async function send(call: ReadCall, answer: ReadResp): Promise<void> {
  if (call.cancelled || call.destroyed || call.write(answer)) return
  await new Promise<void>((resolve) => {
    const go = (): void => {
      call.off('drain', go)
      call.off('close', go)
      call.off('cancelled', go)
      resolve()
    }
    call.on('drain', go)
    call.on('close', go)
    call.on('cancelled', go)
  })
}
