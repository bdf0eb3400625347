import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'
import { afterEach, describe, expect, it } from 'vitest'
import { type PositionedEvent, StoreUnavailable } from '#events/store/event-store.ts'
import { BadEventStoreAddress } from '#events/store/eventstore-address.ts'
import type { EventStoreTimes } from '#events/store/eventstore-options.ts'
import { EventStoreRefused, StreamSettingForbidden } from '#events/store/eventstore-failure.ts'
import { EventStoreLog } from '#events/store/eventstore-log.ts'
import { probeEventStore } from '#events/store/eventstore-probe.ts'
import { keptJournal, until } from '#support/eventstore.ts'
import { EventStoreServer } from '#support/eventstore-server/server.ts'
import { records, someSchool, someStream } from '#support/random-records.ts'
import { TcpProxy } from '#support/tcp-proxy.ts'
import { systemClock } from '#values/time.ts'
import { collect, expectGrowing, streamOf } from './event-store.conformance.ts'

/** Short, so that what takes seconds in a school takes a moment here. */
const QUICK: Partial<EventStoreTimes> = {
  deadline: 250,
  silence: 250,
  quiet: 100,
  patience: 5_000,
  pause: { first: 5, most: 50 },
}

/** The same with all the time that a busy machine may take, where nothing is to run out. */
const UNHURRIED = { ...QUICK, deadline: 10_000, silence: 10_000 }

const ends: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function someServer(options: Parameters<typeof EventStoreServer.start>[0] = {}) {
  const server = await EventStoreServer.start(options)
  ends.push(() => server.stop())
  return server
}

/** A log on a server, and what it told and counted. */
async function opened(url: string, times: Partial<EventStoreTimes> = QUICK) {
  const { journal, says, lines } = keptJournal()
  const counts = { tries: 0, unanswered: 0, dropped: 0, recovered: 0, reconnected: 0, alarms: 0 }
  const log = await EventStoreLog.open(url, {
    log: journal,
    times,
    observer: {
      appended: (_, __, tries) => (counts.tries = tries),
      unanswered: () => counts.unanswered++,
      dropped: () => counts.dropped++,
      recovered: () => counts.recovered++,
      reconnected: () => counts.reconnected++,
      alarm: () => counts.alarms++,
    },
  })
  ends.push(() => log.close())
  return { log, counts, says, lines }
}

