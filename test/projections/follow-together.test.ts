import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type EventStore, type PositionedEvent, StoreUnavailable } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import type { Position } from '#events/store/position.ts'
import { followTogether } from '#projections/follow-together.ts'
import { Projector } from '#projections/projector.ts'
import { positionAt } from '#support/chronicle.ts'
import { testEngine, type TestDatabase } from '#support/databases.ts'
import { writePastStore } from '#support/write-past-store.ts'
import { record } from '#support/random-history.ts'
import { FOR_EVER } from './catch-up.ts'
import { clock, many, placed, placements } from './placements.ts'

const engine = testEngine('pglite')
const history = placed(...many(12_000))
const log = { info: () => {}, error: () => {} }

let database: TestDatabase
let store: EventStore
let batches: number
let together: EventStore

beforeEach(async () => {
  database = await engine.open()
  await writePastStore(database.kysely, history.slice(0, -4))
  store = await PostgresLog.open(database.kysely)
  batches = 0
  together = followTogether(counted(store))
})

/** The same store, which counts the batches that it hands out. */
function counted(store: EventStore): EventStore {
  return {
    append: (...to) => store.append(...to),
    readStream: (...from) => store.readStream(...from),
    readAll: (...from) => store.readAll(...from),
    async *subscribe(options) {
      for await (const events of store.subscribe(options)) {
        batches++
        yield events
      }
    },
    head: () => store.head(),
    close: () => store.close(),
  }
}

/** Everything up to the `until`-th event of the history, as one follower meets it. */
async function followed(
  after: Position | null,
  until: number,
  pause: (events: readonly PositionedEvent[]) => Promise<unknown> = async () => {},
): Promise<PositionedEvent['id'][]> {
  const stop = new AbortController()
  const ids: PositionedEvent['id'][] = []
  const last = history[until - 1]!.id
  for await (const events of together.subscribe({ after, signal: stop.signal })) {
    ids.push(...events.map(({ id }) => id))
    if (ids.at(-1) === last) stop.abort()
    await pause(events)
  }
  return ids
}

const ids = (from: number, until: number) => history.slice(from, until).map(({ id }) => id)

describe('those who follow a log together', () => {
  it('each meet every event once, in order, and it is read once for all of them', async () => {
    const until = history.length - 4
    const all = await Promise.all([followed(null, until), followed(null, until), followed(null, until)])
    for (const met of all) expect(met).toEqual(ids(0, until))
    expect(batches).toBe(Math.ceil(until / 1_000))
  })

  it('begin where they stand, and meet what comes', async () => {
    const early = followed(null, history.length)
    const late = followed(positionAt(11_499), history.length)
    await record(store, history.slice(-4))
    expect(await early).toEqual(ids(0, history.length))
    expect(await late).toEqual(ids(11_500, history.length))
  })

  it('do not wait for one that is held, which reads alone then and catches up', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const until = history.length - 4
    const slow = followed(null, until, () => held)
    expect(await followed(null, until)).toEqual(ids(0, until))
    letGo()
    expect(await slow).toEqual(ids(0, until))
  })

  it('are all told when the engine is away, and go on after it', async () => {
    let away = false
    together = followTogether({
      ...counted(store),
      async *subscribe(options) {
        for await (const events of store.subscribe(options)) {
          if (away) throw new StoreUnavailable('gone')
          yield events
        }
      },
    })
    const projectors = ['placements', 'others'].map(
      (name) =>
        new Projector(placements({ name }), { store: together, database: database.kysely, clock, log }),
    )
    for (const projector of projectors) await projector.start()
    for (const projector of projectors) {
      expect(await projector.reaches(positionAt(history.length - 5), FOR_EVER)).toBe(true)
    }
    away = true
    await record(store, history.slice(-4))
    const told = vi.fn<() => void>()
    await Promise.all(
      [0, 1].map(async () => {
        const events = together.subscribe({
          after: positionAt(history.length - 5),
          signal: AbortSignal.timeout(FOR_EVER),
        })
        await expect(events[Symbol.asyncIterator]().next()).rejects.toThrow(StoreUnavailable)
        told()
      }),
    )
    expect(told).toHaveBeenCalledTimes(2)
    away = false
    for (const projector of projectors) {
      expect(await projector.reaches(positionAt(history.length - 1), FOR_EVER)).toBe(true)
      await projector.stop()
    }
  })
})
