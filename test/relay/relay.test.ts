import { randomUUID } from 'node:crypto'
import { jetstream } from '@nats-io/jetstream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type EventStore, StoreUnavailable } from '#events/store/event-store.ts'
import { comparePositions, formatPosition } from '#events/store/position.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import type { CloudEvent } from '#relay/announcement.ts'
import type { Bus } from '#relay/bus.ts'
import { readCheckpoint, replayFrom } from '#relay/checkpoint.ts'
import { NatsBus } from '#relay/nats-bus.ts'
import { Relay } from '#relay/relay.ts'
import { Instant } from '#values/time.ts'
import { eachEngine, type TestDatabase, testEngine } from '#support/databases.ts'
import { MarkWriter } from '#support/mark-writer.ts'
import {
  natsAbsence,
  natsServer,
  natsServerAbsence,
  proxyTo,
  type TestStream,
  testStream,
} from '#support/nats.ts'
import { until } from '#support/until.ts'

const skipped = natsAbsence === null ? '' : `: ${natsAbsence}`
const NOW = Instant.parse('2026-11-09T04:00:00.000Z')

/** What a relay said to its operator. */
interface Said {
  readonly level: 'info' | 'warn' | 'error'
  readonly facts: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A log with a relay to a stream of its own. */
class Bench {
  readonly database: TestDatabase
  readonly store: EventStore
  readonly stream: TestStream
  readonly said: Said[] = []
  now = NOW
  #stops: Array<() => Promise<void>> = []

  private constructor(database: TestDatabase, store: EventStore, stream: TestStream) {
    this.database = database
    this.store = store
    this.stream = stream
  }

  static async open(database: TestDatabase, stream: TestStream): Promise<Bench> {
    const store = await PostgresLog.open(database.kysely, { soleWriter: database.engine === 'pglite' })
    const bench = new Bench(database, store, stream)
    onTestFinished(() => bench.close())
    return bench
  }

  relay(openBus: () => Promise<Bus> = () => this.stream.open(), store = this.store): Relay {
    const say =
      (level: Said['level']) =>
      (facts: object, message: string): void => {
        this.said.push({ level, facts: facts as Said['facts'], message })
      }
    return new Relay({
      store,
      database: this.database.kysely,
      openBus,
      bus: this.stream.settings.stream,
      clock: () => this.now,
      log: { info: say('info'), warn: say('warn'), error: say('error') },
    })
  }

  /** Runs a relay; returns what stops it. */
  run(relay: Relay): () => Promise<void> {
    const stop = new AbortController()
    const running = relay.run(stop.signal)
    const end = async (): Promise<void> => {
      stop.abort()
      await running
    }
    this.#stops.push(end)
    return end
  }

  /** Waits until a relay has told everything that the log holds. */
  async told(relay: Relay): Promise<void> {
    await until(async () => comparePositions(relay.position, await this.store.head()) === 0)
  }

  checkpoint() {
    return readCheckpoint(this.database.kysely, this.stream.settings.stream)
  }