/** Follows the log as a read model does: subscribes again, after what it has, whenever it was dropped. */
function follower(log: EventStoreLog) {
  const abort = new AbortController()
  const events: PositionedEvent[] = []
  const failures: unknown[] = []
  const done = (async () => {
    while (!abort.signal.aborted) {
      try {
        const after = events.at(-1)?.position ?? null
        for await (const batch of log.subscribe({ after, signal: abort.signal })) events.push(...batch)
      } catch (error) {
        failures.push(error)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
  })()
  const end = async (): Promise<void> => {
    abort.abort()
    await done
  }
  ends.push(end)
  return {
    events,
    failures,
    end,
    async has(count: number): Promise<void> {
      await until(() => events.length >= count)
      expect(events).toHaveLength(count)
      expectGrowing(events)
      for (const failure of failures) expect(failure).toBeInstanceOf(StoreUnavailable)
    },
  }
}

/** Appends event after event to a stream, each until it is acknowledged. */
async function write(log: EventStoreLog, count: number, between?: (n: number) => Promise<void>) {
  const stream = someStream()
  const written: string[] = []
  for (let at = -1n; at < BigInt(count) - 1n; at++) {
    const batch = records(stream, at)
    for (;;) {
      try {
        await log.append(stream, at < 0n ? 'no-stream' : at, batch)
        break
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailable)
      }
    }
    written.push(batch[0]!.canonical)
    await between?.(Number(at) + 1)
  }
  return { stream, written }
}

const texts = (events: ReadonlyArray<{ canonical: string }>): string[] =>
  events.map(({ canonical }) => canonical)

describe('an append', () => {
  it('is recorded once when the connection is reset after it was written', async () => {
    const server = await someServer()
    const { log, counts, says } = await opened(server.url, UNHURRIED)
    const stream = someStream()
    const batch = records(stream, -1n, 3)
    server.faults.resetAfterWrite = 1
    expect(await log.append(stream, 'no-stream', batch)).toMatchObject({ revision: 2n, fresh: false })
    expect(texts(await streamOf(log, stream))).toEqual(texts(batch))
    expect(counts).toMatchObject({ tries: 2, recovered: 1 })
    expect(says('EventStoreDB did not answer')).toBe(true)
    expect(says('EventStoreDB answers again')).toBe(true)
  })

  it('is recorded once when its answer is lost time and again', async () => {
    const server = await someServer()
    const { log, counts } = await opened(server.url)
    const stream = someStream()
    const batch = records(stream, -1n, 3)
    server.faults.loseAnswer = 3
    expect(await log.append(stream, 'no-stream', batch)).toMatchObject({ revision: 2n, fresh: false })
    expect(await streamOf(log, stream)).toHaveLength(3)
    expect(counts.tries).toBeGreaterThanOrEqual(4)
  })

  it('waits for a server that is not ready yet', async () => {
    const server = await someServer()
    const { log, counts } = await opened(server.url)
    server.faults.notReady = 4
    const { stream } = await write(log, 2)
    expect(await streamOf(log, stream)).toHaveLength(2)
    expect(counts.unanswered).toBeGreaterThanOrEqual(4)
  })

  it('fails within its time when the server is silent, and is recorded once when it is asked again', async () => {
    const server = await someServer()
    const { log } = await opened(server.url, { ...QUICK, patience: 600 })
    const follows = follower(log)
    const stream = someStream()
    const batch = records(stream, -1n, 2)
    server.faults.silence()
    const began = performance.now()
    await expect(log.append(stream, 'no-stream', batch)).rejects.toBeInstanceOf(StoreUnavailable)
    expect(performance.now() - began).toBeLessThan(5_000)
    server.faults.speak()
    expect((await log.append(stream, 'no-stream', batch)).revision).toBe(1n)
    await follows.has(2)
  })

  it('is not harmed by a server whose clock is 11 seconds ahead', async () => {
    const server = await someServer()
    server.faults.skew = 11_000
    const { log, counts } = await opened(server.url, UNHURRIED)
    const { stream } = await write(log, 5)
    expect(await streamOf(log, stream)).toHaveLength(5)
    expect(counts.unanswered).toBe(0)
  })

  it('is one of 60 calls at most, of 200 that are made at once', async () => {
    const server = await someServer()
    const { log } = await opened(server.url, UNHURRIED)
    // The look at what is set on streams, at the opening, has a connection of its own.
    await until(() => server.underWay === 0)
    server.faults.slow = 20
    const streams = Array.from({ length: 200 }, () => someStream())
    await Promise.all(streams.map((stream) => log.append(stream, 'no-stream', records(stream, -1n, 2))))
    const kept = await Promise.all(streams.map((stream) => streamOf(log, stream)))
    expect(kept.map(({ length }) => length)).toEqual(streams.map(() => 2))
    expect(server.mostAtOnce).toBeGreaterThan(30)
    expect(server.mostAtOnce).toBeLessThanOrEqual(60)
  })

  it('survives that 200 at once lose their connection', async () => {
    const server = await someServer()
    const { log } = await opened(server.url, UNHURRIED)
    const follows = follower(log)
    server.faults.resetAfterWrite = 3
    const streams = Array.from({ length: 200 }, () => someStream())
    await Promise.all(streams.map((stream) => log.append(stream, 'no-stream', records(stream, -1n, 2))))
    await follows.has(400)
  })

  it('goes to the leader when the node that was asked is not, also after another was elected', async () => {
    const one = await someServer()
    const two = await someServer({ log: one.log })
    EventStoreServer.elect(two, [one, two])
    const { log } = await opened(one.url)
    const { stream } = await write(log, 3)
    expect([one.appends, two.appends]).toEqual([0, 3])
    EventStoreServer.elect(one, [one, two])
    await log.append(stream, 2n, records(stream, 2n))
    expect(await streamOf(log, stream)).toHaveLength(4)
    expect(one.appends).toBe(1)
  })

  it('finds the leader of a cluster by gossip, and the next one when that is gone', async () => {
    const one = await someServer()
    const two = await someServer({ log: one.log })
    EventStoreServer.elect(two, [one, two])
    const { log } = await opened(`esdb://${one.host},${two.host}?tls=false`)
    const follows = follower(log)
    const { stream } = await write(log, 3)
    await follows.has(3)
    EventStoreServer.elect(one, [one, two])
    await two.stop()
    await log.append(stream, 2n, records(stream, 2n))
    await follows.has(4)
  })
})

describe('a connection', () => {
  it('on which nothing comes any more is given up for a new one, by appends and by those who follow', async () => {
    const server = await someServer()
    const proxy = await TcpProxy.start(server.port)
    ends.push(() => proxy.stop())
    const { log, counts, says } = await opened(`esdb://127.0.0.1:${proxy.port}?tls=false`)
    const follows = follower(log)
    const { stream } = await write(log, 3)
    await follows.has(3)
    proxy.freeze()
    for (let at = 2n; at < 6n; at++) await log.append(stream, at, records(stream, at))
    await follows.has(7)
    expect(counts.reconnected).toBeGreaterThanOrEqual(2)
    expect(says('the connection to EventStoreDB is silent; opening another')).toBe(true)
  })

  it('that is slow is kept', async () => {
    const server = await someServer()
    const proxy = await TcpProxy.start(server.port)
    ends.push(() => proxy.stop())
    proxy.delay = 30
    const { log, counts } = await opened(`esdb://127.0.0.1:${proxy.port}?tls=false`, UNHURRIED)
    const follows = follower(log)
    await write(log, 3)
    await follows.has(3)
    expect(counts).toMatchObject({ unanswered: 0, dropped: 0, reconnected: 0 })
  })

  it('that is reset under writers and a follower costs no event and doubles none', async () => {
    const server = await someServer()
    const proxy = await TcpProxy.start(server.port)
    ends.push(() => proxy.stop())
    const { log } = await opened(`esdb://127.0.0.1:${proxy.port}?tls=false`)
    const follows = follower(log)
    let acknowledged = 0
    const streams = await Promise.all(
      Array.from({ length: 8 }, () =>
        write(log, 25, async () => {
          if (++acknowledged % 40 === 0) proxy.reset()
        }),
      ),
    )
    await follows.has(200)
    for (const { stream, written } of streams) expect(texts(await streamOf(log, stream))).toEqual(written)
  })
})

describe('whoever follows the log', () => {
  it('gets everything once when the subscription is dropped while it catches up, and when it is live', async () => {
    const server = await someServer()
    const { log, counts, says } = await opened(server.url, UNHURRIED)
    const { stream } = await write(log, 100)
    server.faults.dropAfter = 40
    const follows = follower(log)
    await follows.has(100)
    expect(counts.dropped).toBe(1)
    server.faults.dropSubscriptions()
    for (let at = 99n; at < 109n; at++) await log.append(stream, at, records(stream, at))
    await follows.has(110)
    expect(counts.dropped).toBe(2)
    expect(says('EventStoreDB did not answer')).toBe(true)
  })

  it('reads the whole log although it is dropped on the way', async () => {
    const server = await someServer()
    const { log } = await opened(server.url, UNHURRIED)
    await write(log, 100)
    server.faults.dropAfter = 40
    const events = await collect(log.readAll())
    expect(events).toHaveLength(100)
    expectGrowing(events)
  })

  it('notices a subscription that lives and gives nothing', async () => {
    const server = await someServer()
    const { log, counts } = await opened(server.url)
    const follows = follower(log)
    const { stream } = await write(log, 2)
    await follows.has(2)
    server.faults.mute = true
    await log.append(stream, 1n, records(stream, 1n))
    await until(() => counts.dropped > 0)
    server.faults.mute = false
    await follows.has(3)
  })

  it('is left in peace when there is nothing new', async () => {
    const server = await someServer()
    const { log, counts } = await opened(server.url, { ...UNHURRIED, quiet: 20 })
    await write(log, 2)
    const follows = follower(log)
    await follows.has(2)
    const { reads } = server
    await until(() => server.reads > reads + 5)
    expect(counts.dropped).toBe(0)
    expect(follows.failures).toEqual([])
  })

  it('of one school is left in peace when only others are busy, and still notices the end of its server', async () => {
    const server = await someServer()
    const { log, counts } = await opened(server.url, { ...UNHURRIED, quiet: 20 })
    const abort = new AbortController()
    const following = collect(log.subscribe({ after: null, school: someSchool(), signal: abort.signal }))
    const { reads } = server
    await write(log, 700)
    await until(() => server.reads > reads + 5)
    expect(counts.dropped).toBe(0)
    await server.stop()
    await expect(following).rejects.toBeInstanceOf(StoreUnavailable)
  })

  it('passes over the events of the system and of other programs', async () => {
    const server = await someServer()
    const { log } = await opened(server.url)
    const other = EventStoreDBClient.connectionString(server.url)
    ends.push(() => other.dispose())
    const foreign = [jsonEvent({ type: 'OrderPlaced', data: { n: 1 } })]
    for (const stream of ['order-1', '$stats-127.0.0.1', 'Tomsk35.journalPage-1', 'tomsk35.journalpage-1']) {
      await other.appendToStream(stream, foreign)
    }
    const { stream, written } = await write(log, 2)
    await other.setStreamMetadata(stream, { acl: { readRoles: ['auditor'] } })
    await other.appendToStream('order-1', foreign)
    expect(texts(await collect(log.readAll()))).toEqual(written)
    expect(await log.head()).toEqual((await collect(log.readAll())).at(-1)!.position)
    await follower(log).has(2)
  })
})

describe('a server', () => {
  it('that is away at the start is told of in time, without the password', async () => {
    const server = await someServer()
    await server.stop()
    const url = server.url.replace('esdb://', 'esdb://admin:secret@')
    const failure = await opened(url, { ...QUICK, patience: 300 }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StoreUnavailable)
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('secret')
  })

  it('that is silent at the start is told of in time', async () => {
    const server = await someServer()
    server.faults.silence()
    await expect(opened(server.url, { ...QUICK, patience: 300 })).rejects.toBeInstanceOf(StoreUnavailable)
  })

  it('that is a cluster without a living node is told of in time', async () => {
    const [one, two] = [await someServer(), await someServer()]
    await Promise.all([one.stop(), two.stop()])
    const url = `esdb://${one.host},${two.host}?tls=false&discoveryInterval=10`
    await expect(opened(url, { ...QUICK, patience: 300 })).rejects.toBeInstanceOf(StoreUnavailable)
  })

  it('that is started again under writers and a follower costs no event and doubles none', async () => {
    const server = await someServer()
    const { log, says } = await opened(server.url)
    const follows = follower(log)
    let acknowledged = 0
    const streams = await Promise.all(
      Array.from({ length: 8 }, () =>
        write(log, 25, async () => {
          if (++acknowledged % 70 !== 0) return
          await server.stop()
          await server.start()
        }),
      ),
    )
    await follows.has(200)
    for (const { stream, written } of streams) expect(texts(await streamOf(log, stream))).toEqual(written)
    expect(says('EventStoreDB answers again')).toBe(true)
  })

  it('that stays away gives the alarm', async () => {
    const server = await someServer()
    const { log, counts, says } = await opened(server.url, { ...QUICK, patience: 1_000 })
    await server.stop()
    const stream = someStream()
    await expect(log.append(stream, 'no-stream', records(stream, -1n))).rejects.toBeInstanceOf(
      StoreUnavailable,
    )
    expect(counts.alarms).toBeGreaterThanOrEqual(1)
    expect(says('EventStoreDB has not answered for a long time')).toBe(true)
  })
})

/** A stream of ours, and the client of somebody who may set what he likes. */
async function withClient() {
  const server = await someServer()
  const { log } = await opened(server.url)
  const { stream } = await write(log, 3)
  const client = EventStoreDBClient.connectionString(server.url)
  ends.push(() => client.dispose())
  return { server, log, stream, client }
}

describe('the streams of a journal', () => {
  it.each([
    ['$maxCount', { maxCount: 2 }],
    ['$maxAge', { maxAge: 3_600 }],
    ['$tb', { truncateBefore: 1 }],
  ] as const)('must not have %s: the log does not open', async (setting, metadata) => {
    const { server, log, stream, client } = await withClient()
    await client.setStreamMetadata(stream, metadata)
    const refused = opened(server.url)
    await expect(refused).rejects.toBeInstanceOf(StreamSettingForbidden)
    await expect(refused).rejects.toMatchObject({ stream, setting })
    await expect(log.checkStreams()).rejects.toMatchObject({ setting })
  })

  it('must not be deleted, softly or for ever', async () => {
    const { server, stream, client } = await withClient()
    await client.deleteStream(stream)
    await expect(opened(server.url)).rejects.toMatchObject({ stream, setting: '$tb' })
    await client.tombstoneStream(stream)
    await expect(opened(server.url)).rejects.toMatchObject({ stream, setting: 'tombstone' })
  })

  it('cannot be read or written any more when one is deleted under a running service', async () => {
    const { log, stream, client } = await withClient()
    await client.tombstoneStream(stream)
    await expect(streamOf(log, stream)).rejects.toMatchObject({
      name: 'StreamSettingForbidden',
      setting: 'tombstone',
    })
    await expect(log.append(stream, 2n, records(stream, 2n))).rejects.toMatchObject({ setting: 'tombstone' })
  })

  it('are not folded from the rest when their beginning was dropped under a running service', async () => {
    const { log, stream, client } = await withClient()
    await client.setStreamMetadata(stream, { truncateBefore: 2 })
    await expect(streamOf(log, stream)).rejects.toThrow(`events of ${stream} are missing`)
  })

  it('may have rights set, may have had a setting, and others may have any', async () => {
    const { server, stream, client } = await withClient()
    await client.setStreamMetadata(stream, { maxCount: 100 })
    await client.setStreamMetadata(stream, { acl: { readRoles: ['$all'] } })
    await client.setStreamMetadata('order-1', { maxCount: 1 })
    const { log } = await opened(server.url)
    expect(await streamOf(log, stream)).toHaveLength(3)
  })

  it('are looked at from where an earlier look has come', async () => {
    const { server, log, stream, client } = await withClient()
    await write(log, 600)
    await log.checkStreams()
    const { checkedTo } = log
    expect(checkedTo).not.toBe(null)
    await client.setStreamMetadata(stream, { maxCount: 100 })
    const refused = EventStoreLog.open(server.url, { log: keptJournal().journal, checkedTo })
    await expect(refused).rejects.toMatchObject({ stream })
  })

  it('are looked at whole when the log ends before the place of an earlier look: it is another one', async () => {
    const { server, stream, client } = await withClient()
    await client.setStreamMetadata(stream, { maxCount: 100 })
    const checkedTo = { commit: 1_000_000n, prepare: 1_000_000n }
    const refused = EventStoreLog.open(server.url, { log: keptJournal().journal, checkedTo })
    await expect(refused).rejects.toMatchObject({ stream })
  })
})

describe('an address', () => {
  const certificates = join(import.meta.dirname, '../../support/eventstore-server/certificates')
  const tls = {
    certificate: readFileSync(join(certificates, 'server.pem')),
    key: readFileSync(join(certificates, 'server.key')),
  }
  const secure = (user: string, port: number) =>
    `esdb://${user}@localhost:${port}?tlsCAFile=${join(certificates, 'ca.pem')}`

  it('may ask for TLS by a certificate of our own, with a name and a password for every call', async () => {
    const server = await someServer({ tls, users: { letopis: 'p@ss:wörd' } })
    const { log } = await opened(secure(`letopis:${encodeURIComponent('p@ss:wörd')}`, server.port), {})
    const { stream } = await write(log, 3)
    expect(await streamOf(log, stream)).toHaveLength(3)
    await follower(log).has(3)
  })

  it('with a wrong password is refused as such, and the password is not repeated', async () => {
    const server = await someServer({ tls, users: { letopis: 'right' } })
    const failure = await opened(secure('letopis:wrong', server.port)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(EventStoreRefused)
    expect((failure as Error).message).not.toContain('wrong:')
  })

  it('without the certificate of the server finds nobody that it may trust', async () => {
    const server = await someServer({ tls })
    const times = { ...QUICK, patience: 300 }
    await expect(opened(`esdb://localhost:${server.port}`, times)).rejects.toBeInstanceOf(StoreUnavailable)
  })

  it('of the successor is one as well', async () => {
    const server = await someServer()
    const { log } = await opened(server.url.replace('esdb:', 'kurrentdb:'))
    expect(await log.head()).toBe(null)
  })

  it.each([
    'http://localhost:2113',
    'esdb://',
    'esdb://admin:secret@host:port',
    'esdb://admin:secret@host?tls=maybe',
  ])('%s is none, and its password stays in', async (url) => {
    const failure = await opened(url).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(BadEventStoreAddress)
    expect((failure as Error).message).not.toContain('secret')
  })
})

describe('the probe', () => {
  it('tells the version of a server, that it writes and reads, and how its clock goes', async () => {
    const server = await someServer()
    const options = { clock: systemClock, log: keptJournal().journal, times: QUICK }
    for (let time = 0; time < 3; time++) {
      const { version, append, read, skew } = await probeEventStore(server.url, options)
      expect(version).toBe('24.2.0')
      expect(append).toBeGreaterThan(0)
      expect(read).toBeGreaterThan(0)
      expect(Math.abs(skew)).toBeLessThan(1_000)
    }
    server.faults.skew = 11_000
    expect(Math.round((await probeEventStore(server.url, options)).skew / 1_000)).toBe(11)
    // Its stream is not one of a school: the log does not see it, nor what is set on it.
    const { log } = await opened(server.url)
    expect(await log.head()).toBe(null)
  })

  it('fails in time when nobody answers', async () => {
    const server = await someServer()
    await server.stop()
    const times = { ...QUICK, patience: 200 }
    const probe = probeEventStore(server.url, { clock: systemClock, log: keptJournal().journal, times })
    await expect(probe).rejects.toBeInstanceOf(StoreUnavailable)
  })
})
