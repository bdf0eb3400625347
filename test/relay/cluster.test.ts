import { describe, expect, it } from 'vitest'
import { comparePositions } from '#events/store/position.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { NatsBus } from '#relay/nats-bus.ts'
import { Relay } from '#relay/relay.ts'
import { systemClock } from '#values/time.ts'
import { testEngine } from '#support/databases.ts'
import { MarkWriter } from '#support/mark-writer.ts'
import { natsCluster, type NatsServer, natsServerAbsence, testStream } from '#support/nats.ts'
import { until } from '#support/until.ts'

const engine = testEngine('pglite')
const silent = { info: () => {}, warn: () => {}, error: () => {} }
const skipped = natsServerAbsence === null ? '' : `: ${natsServerAbsence}`

describe.skipIf(natsServerAbsence !== null)(`a stream that three servers of NATS keep${skipped}`, () => {
  it('has every event once and in order, though its leader is killed under two relays', async () => {
    const cluster = await natsCluster()
    const servers = Object.values(cluster).map(({ url }) => url)
    const stream = await testStream(servers)
    const settings = { ...stream.settings, replicas: 3 }
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely, { soleWriter: true })
    const parts = { store, database: database.kysely, bus: settings.stream, clock: systemClock, log: silent }
    const relays = [0, 1].map(() => new Relay({ ...parts, openBus: () => NatsBus.open(settings) }))
    const stop = new AbortController()
    const running = relays.map((relay) => relay.run(stop.signal))
    const schools = [new MarkWriter('tomsk35'), new MarkWriter('tomsk36')]
    const leading = async (): Promise<NatsServer | undefined> =>
      cluster[(await stream.manager.streams.info(settings.stream)).cluster?.leader ?? '']

    for (let round = 0; round < 2; round++) {
      const before = await store.head()
      const writing = Promise.all(schools.map((one) => one.write(store, 500)))
      await until(() => relays.some(({ position }) => comparePositions(position, before) > 0))
      // Between two leaders there is none.
      const killed = await until(leading)
      await killed.end('SIGKILL')
      await writing
      // The two that are left go on without it.
      const head = await store.head()
      await until(() => relays.every(({ position }) => comparePositions(position, head) === 0), {
        within: 60_000,
      })
      await killed.start()
    }
    stop.abort()
    await Promise.all(running)
    const messages = await stream.kept(2_000)
    for (const one of schools) {
      const own = messages.filter(({ school }) => school === one.school)
      expect(own.map(({ id }) => id)).toEqual(one.written)
    }
    await store.close()
  }, 180_000)
})
