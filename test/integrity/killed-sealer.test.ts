import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { StateFile } from '#integrity/signing-state.ts'
import { newKey } from '#main/sealing.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { parseVerifierKey, verifiedKeys } from '#integrity/tlog/signed-note.ts'
import { type Child, startChild } from '#support/child.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { postgresAbsence, temporaryFolder, testEngine } from '#support/databases.ts'
import { ORIGIN, rootsOf } from '#support/sealing.ts'

const children: Child[] = []
const folder = temporaryFolder()
afterAll(() => {
  for (const child of children) void child.kill()
  folder.remove()
})
const engine = testEngine('postgres')

const sealedBy = async (child: Child, least: number): Promise<void> => {
  for (let size = 0; size < least; ) size = Number((await child.lines.next()).value)
}

describe.skipIf(postgresAbsence !== null)('a process that seals', () => {
  it('killed in the middle, time and again, has signed one history, and seals it to its end', async () => {
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely)
    const at = join(folder.path, 'seal')
    const { vkey } = newKey(at, ORIGIN).json as { vkey: string }
    const chained = new ChainedLog()
    const start = (): Child => {
      const child = startChild('seal-log.ts', database.at!, at)
      children.push(child)
      return child
    }
    let events = 0
    const states: number[] = []
    for (let round = 0; round < 3; round++) {
      await chained.write(store, 1_500)
      const child = start()
      await sealedBy(child, events + 200 + round * 313)
      await child.kill()
      states.push(new StateFile(join(at, 'state.json')).read()!.size)
      events = states.at(-1)!
    }
    const roots = await rootsOf(database)
    const last = start()
    await sealedBy(last, roots.length - 1)
    await last.kill()
    const notes = await new SealedLog(database.kysely).checkpoints(0, 10_000)
    const key = parseVerifierKey(vkey)
    for (const { note } of notes) {
      const { size, root, note: parsed } = parseCheckpoint(note)
      expect(verifiedKeys(parsed, [key])).toHaveLength(1)
      expect(Buffer.from(root)).toEqual(Buffer.from(roots[size]!))
    }
    const sizes = notes.map(({ size }) => size)
    expect(sizes.at(-1)).toBe(roots.length - 1)
    // Whatever a killed process had signed was published by the next.
    expect(states.filter((size) => !sizes.includes(size))).toEqual([])
    await store.close()
  }, 120_000)
})
