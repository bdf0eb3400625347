import { join } from 'node:path'
import type { EventStore } from '#events/store/event-store.ts'
import { Bell } from '#events/store/bell.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { Sealer, type SealerParts } from '#integrity/sealer.ts'
import { StateFile } from '#integrity/signing-state.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Frontier, type TreeHash } from '#integrity/tlog/merkle-tree.ts'
import { newSignerKey, verifiedKeys, type VerifierKey } from '#integrity/tlog/signed-note.ts'
import { verifyLog } from '#integrity/verify-log.ts'
import { type Clock, Instant } from '#values/time.ts'
import { expect } from 'vitest'
import type { TestDatabase } from './databases.ts'

export const ORIGIN = 'journal.school35.example/log'
export const LOG_KEY = newSignerKey(ORIGIN)
export const NOON: Clock = () => Instant.parse('2026-11-25T05:00:00.000Z')

/** What a sealer tells its operator; whoever waits for a line is woken by it. */
export class ToldLog {
  readonly lines: Array<{ readonly facts: Record<string, unknown>; readonly message: string }> = []
  readonly #bell = new Bell()
  readonly #tell = (facts: object, message: string): void => {
    this.lines.push({ facts: facts as Record<string, unknown>, message })
    this.#bell.ring()
  }
  readonly info = this.#tell
  readonly warn = this.#tell
  readonly error = this.#tell

  /** The first line of which this is true, now or later; ends with an error after half a minute. */
  async until(is: (facts: Record<string, unknown>) => boolean): Promise<void> {
    const end = AbortSignal.timeout(30_000)
    for (;;) {
      const rung = this.#bell.rung
      if (this.lines.some(({ facts }) => is(facts))) return
      if (end.aborted) throw new Error(`not told: ${JSON.stringify(this.lines)}`)
      await rung.orAfter(30_000, end)
    }
  }
}

export interface Sealing {
  readonly sealer: Sealer
  readonly told: ToldLog
  /** Runs until a checkpoint covers so many records, and stops. Log and tree are then held against each other. */
  upTo(size: number): Promise<void>
  /** Runs until it refuses, and stops. @returns why */
  refusal(): Promise<string>
}

/** A sealer over a database whose log is `store`, which signs after every batch. */
export function sealing(
  database: Pick<TestDatabase, 'kysely'>,
  store: EventStore,
  folder: string,
  other: Partial<SealerParts> = {},
): Sealing {
  const told = new ToldLog()
  const sealer = new Sealer({
    store,
    sealed: new SealedLog(database.kysely),
    state: new StateFile(join(folder, 'state.json')),
    keys: () => [LOG_KEY],
    forces: () => false,
    clock: NOON,
    log: told,
    every: 0,
    ...other,
  })
  const until = async (is: (facts: Record<string, unknown>) => boolean): Promise<void> => {
    const stop = new AbortController()
    const running = sealer.run(stop.signal)
    try {
      await told.until(is)
    } finally {
      stop.abort()
      await running
    }
  }
  return {
    sealer,
    told,
    async upTo(size) {
      await until((facts) => typeof facts['size'] === 'number' && facts['size'] >= size)
      await expectWhole(database, store, { keys: (other.keys ?? (() => [LOG_KEY]))(), sealed: size })
    },
    async refusal() {
      await until((facts) => facts['because'] !== undefined)
      return told.lines.find(({ facts }) => facts['because'] !== undefined)!.facts['because'] as string
    },
  }
}

/** A log as a sealer follows it, which hands it so many events at once, however many there are. */
export const inPages = (store: EventStore, width: number): SealerParts['store'] => ({
  head: () => store.head(),
  async *subscribe(options) {
    for await (const events of store.subscribe(options)) {
      for (let at = 0; at < events.length; at += width) yield events.slice(at, at + width)
    }
  },
})

/** More than any test lasts, in milliseconds: a sealer that signs when it ends. */
export const AT_ITS_END = 3_600_000

/** That a log is whole, and what was sealed of it is what it holds: records, chains, leaves, tree and checkpoints. */
export async function expectWhole(
  database: Pick<TestDatabase, 'kysely'>,
  store: EventStore,
  { keys = [LOG_KEY], sealed = 1 }: { readonly keys?: readonly VerifierKey[]; readonly sealed?: number } = {},
): Promise<void> {
  const trust = { keys, witnesses: [], quorum: 0 }
  const found = await verifyLog(store, { sealed: new SealedLog(database.kysely), trust, pinned: [] })
  expect(found.anchored).toBeGreaterThanOrEqual(sealed)
}

/** The roots of every size of the tree over a log, made from its records alone. */
export async function rootsOf(database: TestDatabase): Promise<TreeHash[]> {
  const frontier = new Frontier()
  const roots = [frontier.root()]
  for await (const { canonical } of (await PostgresLog.open(database.kysely)).readAll()) {
    frontier.append(Buffer.from(leafHash(canonical), 'base64'))
    roots.push(frontier.root())
  }
  return roots
}

/** That a note is a checkpoint of our key, over a tree that is the beginning of the log. */
export function expectTrue(note: string, roots: readonly TreeHash[]): number {
  const { origin, size, root, note: parsed } = parseCheckpoint(note)
  expect(origin).toBe(ORIGIN)
  expect(verifiedKeys(parsed, [LOG_KEY])).toHaveLength(1)
  expect(Buffer.from(root).toString('hex')).toBe(Buffer.from(roots[size]!).toString('hex'))
  return size
}
