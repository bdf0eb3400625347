import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import type { SealerParts } from '#integrity/sealer.ts'
import { type SigningState, StateFile } from '#integrity/signing-state.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Frontier } from '#integrity/tlog/merkle-tree.ts'
import { checkLog } from '#main/log-copy/check-log.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { eachEngine, type TestDatabase, temporaryFolder } from '#support/databases.ts'
import { AT_ITS_END, expectTrue, inPages, rootsOf, type Sealing, sealing } from '#support/sealing.ts'
import { Steps } from '#support/steps.ts'
import { until } from '#support/until.ts'

const root = temporaryFolder()
afterAll(() => root.remove())
let made = 0

/** More than a sealer takes to sign what it finds. */
const MOST_STEPS = 80
/** New records of a round: trees of all widths are met, and full tiles among them. */
const ROUND = 13

eachEngine((engine) => {
  let database: TestDatabase
  let store: EventStore
  let sealed: SealedLog
  let folder: string
  /** Everything that was ever signed, by size. */
  let signed: Map<number, Set<string>>
  const chained = { log: new ChainedLog() }

  beforeEach(async () => {
    database = await engine.open()
    store = await PostgresLog.open(database.kysely)
    sealed = new SealedLog(database.kysely)
    folder = join(root.path, String(++made))
    mkdirSync(folder)
    signed = new Map()
    chained.log = new ChainedLog()
  })

  // Whatever was done to the sealer, the log that it follows is as it was written.
  afterEach(async () => {
    expect((await checkLog(store, await store.head())).records).toBe(await events())
  })

  const events = async (): Promise<number> => {
    const [row] = await query<{ n: number }>(database.kysely, 'select count(*)::int as n from log.event')
    return row!.n
  }

  /** What is signed is seen before it is kept, so that a signature that reached nobody counts too. */
  const seen = (state: SigningState): SigningState => ({
    read: () => state.read(),
    replace(before, next) {
      signed.set(next.size, (signed.get(next.size) ?? new Set()).add(Buffer.from(next.root).toString('hex')))
      state.replace(before, next)
    },
  })
  const stateAt = (): string => join(folder, 'state.json')
  const sealer = (): Sealing => sealing(database, store, folder, { state: seen(new StateFile(stateAt())) })
  const stepping = (steps: Steps, parts: Partial<SealerParts> = {}): Sealing =>
    sealing(database, store, folder, {
      sealed: new SealedLog(steps.database(database.kysely)),
      state: seen(steps.state(stateAt())),
      ...parts,
    })
  /** It has several batches of each round, the next of which is checked while one is written. */
  const overlapping = (steps: Steps): Sealing =>
    stepping(steps, { store: inPages(store, 3), every: AT_ITS_END })

  /** One history, sealed to its end: every record once and at its place, no size signed with two roots. */
  async function expectOneHistory(step: string): Promise<void> {
    const roots = await rootsOf(database)
    for (const [size, found] of signed) {
      expect([...found], `${step}: signed of ${size}`).toEqual([Buffer.from(roots[size]!).toString('hex')])
    }
    const notes = await sealed.checkpoints(0, 10_000)
    for (const { note } of notes) expectTrue(note, roots)
    const end = roots.length - 1
    expect(notes.at(-1)!.size, step).toBe(end)
    expect(new StateFile(stateAt()).read()!.size, step).toBe(end)
    const leaves = await sealed.leaves(0, end + 10)
    const tree: Array<{ event: string; hash: string }> = []
    for await (const { id, canonical } of store.readAll()) tree.push({ event: id, hash: leafHash(canonical) })
    expect(
      leaves.map(({ event, hash }) => ({ event, hash: Buffer.from(hash).toString('base64') })),
      step,
    ).toEqual(tree)
    expect(Buffer.from(new Frontier(end, await sealed.edge(end)).root()), step).toEqual(
      Buffer.from(roots[end]!),
    )
  }

  describe('a sealer', () => {
    it('R-F10 (sealing): stopped before each single step of its work has signed one history, which the next seals to its end', async () => {
      const stops: string[] = []
      for (let at = 0; at < MOST_STEPS; at++) {
        await chained.log.write(store, ROUND)
        const steps = new Steps(at)
        const stopped = stepping(steps)
        const stop = new AbortController()
        const running = stopped.sealer.run(stop.signal)
        const size = await events()
        await stopped.told.until((facts) => facts['err'] !== undefined || facts['size'] === size)
        stop.abort()
        await running
        if (!steps.struck) break
        const step = `${at} ${steps.reached.at(-1)}`
        stops.push(steps.reached.at(-1)!)
        const kept = new StateFile(stateAt()).read()
        await chained.log.write(store, 1)
        await sealer().upTo(await events())
        // What the stopped one had kept as signed is published as it was.
        const sizes = (await sealed.checkpoints(0, 10_000)).map((one) => one.size)
        if (kept !== null) expect(sizes, step).toContain(kept.size)
        await expectOneHistory(step)
      }
      expect(stops.length).toBeLessThan(MOST_STEPS)
      // Every kind of write was cut off before it, and what follows a write stands in the same list.
      expect(stops).toEqual(
        expect.arrayContaining([
          // Leaves and tiles are one statement.
          'with leaf as',
          'insert into integrity.checkpoint',
          'insert into integrity.key',
          'insert into integrity.progress',
          'writeFileSync',
          'writeFileSync, half of it',
          'fsyncSync',
          'renameSync',
        ]),
      )
      expect(stops.filter((step) => step === 'commit')).toHaveLength(1)
    }, 180_000)

    it('R-F10 (sealing): whom another one joins at each single step of its work has one history with it', async () => {
      let joined = 0
      for (let at = 0; at < MOST_STEPS; at++) {
        await chained.log.write(store, ROUND)
        const size = await events()
        const other = sealer()
        const stop = new AbortController()
        const runs: Array<Promise<void>> = []
        const steps = new Steps(at, async (inTransaction) => {
          joined++
          let done = false
          runs.push(other.sealer.run(stop.signal))
          const end = other.told.until((facts) => facts['size'] === size || facts['err'] !== undefined)
          const ended = (): void => void (done = true)
          end.then(ended, ended)
          // Behind an open transaction the other one may have to wait: it is let in as far as it comes.
          if (inTransaction && engine.name === 'pglite') return
          await until(async () => done || (inTransaction && (await waiting())))
        })
        const one = stepping(steps)
        runs.push(one.sealer.run(stop.signal))
        await until(async () => (await sealed.newest())?.size === size)
        stop.abort()
        await Promise.all(runs)
        if (!steps.struck) break
        await expectOneHistory(`${at} ${steps.reached[at]}`)
      }
      expect(joined).toBeGreaterThan(12)
      expect(joined).toBeLessThan(MOST_STEPS)
    }, 180_000)
  })

  describe('a sealer that checks the next batch while one is written', () => {
    it('R-F10 (sealing): stopped before each single step of its work has signed one history, which the next seals to its end', async () => {
      const stops: string[] = []
      for (let at = 0; at < MOST_STEPS; at++) {
        await chained.log.write(store, ROUND)
        const steps = new Steps(at)
        const stopped = overlapping(steps)
        const stop = new AbortController()
        const running = stopped.sealer.run(stop.signal)
        const size = await events()
        await until(async () => steps.struck || (await sealed.size()) === size)
        stop.abort()
        await running
        if (!steps.struck) break
        stops.push(steps.reached[at]!)
        await chained.log.write(store, 1)
        await sealer().upTo(await events())
        await expectOneHistory(`${at} ${steps.reached[at]}`)
      }
      expect(stops.length).toBeLessThan(MOST_STEPS)
      expect(stops.filter((step) => step === 'with leaf as').length).toBeGreaterThan(3)
      expect(stops).toEqual(expect.arrayContaining(['insert into integrity.checkpoint', 'renameSync']))
    }, 180_000)

    it('R-F10 (sealing): whom another one joins at each single step of its work has one history with it', async () => {
      let joined = 0
      for (let at = 0; at < MOST_STEPS; at++) {
        await chained.log.write(store, ROUND)
        const size = await events()
        const other = sealer()
        // The other one goes on while this one signs at its end.
        const [stop, after] = [new AbortController(), new AbortController()]
        let beside = Promise.resolve()
        const steps = new Steps(at, async (inTransaction) => {
          joined++
          beside = other.sealer.run(after.signal)
          // Behind an open transaction the other one would have to wait.
          if (inTransaction) return
          await other.told.until((facts) => facts['size'] === size || facts['err'] !== undefined)
        })
        const running = overlapping(steps).sealer.run(stop.signal)
        await until(async () => (await sealed.size()) === size)
        stop.abort()
        await running
        after.abort()
        await beside
        if (!steps.struck) break
        // Who was refused by the other one as both were ended signs nothing more.
        if ((await sealed.newest())?.size !== size) await sealer().upTo(size)
        await expectOneHistory(`${at} ${steps.reached[at]}`)
      }
      expect(joined).toBeGreaterThan(20)
      expect(joined).toBeLessThan(MOST_STEPS)
    }, 180_000)
  })

  /** Whether somebody in this database waits for what another one has not committed yet. */
  async function waiting(): Promise<boolean> {
    const [row] = await query<{ n: number }>(
      database.kysely,
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return row!.n > 0
  }
})
