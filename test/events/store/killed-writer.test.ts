import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type EventStore, type PositionedEvent, StoreUnavailable } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { startChild } from '#support/child.ts'
import {
  eachEngine,
  postgresAbsence,
  temporaryFolder,
  terminateConnections,
  testEngine,
} from '#support/databases.ts'
import { BATCH, expectedBefore, numberedBatch, numberedStream } from '#support/numbered-batches.ts'
import { openEmbedded } from '#main/database.ts'
import { collect, expectGrowing, streamOf } from './event-store.conformance.ts'

const WRITERS = 8
const writers = Array.from({ length: WRITERS }, (_, writer) => writer)

/**
 * Writes in a process of its own, and kills it after some acknowledgements.
 *
 * @param before the last batch of each writer from before: in a short life some may write none
 * @returns the last batch of each that was acknowledged
 */
async function killedAfter(
  acknowledgements: number,
  at: string,
  before: readonly number[],
): Promise<number[]> {
  const child = startChild('write-batches.ts', at, String(WRITERS))
  const written = [...before]
  const note = (line: string): void => {
    const [writer, batch] = line.split(' ').map(Number)
    written[writer!] = batch!
  }
  for (let seen = 0; seen < acknowledgements; seen++) {
    const { value } = await child.lines.next()
    if (value === undefined) throw new Error('the writer ended before it was killed')
    note(value)
  }
  await child.kill()
  for (let line = await child.lines.next(); line.value !== undefined; line = await child.lines.next()) {
    note(line.value)
  }
  return written
}

/** Every stream holds whole batches, in order, and at least what was acknowledged; tells how many each holds. */
async function expectWhole(store: EventStore, acknowledged: readonly number[]): Promise<number[]> {
  const held: number[] = []
  for (const writer of writers) {
    const events = await streamOf(store, numberedStream(writer))
    expect(events.length % BATCH).toBe(0)
    const count = events.length / BATCH
    expect(count).toBeGreaterThan(acknowledged[writer]!)
    // One batch a writer is under way at most.
    expect(count).toBeLessThanOrEqual(acknowledged[writer]! + 2)
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, i) => BigInt(i)))
    const written = Array.from({ length: count }, (_, n) => numberedBatch(writer, n)).flat()
    expect(events.map(({ canonical }) => canonical)).toEqual(written.map(({ canonical }) => canonical))
    held.push(count)
  }
  const log = await collect(store.readAll())
  expectGrowing(log)
  expect(log).toHaveLength(held.reduce((sum, count) => sum + count * BATCH, 0))
  return held
}

eachEngine(
  (engine) => {
    it('has every acknowledged append and no half one after its writer was killed, time and again', async () => {
      const { at, reopen, close } = await emptyLog(engine.name === 'postgres')
      let last = writers.map(() => -1)
      for (let round = 0; round < 3; round++) {
        const acknowledged = await killedAfter(randomInt(20, 200), at, last)
        const { store, release } = await reopen()
        const held = await expectWhole(store, acknowledged)
        // Each writer asks once more for what it does not know to be recorded: all of it stands once.
        for (const writer of writers) {
          const n = acknowledged[writer]! + 1
          const appended = await store.append(
            numberedStream(writer),
            expectedBefore(n),
            numberedBatch(writer, n),
          )
          expect(appended.revision).toBe(BigInt((n + 1) * BATCH) - 1n)
          expect(appended.fresh).toBe(held[writer] === n)
        }
        await expectWhole(store, acknowledged)
        last = acknowledged.map((batch) => batch + 1)
        await release()
      }
      await close()
    })

    async function emptyLog(onServer: boolean) {
      if (onServer) {
        const database = await engine.open()
        const reopen = async () => {
          // The server may still be at the last statement of the dead process: look when that is over.
          await terminateConnections(database.at!)
          const store = await PostgresLog.open((await database.reopen()).kysely)
          return { store, release: () => store.close() }
        }
        return { at: database.at!, reopen, close: async () => {} }
      }
      const folder = temporaryFolder()
      const reopen = async () => {
        const database = await openEmbedded(folder.path)
        const store = await PostgresLog.open(database.kysely, { soleWriter: true })
        const release = async (): Promise<void> => {
          await store.close()
          await database.close()
        }
        return { store, release }
      }
      return { at: folder.path, reopen, close: async () => folder.remove() }
    }
  },
  ['pglite on disk', 'postgres'],
)

describe.skipIf(postgresAbsence !== null)('a PostgreSQL that drops all connections', () => {
  const engine = testEngine('postgres')

  it('costs no event, doubles none, and the log goes on', async () => {
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely)
    const BATCHES = 30
    let acknowledged = 0
    let dropped = 0

    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < BATCHES; ) {
        try {
          await store.append(numberedStream(writer), expectedBefore(n), numberedBatch(writer, n))
          n++
          acknowledged++
        } catch (error) {
          expect(error).toBeInstanceOf(StoreUnavailable)
        }
        if (acknowledged >= 40 * (dropped + 1)) {
          dropped++
          await terminateConnections(database.at!)
        }
      }
    }

    const abort = new AbortController()
    const seen: PositionedEvent[] = []
    const subscribe = async (): Promise<void> => {
      while (!abort.signal.aborted) {
        try {
          const after = seen.at(-1)?.position ?? null
          for await (const batch of store.subscribe({ after, signal: abort.signal })) {
            seen.push(...batch)
            if (seen.length >= WRITERS * BATCHES * BATCH) abort.abort()
          }
        } catch (error) {
          expect(error).toBeInstanceOf(StoreUnavailable)
        }
      }
    }

    await Promise.all([subscribe(), ...writers.map(write)])
    expect(dropped).toBeGreaterThanOrEqual(5)
    await expectWhole(
      store,
      writers.map(() => BATCHES - 1),
    )
    expectGrowing(seen)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(WRITERS * BATCHES * BATCH)
    await store.close()
  })
})
