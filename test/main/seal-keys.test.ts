import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { parseVerifierKey, verifiedKeys } from '#integrity/tlog/signed-note.ts'
import { verifiesConsistency } from '#integrity/tlog/merkle-tree.ts'
import { isAnchor, vouched } from '#integrity/trust.ts'
import { newKey, readKeys, retireKey, rotateKey, showKey } from '#main/seal-keys.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { temporaryFolder, testEngine, type TestDatabase } from '#support/databases.ts'
import { ORIGIN, sealing } from '#support/sealing.ts'

const root = temporaryFolder()
afterAll(() => root.remove())
const engine = testEngine('pglite')

const nextOf = (report: { json: unknown }): string => (report.json as { vkey: string }).vkey
const signedBy = (note: string, ...vkeys: string[]): number =>
  verifiedKeys(parseCheckpoint(note).note, vkeys.map(parseVerifierKey)).length
const size = (note: string): number => parseCheckpoint(note).size

describe('a change of the key of the seal', () => {
  let made = 0
  let folder: string
  let database: TestDatabase
  let store: EventStore
  let chained: ChainedLog
  let sealed: SealedLog
  let first: string
  beforeEach(async () => {
    folder = join(root.path, String(++made))
    first = (newKey(folder, ORIGIN).json as { vkey: string }).vkey
    database = await engine.open()
    store = await PostgresLog.open(database.kysely)
    sealed = new SealedLog(database.kysely)
    chained = new ChainedLog()
  })

  /** More records, and a checkpoint over them. */
  async function grow(): Promise<string> {
    await chained.write(store, 5)
    let size = 0
    for await (const _ of store.readAll()) size++
    await sealing(database, store, folder, { keys: () => readKeys(folder) }).upTo(size)
    return (await sealed.newest())!.note
  }
  it('lets both sign one tree, so that whoever trusts the old one sees the new one, and then the new one alone', async () => {
    const before = await grow()
    const second = nextOf(rotateKey(folder))
    const both = await grow()
    retireKey(folder)
    const after = await grow()
    expect([before, both, after].map((note) => signedBy(note, first, second))).toEqual([1, 2, 1])
    expect([before, both, after].map((note) => signedBy(note, first))).toEqual([1, 1, 0])
    // One log under one name: each checkpoint is believed by whoever has the keys of its time.
    const trust = { keys: [first, second].map(parseVerifierKey), witnesses: [], quorum: 0 }
    for (const note of [before, both, after]) expect(isAnchor(vouched(note, trust), trust)).toBe(true)
    const [old, next] = await sealed.keys()
    expect(old).toEqual({ vkey: first, fromSize: size(before), lastSize: size(both) })
    expect(next).toEqual({ vkey: second, fromSize: size(both), lastSize: size(after) })
    expect(showKey(folder).json).toMatchObject({ origin: ORIGIN, vkeys: [second] })
    expect(readFileSync(join(folder, 'log.key'), 'utf8').trimEnd().split('\n')).toHaveLength(1)
  })

  it('is ended only after both have signed, and begun only when none is going on', async () => {
    await grow()
    expect(() => retireKey(folder)).toThrow('Смены ключа нет')
    rotateKey(folder)
    expect(showKey(folder).lines).toContain('Идёт смена ключа: подписывают оба.')
    expect(() => rotateKey(folder)).toThrow('Смена ключа уже идёт')
    expect(() => retireKey(folder)).toThrow('Новый ключ ещё ничего не подписал')
    await grow()
    retireKey(folder)
    rotateKey(folder)
    expect(readKeys(folder)).toHaveLength(2)
  })

  it('that was lost is followed by a new name over the same records: what the old one signed stays proof, and the new log goes on from it', async () => {
    const before = await grow()
    const old = parseCheckpoint(before)
    rmSync(join(folder, 'log.key'))
    expect(() => readKeys(folder)).toThrow('letopis keys new')
    // A new key beside the state of the old one, or beside its checkpoints, signs nothing.
    const second = nextOf(newKey(folder, 'journal.school35.example/log2'))
    const newKeys = () => readKeys(folder)
    expect(await sealing(database, store, folder, { keys: newKeys }).refusal()).toBe('other-key')
    const next = join(root.path, String(++made))
    mkdirSync(next)
    expect(await sealing(database, store, next, { keys: newKeys }).refusal()).toBe('state-lost')
    expect((await sealed.newest())!.note).toBe(before)

    // The same log without the tables of the tree, as a copy restores it.
    const restored = await engine.open()
    const elsewhere = await PostgresLog.open(restored.kysely)
    const again = new ChainedLog()
    await again.write(elsewhere, 5)
    await again.write(elsewhere, 5)
    let events = 0
    for await (const _ of elsewhere.readAll()) events++
    await sealing(restored, elsewhere, next, { keys: newKeys }).upTo(events)
    const log2 = new SealedLog(restored.kysely)
    const { note, ...after } = (await log2.newest())!
    expect(parseCheckpoint(note).origin).toBe('journal.school35.example/log2')
    expect([signedBy(note, second), signedBy(note, first), signedBy(before, first)]).toEqual([1, 0, 1])
    expect(verifiesConsistency(old, after, await log2.consistencyProof(old.size, after.size))).toBe(true)
  })

  it('is read by a sealer that runs, which goes on without a restart', async () => {
    await chained.write(store, 5)
    const running = sealing(database, store, folder, { keys: () => readKeys(folder) })
    const stop = new AbortController()
    const work = running.sealer.run(stop.signal)
    await running.told.until((facts) => facts['size'] !== undefined)
    const second = nextOf(rotateKey(folder))
    const size = running.sealer.last!.size
    await chained.write(store, 5)
    await running.told.until((facts) => Number(facts['size']) > size)
    stop.abort()
    await work
    expect(signedBy((await sealed.newest())!.note, first, second)).toBe(2)
  })

  it('leaves no key by half: a file that is none is told, and two names in one file are none', async () => {
    const file = join(folder, 'log.key')
    const other = join(root.path, 'other')
    newKey(other, 'journal.school36.example/log')
    writeFileSync(file, readFileSync(file, 'utf8') + readFileSync(join(other, 'log.key'), 'utf8'))
    expect(() => readKeys(folder)).toThrow('это не ключ')
    writeFileSync(file, 'PRIVATE+KEY+nothing')
    expect(() => rotateKey(folder)).toThrow('это не ключ')
  })
})

describe('an event that must not wait', () => {
  it('is signed at once', async () => {
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely)
    const chained = new ChainedLog()
    const folder = join(root.path, 'forced')
    newKey(folder, ORIGIN)
    const rarely = { keys: () => readKeys(folder), every: 3_600_000 }
    const waiting = sealing(database, store, folder, rarely)
    const forced = sealing(database, store, folder, { ...rarely, forces: (type) => type === 'NoteTaken' })
    await chained.write(store, 5)
    // Without force nothing is signed within the hour but at the end of the work; with it, the batch is.
    const stop = new AbortController()
    const work = forced.sealer.run(stop.signal)
    await forced.told.until((facts) => facts['size'] !== undefined)
    expect(forced.sealer.last).not.toBeNull()
    stop.abort()
    await work
    const size = forced.sealer.last!.size
    await chained.write(store, 5)
    const over = new AbortController()
    const lazy = waiting.sealer.run(over.signal)
    while (waiting.sealer.last?.size !== size) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    expect(waiting.sealer.last?.size).toBe(size)
    over.abort()
    await lazy
  })
})
