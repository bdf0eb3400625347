import { readdirSync } from 'node:fs'
import { CompiledQuery, Kysely, PGliteDialect } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { StoreUnavailable } from '#events/store/event-store.ts'
import { migrate } from '#main/migrations.ts'
import { openDurablePGlite } from '#main/durable-pglite.ts'
import { temporaryFolder } from '#support/databases.ts'
import { records, someStream } from '#support/random-records.ts'

/** A log on disk whose flushes are counted, and may be told to fail. */
async function openCounted(folder: string) {
  const flushes = { count: 0, fails: false }
  const pglite = await openDurablePGlite(folder, () => {
    flushes.count++
    if (flushes.fails) throw new Error('EIO: the disk is gone')
  })
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile())
  const atStart = { files: files.length, flushes: flushes.count }
  const kysely = new Kysely<unknown>({ dialect: new PGliteDialect({ pglite }) })
  await migrate(kysely)
  const store = await PostgresLog.open(kysely, { soleWriter: true })
  return { atStart, flushes, kysely, store, close: () => kysely.destroy() }
}

describe('PGlite on disk', () => {
  const folder = temporaryFolder()
  let log: Awaited<ReturnType<typeof openCounted>>
  beforeAll(async () => {
    log = await openCounted(folder.path)
  })
  afterAll(async () => {
    await log.close()
    folder.remove()
  })
  const flushesOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = log.flushes.count
    await work()
    return log.flushes.count - before
  }

  it('runs with fsync on', async () => {
    const { rows } = await log.kysely.executeQuery<{ fsync: string; method: string }>(
      CompiledQuery.raw(
        `select current_setting('fsync') as fsync, current_setting('wal_sync_method') as method`,
      ),
    )
    expect(rows).toEqual([{ fsync: 'on', method: 'fsync' }])
  })

  it('has brought all files of a new folder to the disk', () => {
    expect(log.atStart.files).toBeGreaterThan(500)
    expect(log.atStart.flushes).toBeGreaterThanOrEqual(log.atStart.files)
  })

  it('brings each append to the disk before it is acknowledged', async () => {
    const stream = someStream()
    for (let at = -1n; at < 9n; at++) {
      const flushes = await flushesOf(() =>
        log.store.append(stream, at < 0n ? 'no-stream' : at, records(stream, at)),
      )
      expect(flushes).toBeGreaterThanOrEqual(1)
    }
  })

  it('brings the appends of 64 writers to the disk together', async () => {
    const streams = Array.from({ length: 64 }, () => someStream())
    const flushes = await flushesOf(() =>
      Promise.all(streams.map((stream) => log.store.append(stream, 'no-stream', records(stream, -1n)))),
    )
    expect(flushes).toBeGreaterThanOrEqual(1)
    expect(flushes).toBeLessThan(8)
  })

  it('flushes nothing for a read', async () => {
    const flushes = await flushesOf(async () => {
      await log.store.head()
      for await (const event of log.store.readAll()) expect(event.revision).toBeGreaterThanOrEqual(0n)
    })
    expect(flushes).toBe(0)
  })

  it('shows what was recorded when the folder is opened again', async () => {
    const stream = someStream()
    const given = records(stream, -1n, 3)
    await log.store.append(stream, 'no-stream', given)
    await log.close()
    log = await openCounted(folder.path)
    const kept: string[] = []
    for await (const { canonical } of log.store.readStream(stream)) kept.push(canonical)
    expect(kept).toEqual(given.map(({ canonical }) => canonical))
  })

  it('acknowledges nothing from a refused flush on, and is whole when the folder is opened again', async () => {
    const stream = someStream()
    const kept = records(stream, -1n)
    await log.store.append(stream, 'no-stream', kept)
    log.flushes.fails = true
    const lost = records(stream, 0n)
    await expect(log.store.append(stream, 0n, lost)).rejects.toBeInstanceOf(StoreUnavailable)
    const other = someStream()
    await expect(log.store.append(other, 'no-stream', records(other, -1n))).rejects.toBeInstanceOf(
      StoreUnavailable,
    )
    log.flushes.fails = false
    await expect(log.store.head()).rejects.toBeInstanceOf(StoreUnavailable)

    await log.close()
    log = await openCounted(folder.path)
    expect((await log.store.append(stream, 'no-stream', kept)).revision).toBe(0n)
    // Nothing is known of the refused one but this: sent again, it stands once.
    expect((await log.store.append(stream, 0n, lost)).revision).toBe(1n)
    const ids: string[] = []
    for await (const { id } of log.store.readStream(stream)) ids.push(id)
    expect(ids).toEqual([...kept, ...lost].map(({ id }) => id))
  })
})
