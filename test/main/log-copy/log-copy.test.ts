import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { EventStore, NewEvent, PositionedEvent } from '#events/store/event-store.ts'
import type { StreamName } from '#events/stream-name.ts'
import { EventStoreLog } from '#events/store/eventstore-log.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { appendInOrder } from '#main/log-copy/append-in-order.ts'
import { copyLog } from '#main/log-copy/copy-log.ts'
import { SchoolSlug } from '#values/school.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { EventStoreServer } from '#support/eventstore-server/server.ts'
import { keptJournal } from '#support/eventstore.ts'
import { eachEngine, postgresAbsence, terminateConnections, testEngine } from '#support/databases.ts'
import { largestRecord, records, someStream } from '#support/random-records.ts'

async function all(store: EventStore): Promise<PositionedEvent[]> {
  const events: PositionedEvent[] = []
  for await (const event of store.readAll()) events.push(event)
  return events
}

const texts = async (store: EventStore): Promise<string[]> =>
  (await all(store)).map(({ canonical }) => canonical)

/** The texts of each school, in order. */
function bySchool(log: readonly PositionedEvent[]): Record<string, string[]> {
  const schools = Map.groupBy(log, ({ stream }) => stream.split('.')[0]!)
  return Object.fromEntries(
    Array.from(schools, ([school, some]) => [school, some.map(({ canonical }) => canonical)]),
  )
}

/** The same log as an engine that promises no order among appends that are called together. */
function withoutOrder(store: EventStore): EventStore {
  return {
    append: (stream, expected, events) => store.append(stream, expected, events),
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    subscribe: (options) => store.subscribe(options),
    head: () => store.head(),
    close: () => store.close(),
  }
}

const engines = { pglite: testEngine('pglite'), postgres: testEngine('postgres') }
const newLog = async (engine: keyof typeof engines): Promise<PostgresLog> =>
  PostgresLog.open((await engines[engine].open()).kysely, { soleWriter: engine === 'pglite' })