  private async close(): Promise<void> {
    for (const stop of this.#stops) await stop()
    await this.store.close()
  }
}

const idsOf = (messages: readonly CloudEvent[]): string[] => messages.map(({ id }) => id)
const ofSchool = (messages: readonly CloudEvent[], { school }: MarkWriter): CloudEvent[] =>
  messages.filter((message) => message.school === school)

describe.skipIf(natsAbsence !== null)(`a relay to NATS${skipped}`, () => {
  eachEngine((engine) => {
    const bench = async (): Promise<Bench> => Bench.open(await engine.open(), await testStream())

    it('tells each event once, in the order of the log, on a subject of its school and type', async () => {
      const self = await bench()
      const { store, stream } = self
      const schools = [new MarkWriter('tomsk35'), new MarkWriter('tomsk36')]
      for (let round = 0; round < 5; round++) for (const one of schools) await one.write(store, 13)
      const relay = self.relay()
      self.run(relay)
      await self.told(relay)
      for (const one of schools) await one.write(store, 700)
      await self.told(relay)

      const all = await stream.messages()
      const log: string[] = []
      for await (const { id, position } of store.readAll()) log.push(`${id} ${formatPosition(position)}`)
      expect(all.map(({ message }) => `${message.id} ${message.position}`)).toEqual(log)
      for (const { subject, message } of all) {
        expect(subject).toBe(`${stream.settings.subjects}.${message.school}.MarkRecorded`)
      }
      expect(relay).toMatchObject({ published: all.length, duplicates: 0, failingSince: null })
      expect(relay.toldUpTo).toBe('2026-11-09T03:50:00.000Z')
      expect((await self.checkpoint()).position).toEqual(await store.head())
    })

    it('goes on where it stopped, and sends nothing twice', async () => {
      const self = await bench()
      const marks = new MarkWriter('tomsk35')
      await marks.write(self.store, 30)
      const first = self.relay()
      const stop = self.run(first)
      await self.told(first)
      await stop()
      await marks.write(self.store, 20)
      const second = self.relay()
      self.run(second)
      await self.told(second)
      expect(second).toMatchObject({ published: 20, duplicates: 0 })
      expect(idsOf(await self.stream.holding(50))).toEqual(marks.written)
    })

    it('that was killed before it noted what it had sent keeps nothing twice, though the window is over', async () => {
      const self = await bench()
      const window = 100_000_000
      const { stream: name, subjects } = self.stream.settings
      await self.stream.manager.streams.add({ name, subjects: [`${subjects}.>`], duplicate_window: window })
      const marks = new MarkWriter('tomsk35')
      await marks.write(self.store, 400)
      const first = self.relay()
      const stop = self.run(first)
      await self.told(first)
      await stop()
      await query(self.database.kysely, 'update relay.checkpoint set commit = 20, prepare = 20')
      await windowOver(self.stream, window)
      await marks.write(self.store, 10)
      const second = self.relay()
      self.run(second)
      await self.told(second)
      expect(second.duplicates).toBe(0)
      expect(idsOf(await self.stream.holding(410))).toEqual(marks.written)
    })

    it('sends again from where an operator moved it back to, also while it runs', async () => {
      const self = await bench()
      const window = 100_000_000
      const { stream: name, subjects } = self.stream.settings
      await self.stream.manager.streams.add({ name, subjects: [`${subjects}.>`], duplicate_window: window })
      const marks = new MarkWriter('tomsk35')
      await marks.write(self.store, 700)
      const relay = self.relay()
      self.run(relay)
      await self.told(relay)
      await windowOver(self.stream, window)
      await replayFrom(self.database.kysely, name, { commit: 100n, prepare: 100n })
      await self.stream.holding(1_300)
      await self.told(relay)
      expect(await self.checkpoint()).toEqual({ position: { commit: 700n, prepare: 700n }, replay: false })
      await marks.write(self.store, 5)
      const { written } = marks
      const expected = [...written.slice(0, 700), ...written.slice(100)]
      expect(idsOf(await self.stream.holding(1_305))).toEqual(expected)
      expect(self.said).toEqual([])
    })

    it('leaves to the bus, within its window, to know what it is sent again', async () => {
      const self = await bench()
      const marks = new MarkWriter('tomsk35')
      await marks.write(self.store, 700)
      const relay = self.relay()
      const stop = self.run(relay)
      await self.told(relay)
      await stop()
      await replayFrom(self.database.kysely, self.stream.settings.stream, null)
      await marks.write(self.store, 5)
      const again = self.relay()
      self.run(again)
      await until(() => again.duplicates > 0)
      await self.told(again)
      expect(idsOf(await self.stream.holding(705))).toEqual(marks.written)
    })

    it('does no harm beside a second one: both tell everything, and the stream holds each event once', async () => {
      const self = await bench()
      const schools = [new MarkWriter('tomsk35'), new MarkWriter('tomsk36')]
      const relays = [self.relay(), self.relay()]
      for (const relay of relays) self.run(relay)
      for (let round = 0; round < 40; round++) for (const one of schools) await one.write(self.store, 17)
      for (const relay of relays) await self.told(relay)
      const messages = await self.stream.holding(2 * 40 * 17)
      for (const one of schools) expect(idsOf(ofSchool(messages, one))).toEqual(one.written)
      const [first, second] = relays
      expect(first!.published + second!.published).toBe(messages.length)
    })

    it('stops at an event of a newer release, tells what stands before it, and says so', async () => {
      const self = await bench()
      const marks = new MarkWriter('tomsk35')
      await marks.write(self.store, 10)
      const relay = self.relay(undefined, withNewerAt(self.store, 7n))
      self.run(relay)
      await until(() => relay.failingSince !== null)
      expect(relay.position?.commit).toBe(6n)
      expect(self.said[0]).toMatchObject({ level: 'warn', facts: { position: '6-6' } })
      expect(String(self.said[0]!.facts['err'])).toMatch('NewerVersion')
      expect(idsOf(await self.stream.holding(6))).toEqual(marks.written.slice(0, 6))
    })

    it('waits for a log that is away', async () => {
      const self = await bench()
      const marks = new MarkWriter('tomsk35')
      await marks.write(self.store, 10)
      let away = 3
      const relay = self.relay(undefined, {
        ...portOf(self.store),
        subscribe(options) {
          if (away-- > 0) throw new StoreUnavailable('the log is away')
          return self.store.subscribe(options)
        },
      })
      self.run(relay)
      await self.told(relay)
      expect(idsOf(await self.stream.holding(10))).toEqual(marks.written)
      expect(self.said.map(({ level }) => level)).toEqual(['warn', 'info'])
    })
  })
})

describe.skipIf(natsAbsence !== null)(`a connection to NATS that breaks${skipped}`, () => {
  const engine = testEngine('pglite')

  it('in the middle of what is sent costs no event, doubles none and keeps the order', async () => {
    const stream = await testStream()
    const proxy = await proxyTo(stream.settings.servers[0]!)
    const self = await Bench.open(await engine.open(), stream)
    const schools = [new MarkWriter('tomsk35'), new MarkWriter('tomsk36')]
    const relay = self.relay(() => NatsBus.open({ ...stream.settings, servers: [proxy.url] }))
    self.run(relay)
    for (let round = 0; round < 12; round++) {
      // A message is some 900 bytes: this is somewhere in the run, and in the middle of a message.
      proxy.cutAfter(4_000 + round * 7_919)
      for (const one of schools) await one.write(self.store, 60)
      await self.told(relay)
    }
    const messages = await stream.holding(2 * 12 * 60)
    for (const one of schools) expect(idsOf(ofSchool(messages, one))).toEqual(one.written)
    expect(messages).toHaveLength(2 * 12 * 60)
    expect(self.said.filter(({ level }) => level === 'warn').length).toBeGreaterThan(3)
  })

  it('is waited for, from the first start on: said once, an alarm when it lasts, told when it is over', async () => {
    const stream = await testStream()
    const proxy = await proxyTo(stream.settings.servers[0]!)
    proxy.cut()
    const self = await Bench.open(await engine.open(), stream)
    const marks = new MarkWriter('tomsk35')
    await marks.write(self.store, 10)
    const relay = self.relay(() => NatsBus.open({ ...stream.settings, servers: [proxy.url] }))
    self.run(relay)
    await until(() => relay.failingSince !== null)
    self.now = Instant.parse('2026-11-09T04:02:00.000Z')
    await until(() => self.said.length >= 2)
    expect(self.said).toMatchObject([
      { level: 'warn', message: 'nothing can be told to the bus; waiting' },
      { level: 'error', message: 'the bus has been away for long', facts: { seconds: 120, position: null } },
    ])
    proxy.mend()
    await self.told(relay)
    expect(self.said.at(-1)).toMatchObject({ level: 'info', message: 'the bus takes messages again' })
    expect(relay.failingSince).toBeNull()
    expect(idsOf(await stream.holding(10))).toEqual(marks.written)
    // With nothing to send it is noticed as well.
    proxy.cut()
    await until(() => relay.failingSince !== null)
    proxy.mend()
    await until(() => relay.failingSince === null)
  })
})

describe.skipIf(natsServerAbsence !== null)(
  `a server of NATS that fails${natsServerAbsence === null ? '' : `: ${natsServerAbsence}`}`,
  () => {
    const engine = testEngine('pglite')

    it('killed and started again, time and again, has every event once and in order', async () => {
      const server = await natsServer()
      const stream = await testStream([server.url])
      const self = await Bench.open(await engine.open(), stream)
      const schools = [new MarkWriter('tomsk35'), new MarkWriter('tomsk36')]
      const relay = self.relay()
      self.run(relay)
      for (let round = 0; round < 3; round++) {
        const writing = Promise.all(schools.map((one) => one.write(self.store, 500)))
        await until(() => relay.published > round * 1_000 + 100)
        await server.end('SIGKILL')
        await writing
        await server.start()
        await self.told(relay)
      }
      const messages = await stream.holding(3_000)
      for (const one of schools) expect(idsOf(ofSchool(messages, one))).toEqual(one.written)
      expect(messages).toHaveLength(3_000)
    })

    it('that is silent is given up in seconds and asked again', async () => {
      const server = await natsServer()
      const stream = await testStream([server.url])
      const self = await Bench.open(await engine.open(), stream)
      const marks = new MarkWriter('tomsk35')
      const relay = self.relay()
      self.run(relay)
      await marks.write(self.store, 10)
      await self.told(relay)
      await server.end('SIGSTOP')
      await marks.write(self.store, 10)
      await until(() => relay.failingSince !== null)
      expect(relay.position?.commit).toBe(10n)
      await server.end('SIGCONT')
      await self.told(relay)
      expect(idsOf(await stream.holding(20))).toEqual(marks.written)
    })

    it('that is full takes nothing out of order, and everything once there is room', async () => {
      const server = await natsServer()
      const stream = await testStream([server.url])
      await (await stream.open()).close()
      const { name, ...full } = (await stream.manager.streams.info(stream.settings.stream)).config
      await stream.manager.streams.update(name, { ...full, max_bytes: 100_000, discard: 'new' })
      const self = await Bench.open(await engine.open(), stream)
      const marks = new MarkWriter('tomsk35')
      await marks.write(self.store, 600)
      const relay = self.relay()
      self.run(relay)
      await until(() => relay.failingSince !== null && relay.position !== null)
      const kept = (await stream.messages()).map(({ message }) => message.id)
      expect(kept).toEqual(marks.written.slice(0, kept.length))
      expect(kept.length).toBeLessThan(600)
      await stream.manager.streams.update(name, { ...full, max_bytes: -1 })
      await self.told(relay)
      expect(idsOf(await stream.holding(600))).toEqual(marks.written)
    })
  },
)

type Port = Pick<EventStore, 'append' | 'readStream' | 'readAll' | 'subscribe' | 'head' | 'close'>

/** The real store, of which a test replaces a call. */
function portOf(store: EventStore): Port {
  return {
    append: (...given) => store.append(...given),
    readStream: (...given) => store.readStream(...given),
    readAll: (...given) => store.readAll(...given),
    subscribe: (...given) => store.subscribe(...given),
    head: () => store.head(),
    close: () => store.close(),
  }
}

/** The same log, in which the event at a position was written by a newer release. */
function withNewerAt(store: EventStore, commit: bigint): EventStore {
  return {
    ...portOf(store),
    async *subscribe(options) {
      for await (const events of store.subscribe(options)) {
        yield events.map((event) =>
          event.position.commit === commit ? { ...event, meta: { ...event.meta, v: 99 } } : event,
        )
      }
    },
  }
}

/** Waits until the server has forgotten the ids of messages that are older than this call. */
async function windowOver({ manager, connection }: TestStream, window: number): Promise<void> {
  const name = `W${randomUUID().replaceAll('-', '')}`
  await manager.streams.add({ name, subjects: [name], duplicate_window: window })
  try {
    const js = jetstream(connection)
    await js.publish(name, '', { msgID: 'known' })
    await until(async () => !(await js.publish(name, '', { msgID: 'known' })).duplicate)
  } finally {
    await manager.streams.delete(name)
  }
}
