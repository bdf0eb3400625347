import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { StateFile } from '#integrity/signing-state.ts'
import type { Sealer } from '#integrity/sealer.ts'
import { adoptState, newKey, showKey } from '#main/seal-keys.ts'
import { openSealing } from '#main/sealing.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { parseVerifierKey, verifiedKeys } from '#integrity/tlog/signed-note.ts'
import { type Child, startChild } from '#support/child.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { postgresAbsence, temporaryFolder, testEngine } from '#support/databases.ts'
import { installed, silent } from '#support/copies.ts'
import { processes } from '#support/process.ts'
import { until } from '#support/until.ts'
import { expectWhole, ORIGIN, rootsOf } from '#support/sealing.ts'

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
    await expectWhole(database, store, { keys: [key], sealed: roots.length - 1 })
    await store.close()
  }, 120_000)
})

describe.skipIf(postgresAbsence !== null)('letopis serve', () => {
  const letopis = processes()

  it('seals as a role of its own, says so in its metrics, and signs what has grown when it is stopped', async () => {
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely)
    await new ChainedLog().write(store, 300)
    const at = join(folder.path, 'role')
    const variables = { DATABASE_URL: database.at!, LETOPIS_SEAL_DIR: at }
    const without = await letopis.run(['serve', '--role', 'sealer'], variables)
    expect(without).toMatchObject({ code: 1 })
    expect(without.stderr).toContain('letopis keys new')
    const { vkey } = newKey(at, ORIGIN).json as { vkey: string }
    const service = await letopis.serve(variables, '--role', 'sealer')
    const sealed = new SealedLog(database.kysely)
    await until(async () => (await sealed.size()) === 300)
    const metrics = await (await fetch(`${service.address}/metrics`)).text()
    expect(metrics).toContain('letopis_leader{role="sealer"} 1')
    expect(metrics).toMatch(/^letopis_sealer_failing 0$/m)
    const ready = (await (await fetch(`${service.address}/health/ready`)).json()) as { duties: unknown }
    expect(ready.duties).toEqual([{ duty: 'sealer', leads: true }])
    await service.end('SIGTERM')
    const newest = (await sealed.newest())!
    expect(newest.size).toBe(300)
    expect(verifiedKeys(parseCheckpoint(newest.note).note, [parseVerifierKey(vkey)])).toHaveLength(1)
    const shown = showKey(at)
    expect(shown.json).toMatchObject({ vkey, last: newest.note })
    await expectWhole(database, store, { keys: [parseVerifierKey(vkey)], sealed: 300 })
    await store.close()
  }, 180_000)

  it('goes on from a checkpoint that somebody kept when its state is lost, and from no other', async () => {
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely)
    await new ChainedLog().write(store, 60)
    const at = join(folder.path, 'lost')
    const { vkey } = newKey(at, ORIGIN).json as { vkey: string }
    const sealing = async (): Promise<Sealer> => {
      const stop = new AbortController()
      const { sealer, run } = openSealing({ folder: at, every: 0 }, await installed(database), silent)
      const running = run(stop.signal)
      await until(async () => sealer.refusal !== null || sealer.last?.size === 60)
      stop.abort()
      await running
      return sealer
    }
    expect((await sealing()).refusal).toBeNull()
    const { note } = (await new SealedLog(database.kysely).newest())!
    const kept = join(folder.path, 'kept')
    writeFileSync(kept, note)
    rmSync(join(at, 'state.json'))
    expect((await sealing()).refusal).toBe('state-lost')
    writeFileSync(`${kept}.bent`, note.replace('\n60\n', '\n61\n'))
    expect(() => adoptState(at, `${kept}.bent`)).toThrow('с верной подписью')
    adoptState(at, kept)
    expect(() => adoptState(at, kept)).toThrow('не заменяют')
    expect((await sealing()).refusal).toBeNull()
    await expectWhole(database, store, { keys: [parseVerifierKey(vkey)], sealed: 60 })
    await store.close()
  }, 120_000)
})
