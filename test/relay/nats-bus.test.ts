import { describe, expect, it } from 'vitest'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { type Announcement, passing } from '#relay/announcement.ts'
import { BusUnavailable, OutOfPlace, StreamUnfit } from '#relay/bus.ts'
import { NatsBus, probeNats } from '#relay/nats-bus.ts'
import { Relay } from '#relay/relay.ts'
import { systemClock } from '#values/time.ts'
import { testEngine } from '#support/databases.ts'
import { MarkWriter } from '#support/mark-writer.ts'
import { natsAbsence, testStream } from '#support/nats.ts'
import { until } from '#support/until.ts'

const engine = testEngine('pglite')
const silent = { info: () => {}, warn: () => {}, error: () => {} }

async function log(marks: MarkWriter, count: number): Promise<{ store: EventStore; told: Announcement[] }> {
  const { kysely } = await engine.open()
  const store = await PostgresLog.open(kysely, { soleWriter: true })
  await marks.write(store, count)
  const told: Announcement[] = []
  for await (const event of store.readAll()) told.push(passing(event).announcement!)
  return { store, told }
}

describe.skipIf(natsAbsence !== null)(
  `the stream of NATS${natsAbsence === null ? '' : `: ${natsAbsence}`}`,
  () => {
    it('is made as it is documented, once', async () => {
      const stream = await testStream()
      for (let time = 0; time < 2; time++) {
        const bus = await stream.open()
        expect(bus.differences).toEqual([])
        expect(await bus.end()).toEqual({ sequence: 0, last: null })
        await bus.close()
      }
      const { config } = await stream.manager.streams.info(stream.settings.stream)
      expect(config).toMatchObject({
        subjects: [`${stream.settings.subjects}.>`],
        retention: 'limits',
        storage: 'file',
        discard: 'old',
        max_age: 14 * 24 * 3600 * 1e9,
        max_bytes: -1,
        duplicate_window: 600 * 1e9,
        num_replicas: 1,
        deny_delete: false,
        deny_purge: false,
      })
    })

    it('that an operator has set otherwise is left so, and said, where that breaks no promise', async () => {
      const stream = await testStream()
      const { stream: name, subjects } = stream.settings
      await stream.manager.streams.add({ name, subjects: [`${subjects}.>`], max_age: 3_600e9 })
      const bus = await stream.open()
      expect(bus.differences).toEqual([
        'max_age: 3600000000000 instead of 1209600000000000',
        'duplicate_window: 120000000000 instead of 600000000000',
      ])
      await bus.close()
    })

    it('that would lose or thin out what it is told is refused, with the reason', async () => {
      const unfit = {
        'it keeps messages in memory': { storage: 'memory' },
        'it keeps messages by workqueue': { retention: 'workqueue' },
        'it keeps only some messages of a subject': { max_msgs_per_subject: 5 },
        'it acknowledges nothing': { no_ack: true },
      } as const
      for (const [why, config] of Object.entries(unfit)) {
        const stream = await testStream()
        const { stream: name, subjects } = stream.settings
        await stream.manager.streams.add({ name, subjects: [`${subjects}.>`], ...config })
        await expect(stream.open()).rejects.toThrow(new StreamUnfit(`the stream ${name} of NATS: ${why}`))
      }
      const stream = await testStream()
      await stream.manager.streams.add({
        name: stream.settings.stream,
        subjects: ['elsewhere.>'].map((of) => `${stream.settings.subjects}${of}`),
      })
      await expect(stream.open()).rejects.toBeInstanceOf(StreamUnfit)
    })

    it('keeps a message right behind the one it names, or nowhere with all behind it', async () => {
      const stream = await testStream()
      const bus = await stream.open()
      const { store, told } = await log(new MarkWriter('tomsk35'), 6)
      const [a, b, c, d, e, f] = told
      const outcomes = await Promise.allSettled([
        bus.publish(a!, 0),
        bus.publish(b!, a!.message.id),
        bus.publish(d!, c!.message.id),
        bus.publish(e!, d!.message.id),
        bus.publish(f!, 1),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
      ])
      for (const outcome of outcomes.slice(2)) {
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(OutOfPlace)
      }
      expect(await bus.end()).toEqual({ sequence: 2, last: b!.message.id })
      expect(await bus.publish(a!, 7)).toEqual({ duplicate: true })
      expect(await bus.publish(c!, 2)).toEqual({ duplicate: false })
      await bus.close()
      expect(bus.lost.aborted).toBe(true)
      await expect(bus.publish(d!, c!.message.id)).rejects.toBeInstanceOf(BusUnavailable)
      await store.close()
    })

    it('has not kept what it takes for a duplicate of a message that has no place yet', async () => {
      const stream = await testStream()
      const { stream: name, subjects } = stream.settings
      const bus = await stream.open()
      const { store, told } = await log(new MarkWriter('tomsk35'), 1)
      // The stream answers no more, so that a leader of the 2.9 line can be heard in its place.
      await stream.manager.streams.update(name, { no_ack: true })
      stream.connection.subscribe(`${subjects}.>`, {
        callback: (_, message) => {
          message.respond(JSON.stringify({ stream: name, seq: 0, duplicate: true }))
        },
      })
      await stream.connection.flush()
      await expect(bus.publish(told[0]!, 0)).rejects.toThrow(
        new OutOfPlace('this very message is being kept at this moment'),
      )
      await bus.close()
      await store.close()
    })

    it('knows where it stands when its messages were removed', async () => {
      const stream = await testStream()
      const bus = await stream.open()
      const { store, told } = await log(new MarkWriter('tomsk35'), 3)
      const [a, b, c] = told
      await bus.publish(a!, 0)
      await bus.publish(b!, 1)
      await stream.manager.streams.purge(stream.settings.stream)
      expect(await bus.end()).toEqual({ sequence: 2, last: null })
      expect(await bus.publish(c!, 2)).toEqual({ duplicate: false })
      await stream.manager.streams.deleteMessage(stream.settings.stream, 3)
      expect(await bus.end()).toEqual({ sequence: 3, last: null })
      await bus.close()
      await store.close()
    })

    it('is looked at by a probe: version, room, a message kept and read, and nothing left behind', async () => {
      const stream = await testStream()
      const before = await probeNats(stream.settings)
      expect(before).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+/) as string, stream: null })
      expect(before.storage.used).toBeGreaterThanOrEqual(0)
      await (await stream.open()).close()
      const after = await probeNats(stream.settings)
      expect(after.stream).toEqual({ messages: 0, bytes: 0, lastSequence: 0, differences: [] })
      const names: string[] = []
      for await (const { config } of stream.manager.streams.list()) names.push(config.name)
      expect(names.filter((name) => name.startsWith('LETOPIS_PROBE'))).toEqual([])
    })

    it('is said to be away where nobody answers, or has no room for as many copies', async () => {
      const nowhere = { servers: ['nats://127.0.0.1:1'], credentials: undefined, replicas: 1 }
      await expect(NatsBus.open(nowhere)).rejects.toBeInstanceOf(BusUnavailable)
      await expect(probeNats(nowhere)).rejects.toThrow('NATS: ')
      const { settings } = await testStream()
      await expect(NatsBus.open({ ...settings, replicas: 3 })).rejects.toBeInstanceOf(BusUnavailable)
    })

    it('is told of ten thousand events in seconds after it was away', async () => {
      const stream = await testStream()
      const marks = new MarkWriter('tomsk35')
      const database = await engine.open()
      const store = await PostgresLog.open(database.kysely, { soleWriter: true })
      await marks.write(store, 10_000)
      const relay = new Relay({
        store,
        database: database.kysely,
        openBus: () => stream.open(),
        bus: stream.settings.stream,
        clock: systemClock,
        log: silent,
      })
      const stop = new AbortController()
      const began = performance.now()
      const running = relay.run(stop.signal)
      await until(() => relay.published === 10_000)
      const seconds = (performance.now() - began) / 1_000
      console.log(`relay: 10,000 events in ${seconds.toFixed(2)} s, ${Math.round(10_000 / seconds)} a second`)
      stop.abort()
      await running
      expect(seconds).toBeLessThan(20)
      await store.close()
    })
  },
)