describe('a log that is copied', () => {
  const other = postgresAbsence === null ? 'postgres' : 'pglite'
  const skipped = postgresAbsence === null ? '' : ` (between two PGlite: ${postgresAbsence})`
  let source: PostgresLog
  const written = new ChainedLog()
  beforeAll(async () => {
    source = await newLog('pglite')
    await written.write(source, 2_000)
  })

  it(`from the embedded database to a server and back is the same, byte for byte and in its order${skipped}`, async () => {
    const [server, back] = [await newLog(other), await newLog('pglite')]
    const there = await copyLog(source, server)
    const here = await copyLog(server, back)
    const events = await texts(source)
    expect(there).toMatchObject({ events: events.length, recorded: events.length, behind: false })
    expect(here.headsDigest).toBe(there.headsDigest)
    expect(await texts(server)).toEqual(events)
    expect(await texts(back)).toEqual(events)
  })

  it('to an engine without order keeps that of each school, and every event', async () => {
    const target = await newLog('pglite')
    const { events } = await copyLog(source, withoutOrder(target))
    const copied = await all(target)
    expect(copied).toHaveLength(events)
    expect(bySchool(copied)).toEqual(bySchool(await all(source)))
    expect(Object.keys(bySchool(copied))).toHaveLength(3)
  })

  it('goes on where it was cut short, and catches up with what came since', async () => {
    for (const through of [(store: EventStore) => store, withoutOrder]) {
      const target = await newLog('pglite')
      const append = target.append.bind(target)
      let left = 300
      const cut = vi.spyOn(target, 'append').mockImplementation((stream, expected, events) => {
        left -= events.length
        return left < 0 ? Promise.reject(new Error('cut short')) : append(stream, expected, events)
      })
      await expect(copyLog(source, through(target))).rejects.toThrow('cut short')
      cut.mockRestore()
      const half = (await all(target)).length
      expect(half).toBeGreaterThan(100)
      const rest = await copyLog(source, through(target))
      expect(rest.recorded).toBe(rest.events - half)
      await written.write(source, 30)
      const more = await copyLog(source, through(target))
      expect(more.recorded).toBeGreaterThanOrEqual(30)
      expect(await copyLog(source, through(target))).toMatchObject({
        recorded: 0,
        headsDigest: more.headsDigest,
      })
      expect((await texts(target)).toSorted()).toEqual((await texts(source)).toSorted())
    }
  })

  it('says so when somebody wrote to it meanwhile', async () => {
    const target = await newLog('pglite')
    let wrote = false
    const busy = withoutOrder(target)
    const whileCopied: EventStore = {
      ...busy,
      append: async (...given) => {
        if (!wrote) {
          wrote = true
          await written.write(source, 5)
        }
        return busy.append(...given)
      },
    }
    expect((await copyLog(source, whileCopied)).behind).toBe(true)
    expect(await copyLog(source, target)).toMatchObject({ behind: false })
    expect((await texts(target)).length).toBe((await texts(source)).length)
  })

  it('is refused a target that holds something else, before anything is written', async () => {
    const others: Record<string, (target: EventStore) => Promise<unknown>> = {
      'a stream of its own': (target) => new ChainedLog([SchoolSlug.parse('omsk1')]).write(target, 3),
      'the same streams with other events': (target) => new ChainedLog().skipping(21).write(target, 3),
      'a stream that has gone on': async (target) => {
        await copyLog(source, target)
        const { stream, revision, canonical: _, ...last } = (await all(target)).at(-1)!
        const { chain } = await import('#events/record.ts')
        const { leafHash } = await import('#integrity/tlog/leaf-hash.ts')
        const hash = leafHash((await all(target)).at(-1)!.canonical)
        const id = '00000000-0000-4000-8000-000000000001' as typeof last.id
        const next = chain(stream, revision, hash, [{ ...last, id } as never])
        await target.append(stream, revision, next.records)
      },
    }
    for (const [what, occupy] of Object.entries(others)) {
      const target = await newLog('pglite')
      await occupy(target)
      const before = await texts(target)
      await expect(copyLog(source, target), what).rejects.toThrow(/уже есть другие события/)
      expect(await texts(target), what).toEqual(before)
    }
  })

  it('is refused when its chain is broken, which is named', async () => {
    const broken = await newLog('pglite')
    const stream = someStream()
    await broken.append(stream, 'no-stream', records(stream, -1n, 3))
    await expect(copyLog(broken, await newLog('pglite'))).rejects.toThrow(
      `позиция 1-1, поток ${stream}, ревизия 0`,
    )
  })

  it('of the largest records fits into the appends that EventStoreDB takes', async () => {
    const large = await newLog('pglite')
    const stream = someStream()
    const events = Array.from({ length: 40 }, (_, i) => largestRecord(stream, BigInt(i), 'ж'))
    for (const [i, event] of events.entries())
      await large.append(stream, i === 0 ? 'no-stream' : BigInt(i - 1), [event])
    const server = await EventStoreServer.start()
    const target = await EventStoreLog.open(server.url, { log: keptJournal().journal })
    expect(await appendInOrder(target, large.readAll(), new Map())).toBe(40)
    expect(await texts(target)).toEqual(events.map(({ canonical }) => canonical))
    await target.close()
    await server.stop()
  })

  it('of nothing is nothing', async () => {
    expect(await copyLog(await newLog('pglite'), await newLog('pglite'))).toMatchObject({
      events: 0,
      recorded: 0,
    })
  })

  it.skipIf(postgresAbsence !== null)(
    `loses nothing and doubles nothing when the server drops its connections${postgresAbsence ?? ''}`,
    async () => {
      const database = await engines.postgres.open()
      const target = await PostgresLog.open(database.kysely)
      let dropped = 0
      const copied = await appendInOrder(target, source.readAll(), new Map(), () => {
        if (dropped++ % 10 === 0) void terminateConnections(database.at!)
      })
      expect(dropped).toBeGreaterThan(20)
      const events = await texts(source)
      expect(copied).toBe(events.length)
      expect(await texts(target)).toEqual(events)
    },
  )
})

eachEngine((engine) => {
  it.each<[string, (stream: StreamName) => NewEvent[]]>([
    ['small ones', (stream) => records(stream, -1n, 2)],
    ['the largest', (stream) => [largestRecord(stream, 0n)]],
  ])(
    'keeps the order of as many appends as it says when they are called together: %s',
    async (_, recordsOf) => {
      const store = await PostgresLog.open((await engine.open()).kysely)
      const streams = Array.from({ length: store.orderedAppends }, () => someStream())
      await Promise.all(streams.map((stream) => store.append(stream, 'no-stream', recordsOf(stream))))
      const order = (await all(store)).map(({ stream }) => stream)
      expect([...new Set(order)]).toEqual(streams)
    },
  )
})
