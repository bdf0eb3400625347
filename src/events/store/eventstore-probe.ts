import type { Clock } from '#values/time.ts'
import { parseEventStoreAddress } from './eventstore-address.ts'
import { Connection } from './eventstore-connection.ts'
import { EventStoreRefused } from './eventstore-failure.ts'
import { type EventStoreJournal, type EventStoreTimes, TIMES } from './eventstore-options.ts'

/** What a server does when it is asked to, as `letopis doctor` shows it. */
export interface EventStoreProbe {
  readonly version: string
  /** How long an append and a read took, in milliseconds. */
  readonly append: number
  readonly read: number
  /** How far the server's clock is ahead of ours, in milliseconds; as exact as the append was quick. */
  readonly skew: number
}

export interface ProbeOptions {
  readonly clock: Clock
  readonly log: EventStoreJournal
  readonly times?: Partial<EventStoreTimes>
}

/** No stream of a school has such a name. */
const STREAM = 'letopis-probe'

/** Of the probe's own events the last few are enough: this is the one stream that is set to forget. */
const KEPT = '{"$maxCount":10}'

/**
 * Writes an event into a stream of its own and reads it back, as an append of a journal would go.
 *
 * @throws {EventStoreRefused} wrong credentials, no right to read `$all`, a server that is too old
 * @throws {StoreUnavailable}
 */
export async function probeEventStore(
  url: string,
  { clock, log, times }: ProbeOptions,
): Promise<EventStoreProbe> {
  const address = parseEventStoreAddress(url)
  const all = { ...TIMES, ...times }
  const connection = new Connection({ address, times: all, log, observer: {}, lane: 0 })
  try {
    const version = await connection.retried('version', (client) => client.version(all.deadline))
    const filter = { on: 'stream', regex: '.' } as const
    await connection.retried('read $all', (client) =>
      connection.drain(client.readLog({ from: 'end', direction: 'backwards', count: 1, filter })),
    )
    await limit(connection, all.deadline)
    return { version, ...(await writeAndRead(connection, clock, all.deadline)) }
  } finally {
    await connection.close()
  }
}

async function limit(connection: Connection, deadline: number): Promise<void> {
  const settings = { id: crypto.randomUUID(), type: '$metadata', ...bytes(KEPT) }
  try {
    // Once it is set the server answers that the stream of settings is not new any more.
    await connection.retried('append', (client) =>
      client.append(`$$${STREAM}`, 'no-stream', [settings], deadline),
    )
  } catch (error) {
    // A user who may not change settings is as it should be; the stream then grows by an event for each look.
    if (!(error instanceof EventStoreRefused)) throw error
  }
}

async function writeAndRead(connection: Connection, clock: Clock, deadline: number) {
  const id = crypto.randomUUID()
  for (;;) {
    const at = await lastRevision(connection)
    const event = { id, type: 'LetopisProbed', ...bytes(JSON.stringify({ at: clock() })) }
    const began = performance.now()
    const before = Date.parse(clock())
    const answer = await connection.retried('append', (client) =>
      client.append(STREAM, at ?? 'no-stream', [event], deadline),
    )
    const after = Date.parse(clock())
    const appended = performance.now()
    // Another process probes as well, and was faster.
    if (!answer.written) continue
    const [read] = await connection.retried('readStream', (client) =>
      connection.drain(client.readEvents(STREAM, answer.revision, 'forwards', 1)),
    )
    const found = read?.getEvent()?.getEvent()
    if (found?.getId()?.getString() !== id) throw new Error('the event of the probe was not read back')
    const created = Number(BigInt(found.getMetadataMap().get('created') ?? '0') / 10_000n)
    return {
      append: appended - began,
      read: performance.now() - appended,
      skew: Math.round(created - (before + after) / 2),
    }
  }
}

async function lastRevision(connection: Connection): Promise<bigint | null> {
  const [answer] = await connection.retried('readStream', (client) =>
    connection.drain(client.readEvents(STREAM, 'end', 'backwards', 1)),
  )
  const event = answer?.getEvent()?.getEvent()
  return event === undefined ? null : BigInt(event.getStreamRevision())
}

function bytes(data: string) {
  return { data: new TextEncoder().encode(data), metadata: new Uint8Array() }
}
