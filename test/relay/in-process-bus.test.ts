import { afterAll, describe, expect, it } from 'vitest'
import { type EventStore, StoreUnavailable } from '#events/store/event-store.ts'
import { comparePositions, type Position } from '#events/store/position.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { InProcessBus } from '#relay/in-process-bus.ts'
import type { Uuid } from '#values/uuid.ts'
import { eachEngine, type TestDatabase } from '#support/databases.ts'
import { MarkWriter } from '#support/mark-writer.ts'
import { until } from '#support/until.ts'

const silent = { warn: () => {} }

/** Somebody who follows a school, and comes again where he was when he is cut. */
class Follower {
  readonly heard: Uuid[] = []
  upTo: Position | null
  #cut = new AbortController()
  #following: Promise<void> = Promise.resolve()

  constructor(after: Position | null) {
    this.upTo = after
  }

  follow(bus: InProcessBus, school: MarkWriter['school']): this {
    this.#cut = new AbortController()
    this.#following = this.#hear(bus, school, this.#cut.signal)
    return this
  }

  async cut(): Promise<void> {
    this.#cut.abort()
    await this.#following
  }

  async #hear(bus: InProcessBus, school: MarkWriter['school'], signal: AbortSignal): Promise<void> {
    for await (const { events, upTo } of bus.follow({ after: this.upTo, school, signal })) {
      this.heard.push(...events.map(({ id }) => id))
      this.upTo = upTo
    }
  }
}

describe('those who follow the bus within a process', () => {
  eachEngine((engine) => {
    const opened: Array<{ database: TestDatabase; store: EventStore; buses: InProcessBus[] }> = []
    const open = async () => {
      const database = await engine.open()
      const store = await PostgresLog.open(database.kysely, { soleWriter: engine.name === 'pglite' })
      const one = { database, store, buses: [] as InProcessBus[] }
      opened.push(one)
      const bus = (through: EventStore = store): InProcessBus => {
        const made = new InProcessBus(through, silent)
        one.buses.push(made)
        return made
      }
      return { store, bus }
    }
    afterAll(async () => {
      for (const { store, buses } of opened) {
        for (const bus of buses) await bus.close()
        await store.close()
      }
    })

    it('catch up from the log and join, while many write: nobody misses an event or hears it twice', async () => {
      const { store, bus } = await open()
      const busy = [new MarkWriter('tomsk35', 'a'), new MarkWriter('tomsk35', 'b'), new MarkWriter('tomsk36')]
      for (const one of busy) await one.write(store, 1_100)
      const followed = bus()
      const over = new AbortController()
      const written = Promise.all(
        busy.map(async (one) => {
          for (let i = 0; i < 40; i++) await one.write(store, 3 + (i % 20))
        }),
      ).finally(() => over.abort())
      const followers = Array.from({ length: 6 }, () => new Follower(null))
      const late: Follower[] = []
      let round = 0
      while (!over.signal.aborted) {
        for (const follower of followers) follower.follow(followed, busy[0]!.school)
        late.push(new Follower(await followed.end()).follow(followed, busy[0]!.school))
        const heard = followers.map((follower) => follower.heard.length)
        await until(
          () => over.signal.aborted || followers.every(({ heard: now }, i) => now.length > heard[i]!),
        )
        // Cut wherever they are, some more often than others.
        for (const [i, follower] of followers.entries()) if (round++ % (i + 1) === 0) await follower.cut()
        for (const follower of followers) await follower.cut()
      }
      await written
      for (const follower of followers) follower.follow(followed, busy[0]!.school)
      const head = await store.head()
      const all = [...followers, ...late]
      await until(() => all.every(({ upTo }) => comparePositions(upTo, head) >= 0))
      const log: Uuid[] = []
      for await (const { id } of store.readAll({ school: busy[0]!.school })) log.push(id)
      for (const { heard } of followers) expect(heard).toEqual(log)
      for (const { heard } of late) expect(heard).toEqual(log.slice(log.length - heard.length))
      for (const follower of all) await follower.cut()
    })

    it('of a school where nothing happens get further with the log, and are told how far', async () => {
      const { store, bus } = await open()
      const quiet = new MarkWriter('tomsk35')
      const busy = new MarkWriter('tomsk36')
      await quiet.write(store, 2)
      const followed = bus()
      const follower = new Follower(null).follow(followed, quiet.school)
      // More than is kept: it has to be read from the log again.
      for (let i = 0; i < 37; i++) await busy.write(store, 250)
      const late = new Follower({ commit: 1n, prepare: 1n }).follow(followed, quiet.school)
      const head = await store.head()
      await until(() => [follower, late].every(({ upTo }) => comparePositions(upTo, head) === 0))
      await quiet.write(store, 1)
      await until(() => follower.heard.length === 3 && late.heard.length === 2)
      expect(follower.heard).toEqual(quiet.written)
      expect(late.heard).toEqual(quiet.written.slice(1))
      for (const one of [follower, late]) await one.cut()
    })

    it('cost the log one subscription, and none while nobody follows', async () => {
      const { store, bus } = await open()
      let subscriptions = 0
      const followed = bus({
        append: (...given) => store.append(...given),
        readStream: (...given) => store.readStream(...given),
        readAll: (...given) => store.readAll(...given),
        subscribe(options) {
          subscriptions++
          return store.subscribe(options)
        },
        head: () => store.head(),
        close: () => store.close(),
      })
      const marks = new MarkWriter('tomsk35')
      await marks.write(store, 5)
      expect(subscriptions).toBe(0)
      const followers = Array.from({ length: 50 }, () => new Follower(null).follow(followed, marks.school))
      await marks.write(store, 5)
      await until(() => followers.every(({ heard }) => heard.length === 10))
      expect(subscriptions).toBe(1)
      await followed.close()
      for (const follower of followers) await follower.cut()
    })

    it('go on by themselves when the log has been away', async () => {
      const { store, bus } = await open()
      let away = 0
      const failing = <Answer>(ask: () => Answer): Answer => {
        if (away > 0) {
          away--
          throw new StoreUnavailable('away')
        }
        return ask()
      }
      const followed = bus({
        append: (...given) => store.append(...given),
        readStream: (...given) => store.readStream(...given),
        readAll: (...given) => failing(() => store.readAll(...given)),
        subscribe: (options) => failing(() => store.subscribe(options)),
        head: () => Promise.resolve().then(() => failing(() => store.head())),
        close: () => store.close(),
      })
      const marks = new MarkWriter('tomsk35')
      await marks.write(store, 5)
      away = 4
      const follower = new Follower(null).follow(followed, marks.school)
      await until(() => follower.heard.length === 5)
      await marks.write(store, 5)
      await until(() => follower.heard.length === 10)
      expect(follower.heard).toEqual(marks.written)
      await follower.cut()
    })
  })
})
