import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { Proofs } from '#integrity/proofs.ts'
import { SealedLog, type Sealed } from '#integrity/sealed-log.ts'
import { type SigningState, StateDamaged, StateFile, StateMoved } from '#integrity/signing-state.ts'
import { formatCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { verifiesConsistency, verifiesInclusion } from '#integrity/tlog/merkle-tree.ts'
import { newSignerKey, signNote } from '#integrity/tlog/signed-note.ts'
import { Instant } from '#values/time.ts'
import { ChainedLog } from '#support/chained-log.ts'
import {
  eachEngine,
  postgresAbsence,
  type TestDatabase,
  type TestEngine,
  temporaryFolder,
  testEngine,
} from '#support/databases.ts'
import { AT_ITS_END, expectTrue, inPages, LOG_KEY, NOON, rootsOf, sealing } from '#support/sealing.ts'
import { until } from '#support/until.ts'

const root = temporaryFolder()
afterAll(() => root.remove())
let made = 0
const newFolder = (): string => {
  const folder = join(root.path, String(++made))
  mkdirSync(folder)
  return folder
}

/** Somebody with the rights of the owner, past the guard. */
async function tamper(database: TestDatabase, table: string, statement: string): Promise<void> {
  await query(database.kysely, `alter table ${table} disable trigger append_only`)
  await query(database.kysely, statement)
  await query(database.kysely, `alter table ${table} enable trigger append_only`)
}

const YESTERDAY = () => Instant.parse('2026-11-24T05:00:00.000Z')

const eventsIn = async (database: TestDatabase): Promise<number> => {
  const [row] = await query<{ n: number }>(database.kysely, 'select count(*)::int as n from log.event')
  return row!.n
}

let database: TestDatabase
let store: EventStore
let chained: ChainedLog
let folder: string
let sealed: SealedLog

/** An empty log, and the folder of its sealer, for each test of the `describe` in which this is called. */
function installations(engine: TestEngine): void {
  beforeEach(async () => {
    database = await engine.open()
    store = await PostgresLog.open(database.kysely)
    chained = new ChainedLog()
    folder = newFolder()
    sealed = new SealedLog(database.kysely)
  })
}

/** Another log of the same installation, as somebody would put it in the place of the true one. */
async function another(
  engine: TestEngine,
  write: (log: ChainedLog, store: EventStore) => Promise<void>,
): Promise<TestDatabase> {
  const other = await engine.open()
  await write(new ChainedLog(), await PostgresLog.open(other.kysely))
  return other
}
const refusalOf = async (other: TestDatabase, parts = {}): Promise<string> =>
  sealing(other, await PostgresLog.open(other.kysely), folder, parts).refusal()

eachEngine((engine) => {
  installations(engine)

  describe('a sealer', () => {
    it('signs the tree over all records, and every record has a proof', async () => {
      const sizes: number[] = []
      for (const more of [1, 40, 300, 700]) {
        await chained.write(store, more)
        const events = await eventsIn(database)
        await sealing(database, store, folder).upTo(events)
        sizes.push(events)
      }
      const roots = await rootsOf(database)
      const notes = await sealed.checkpoints(0, 1_000)
      for (const { note } of notes) expectTrue(note, roots)
      const newest = (await sealed.newest())!
      expect(newest.size).toBe(sizes.at(-1))
      expect((await sealed.keys()).map(({ fromSize }) => fromSize)).toEqual([notes[0]!.size])
      const proofs = new Proofs(sealed)
      let index = 0
      for await (const { id } of store.readAll()) {
        const leaf = (await sealed.find(id))!
        expect(leaf.index).toBe(index++)
        if (index % 37 !== 0) continue
        const proof = await proofs.inclusion(leaf.index, newest)
        expect(verifiesInclusion(leaf.hash, { ...newest, index: leaf.index, proof })).toBe(true)
      }
      for (const older of notes) {
        expect(
          verifiesConsistency(older, newest, await sealed.consistencyProof(older.size, newest.size)),
        ).toBe(true)
      }
      // Tiles are cut to the tree that was signed.
      expect(await sealed.tile({ level: 0, index: 0 }, 256, newest.size)).toHaveLength(8_192)
      expect(await sealed.tile({ level: 0, index: 0 }, 7, newest.size)).toHaveLength(7 * 32)
      expect(await sealed.tile({ level: 0, index: 9 }, 1, newest.size)).toBeNull()
      expect(await sealed.tile({ level: 0, index: 0 }, 256, 255)).toBeNull()
    })
  })
})

eachEngine(
  (engine) => {
    installations(engine)

    describe('a sealer', () => {
      it('signs nothing when nothing came', async () => {
        await chained.write(store, 10)
        await sealing(database, store, folder).upTo(10)
        const before = readFileSync(join(folder, 'state.json'), 'utf8')
        const again = sealing(database, store, folder)
        const stop = new AbortController()
        const running = again.sealer.run(stop.signal)
        stop.abort()
        await running
        expect(again.told.lines).toEqual([])
        expect(readFileSync(join(folder, 'state.json'), 'utf8')).toBe(before)
        expect(await sealed.checkpoints(0, 10)).toHaveLength(1)
      })

      it('goes on exactly where it was when the tables are lost and the signing state is not', async () => {
        await chained.write(store, 600)
        await sealing(database, store, folder).upTo(600)
        // As a copy is restored: the log, and none of the tree.
        const restored = await engine.open()
        const elsewhere = await PostgresLog.open(restored.kysely)
        const again = new ChainedLog()
        await again.write(elsewhere, 600)
        await again.write(elsewhere, 50)
        const events = await eventsIn(restored)
        await sealing(restored, elsewhere, folder).upTo(events)
        const roots = await rootsOf(restored)
        const notes = await new SealedLog(restored.kysely).checkpoints(0, 100)
        // The checkpoint that had been signed is published as it was; none before it is signed again.
        expect(notes[0]!.note).toBe((await sealed.newest())!.note)
        for (const { note } of notes) expectTrue(note, roots)
        expect(notes.at(-1)!.size).toBe(events)
      })

      it('refuses to change what was sealed', async () => {
        await chained.write(store, 3)
        await sealing(database, store, folder).upTo(3)
        for (const statement of [
          'update integrity.leaf set rev = 9',
          'delete from integrity.leaf',
          'truncate integrity.leaf',
          "update integrity.checkpoint set note = ''",
          'delete from integrity.checkpoint',
        ]) {
          await expect(query(database.kysely, statement)).rejects.toThrow('what was sealed is not changed')
        }
      })
    })

    describe('a sealer refuses', () => {
      beforeEach(async () => {
        await chained.write(store, 300)
        await sealing(database, store, folder).upTo(300)
      })

      it('R-F10 (sealing): a log that has become shorter than what was signed', async () => {
        const shorter = await another(engine, (log, target) => log.write(target, 299 - 10))
        expect(await refusalOf(shorter)).toBe('shrunken')
        expect(await new SealedLog(shorter.kysely).newest()).toBeNull()
      })

      it('R-F10 (sealing): a log whose past is another, with chains that fit', async () => {
        const forked = await another(engine, (log, target) => log.skipping(3).write(target, 400))
        expect(await refusalOf(forked)).toBe('forked')
        expect(await new SealedLog(forked.kysely).newest()).toBeNull()
      })

      it('a record that is not as it was written', async () => {
        await chained.write(store, 5)
        await tamper(
          database,
          'log.event',
          `update log.event set canonical = replace(canonical, 'натуральным', 'отрицательным')
         where position = (select max(position) from log.event)`,
        )
        const changed = await PostgresLog.open(database.kysely)
        // Its own text is in order, and it is the last of its stream: nothing but the tree could tell, later.
        await sealing(database, changed, folder).upTo(await eventsIn(database))
        await tamper(
          database,
          'log.event',
          `update log.event set canonical = replace(canonical, '"turn"', ' "turn"')
         where position = (select max(position) from log.event)`,
        )
        await query(database.kysely, 'delete from integrity.progress')
        expect(await refusalOf(database)).toBe('bad-record')
      })

      it('a record that was changed after it was sealed, once it reads it again', async () => {
        await tamper(
          database,
          'log.event',
          `update log.event set canonical = replace(canonical, 'натуральным', 'отрицательным') where position in
           (select max(position) from log.event)`,
        )
        await query(database.kysely, 'delete from integrity.progress')
        expect(await refusalOf(database)).toBe('tables-differ')
      })

      it('leaves that are not those of the records', async () => {
        const { size } = (await sealed.newest())!
        await chained.write(store, 5)
        await sealed.append(size, [
          {
            stream: 'tomsk35.roster-main',
            rev: 0,
            event: '0198c0de-0000-7000-8000-000000000001' as never,
            hash: Buffer.alloc(32),
          },
        ])
        expect(await refusalOf(database)).toBe('tables-differ')
      })

      it('tiles that give another root', async () => {
        await query(
          database.kysely,
          `update integrity.tile set hashes = overlay(hashes placing '\\x00'::bytea from 5)
         where level = 0 and idx = 1`,
        )
        await chained.write(store, 5)
        expect(['tables-differ', 'forked']).toContain(await refusalOf(database))
        expect((await sealed.newest())!.size).toBeLessThan(await eventsIn(database))
      })

      it('to sign at a time before the last signature', async () => {
        await chained.write(store, 5)
        expect(await refusalOf(database, { clock: YESTERDAY })).toBe('clock-back')
        const events = await eventsIn(database)
        await sealing(database, store, folder).upTo(events)
        expect((await sealed.newest())!.at).toBe(NOON())
      })

      it('to go on when the signing state is lost, older, or damaged', async () => {
        const file = join(folder, 'state.json')
        const older = readFileSync(file, 'utf8')
        await chained.write(store, 5)
        await sealing(database, store, folder).upTo(await eventsIn(database))
        await chained.write(store, 5)
        writeFileSync(file, older)
        expect(await refusalOf(database)).toBe('state-lost')
        writeFileSync(file, older.slice(0, 40))
        expect(await refusalOf(database)).toBe('state-lost')
        writeFileSync(file, older.replace('journal.school35', 'journal.school36'))
        expect(await refusalOf(database)).toMatch(/^(state-lost|other-key)$/)
        folder = newFolder()
        expect(await refusalOf(database)).toBe('state-lost')
      })

      it('another key on the state of the first', async () => {
        expect(
          await refusalOf(database, {
            keys: () => [newSignerKey('journal.school36.example/log')],
          }),
        ).toBe('other-key')
      })
    })

    describe('two sealers at once', () => {
      it('on one signing state publish one history', async () => {
        await chained.write(store, 50)
        const [one, two] = [sealing(database, store, folder), sealing(database, store, folder)]
        const stop = new AbortController()
        const running = [one.sealer.run(stop.signal), two.sealer.run(stop.signal)]
        for (let round = 0; round < 10; round++) await chained.write(store, 60)
        const events = await eventsIn(database)
        const all = (facts: Record<string, unknown>): boolean => facts['size'] === events
        await Promise.race([one.told.until(all), two.told.until(all)])
        stop.abort()
        await Promise.all(running)
        const roots = await rootsOf(database)
        for (const { note } of await sealed.checkpoints(0, 1_000)) expectTrue(note, roots)
        expect((await sealed.newest())!.size).toBe(events)
      })
    })
  },
  ['postgres'],
)

type Write = 'append' | 'replace' | 'publish'

/** Lets the writes of one kind fail, from the `nth` on for one time: before they are done, or after. */
class Faults {
  /** Everything that was ever signed, by size. */
  readonly signed = new Map<number, Set<string>>()
  readonly #write: Write
  readonly #done: boolean
  #left: number

  constructor(write: Write, done: boolean, nth: number) {
    this.#write = write
    this.#done = done
    this.#left = nth
  }

  #strikes(write: Write): boolean {
    return write === this.#write && this.#left-- === 0
  }

  sealed(log: SealedLog): SealedLog {
    const around = <Args extends unknown[]>(write: Write, work: (...args: Args) => Promise<void>) => {
      return async (...args: Args): Promise<void> => {
        const strikes = this.#strikes(write)
        if (!strikes || this.#done) await work(...args)
        if (strikes) throw new Error(`${write} failed`)
      }
    }
    return Object.assign(Object.create(log) as SealedLog, {
      append: around('append', (...args: Parameters<SealedLog['append']>) => log.append(...args)),
      publish: around('publish', (...args: Parameters<SealedLog['publish']>) => log.publish(...args)),
      heads: log.heads.bind(log),
      leaves: log.leaves.bind(log),
      progress: log.progress.bind(log),
      edge: log.edge.bind(log),
      newest: log.newest.bind(log),
      consistencyProof: log.consistencyProof.bind(log),
    })
  }

  state(state: SigningState): SigningState {
    return {
      read: () => state.read(),
      replace: (before: Sealed | null, next: Sealed) => {
        const notes = this.signed.get(next.size) ?? new Set()
        this.signed.set(next.size, notes.add(next.note))
        const strikes = this.#strikes('replace')
        if (!strikes || this.#done) state.replace(before, next)
        if (strikes) throw new Error('replace failed')
      },
    }
  }
}

describe.skipIf(postgresAbsence !== null)('a write of a sealer', () => {
  installations(testEngine('postgres'))
  const matrix = (['append', 'replace', 'publish'] as const).flatMap((write) =>
    [false, true].flatMap((done) =>
      [0, 1, 2].map((nth) => ({ write, nth, is: done ? 'done and reported failed' : 'lost', done })),
    ),
  )
  const overlapping = matrix.filter(({ write }) => write === 'append')

  it.each(matrix)(
    '$write number $nth that is $is leaves one history, sealed to its end',
    async ({ write, done, nth }) => {
      const faults = new Faults(write, done, nth)
      const faulty = () => ({
        sealed: faults.sealed(sealed),
        state: faults.state(new StateFile(join(folder, 'state.json'))),
      })
      for (let round = 0; round < 4; round++) {
        await chained.write(store, 30)
        const events = await eventsIn(database)
        const one = sealing(database, store, folder, faulty())
        // The first to fail is as good as killed: another one, who knows nothing of it, goes on.
        const stop = new AbortController()
        const running = one.sealer.run(stop.signal)
        await one.told.until(({ err, size }) => err !== undefined || size === events)
        stop.abort()
        await running
        // What was done and reported failed may have been the last.
        if ((await sealed.newest())?.size !== events) {
          await sealing(database, store, folder, faulty()).upTo(events)
        }
      }
      const events = await eventsIn(database)
      const roots = await rootsOf(database)
      for (const [size, notes] of faults.signed) {
        expect(notes.size, `notes of ${size}`).toBe(1)
        for (const note of notes) expectTrue(note, roots)
      }
      const published = await sealed.checkpoints(0, 1_000)
      for (const { note } of published) expectTrue(note, roots)
      expect(published.at(-1)!.size).toBe(events)
      expect(new StateFile(join(folder, 'state.json')).read()!.size).toBe(events)
    },
  )

  it.each(overlapping)(
    '$write number $nth that is $is while the next batch is checked leaves one history, sealed to its end',
    async ({ write, done, nth }) => {
      const faults = new Faults(write, done, nth)
      await chained.write(store, 100)
      const events = await eventsIn(database)
      const one = sealing(database, store, folder, {
        sealed: faults.sealed(sealed),
        state: faults.state(new StateFile(join(folder, 'state.json'))),
        store: inPages(store, 7),
        every: AT_ITS_END,
      })
      const stop = new AbortController()
      const running = one.sealer.run(stop.signal)
      await until(async () => (await sealed.size()) === events)
      stop.abort()
      await running
      expect(one.told.lines.filter(({ facts }) => facts['err'] !== undefined)).toHaveLength(1)
      const roots = await rootsOf(database)
      for (const notes of faults.signed.values()) for (const note of notes) expectTrue(note, roots)
      const published = await sealed.checkpoints(0, 1_000)
      for (const { note } of published) expectTrue(note, roots)
      expect(published.map(({ size }) => size)).toEqual([events])
    },
  )
})

describe.skipIf(postgresAbsence !== null)('a write on its way', () => {
  installations(testEngine('postgres'))

  it('that fails when nothing comes after it is told, and made good, before anybody says that all is well', async () => {
    await chained.write(store, 30)
    const faults = new Faults('append', false, 0)
    const one = sealing(database, store, folder, { sealed: faults.sealed(sealed), every: AT_ITS_END })
    const stop = new AbortController()
    const running = one.sealer.run(stop.signal)
    await one.told.until(({ since }) => since !== undefined)
    expect(one.told.lines.map(({ message }) => message)).toEqual([
      'the log cannot be sealed yet; waiting',
      'the log is sealed again',
    ])
    expect(await sealed.size()).toBe(await eventsIn(database))
    stop.abort()
    await running
    expect((await sealed.newest())!.size).toBe(await eventsIn(database))
  })

  it('that fails time and again is never said to be well', async () => {
    await chained.write(store, 30)
    let tried = 0
    const away = Object.assign(Object.create(sealed) as SealedLog, {
      append: async () => {
        tried++
        throw new Error('away')
      },
      heads: sealed.heads.bind(sealed),
      leaves: sealed.leaves.bind(sealed),
      progress: sealed.progress.bind(sealed),
      edge: sealed.edge.bind(sealed),
      newest: sealed.newest.bind(sealed),
    })
    const one = sealing(database, store, folder, {
      sealed: away,
      every: AT_ITS_END,
      store: inPages(store, 7),
    })
    const stop = new AbortController()
    const running = one.sealer.run(stop.signal)
    await until(async () => tried >= 3)
    stop.abort()
    await running
    expect(one.sealer.failingSince).not.toBeNull()
    expect(one.told.lines.map(({ message }) => message)).toEqual(['the log cannot be sealed yet; waiting'])
  })
})

describe('the signing state', () => {
  it('is replaced only where it is what was read', () => {
    const file = join(newFolder(), 'state.json')
    const state = new StateFile(file)
    expect(state.read()).toBeNull()
    const [first, second] = twoSealed()
    state.replace(null, first)
    expect(state.read()).toEqual(first)
    expect(() => state.replace(null, second)).toThrow(StateMoved)
    expect(() => state.replace(second, second)).toThrow(StateMoved)
    state.replace(first, second)
    expect(state.read()).toEqual(second)
    // What a killed process left aside is written over.
    writeFileSync(`${file}.new`, 'half of a')
    state.replace(second, first)
    expect(state.read()).toEqual(first)
    writeFileSync(file, 'half of a')
    expect(() => state.read()).toThrow(StateDamaged)
    expect(() => state.replace(first, second)).toThrow(StateDamaged)
  })
})

const sealedAt = (size: number): Sealed => {
  const tree = { origin: LOG_KEY.name, size, root: Buffer.alloc(32, size) }
  return { size, root: tree.root, at: NOON(), note: signNote(formatCheckpoint(tree), LOG_KEY) }
}

/** Two checkpoints of our key, as a sealer makes them. */
function twoSealed(): [Sealed, Sealed] {
  return [sealedAt(1), sealedAt(2)]
}
