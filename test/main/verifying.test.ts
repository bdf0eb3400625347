import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { EventStore } from '#events/store/event-store.ts'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { Proofs } from '#integrity/proofs.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { formatCheckpoint, parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { cosign } from '#integrity/tlog/cosignature.ts'
import { formatProof } from '#integrity/tlog/proof-file.ts'
import { COSIGNATURE, formatVerifierKey, newSignerKey, signNote } from '#integrity/tlog/signed-note.ts'
import { readConfig } from '#main/config.ts'
import {
  type Asked,
  type Verdict,
  verifyBackup,
  verifyCheckpoint,
  verifyConsistency,
  verifyOwnLog,
  verifyProof,
} from '#main/verifying.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { backUp, installed, KEY } from '#support/copies.ts'
import { databaseRoles, rolesAbsence } from '#support/database-roles.ts'
import { postgresAbsence, type TestDatabase, temporaryFolder, testEngine } from '#support/databases.ts'
import { processes } from '#support/process.ts'
import { LOG_KEY, sealing } from '#support/sealing.ts'
import { Instant } from '#values/time.ts'

const root = temporaryFolder()
afterAll(() => root.remove())
let made = 0
const newFolder = (): string => {
  const folder = join(root.path, String(++made))
  mkdirSync(folder)
  return folder
}
const written = (text: string): string => {
  const file = join(newFolder(), 'file')
  writeFileSync(file, text)
  return file
}
const WITNESS = newSignerKey('witness.example/w1', COSIGNATURE)
const trust = written(
  JSON.stringify({ keys: [formatVerifierKey(LOG_KEY)], witnesses: [formatVerifierKey(WITNESS)] }),
)
const NOBODYS = written(JSON.stringify({ keys: [formatVerifierKey(newSignerKey(LOG_KEY.name))] }))

const RECORDS = 400

const json = (verdict: Verdict): Record<string, unknown> => verdict.json as Record<string, unknown>

describe.skipIf(postgresAbsence !== null)('letopis verify', () => {
  const engine = testEngine('postgres')
  let database: TestDatabase
  let store: EventStore
  let sealed: SealedLog
  let folder: string
  /** A checkpoint that the auditor took with him when there were fewer records. */
  let pinned: string

  async function sealedLog(chained: ChainedLog, signing: string, count: number): Promise<TestDatabase> {
    const made = await engine.open()
    const log = await PostgresLog.open(made.kysely)
    await chained.write(log, count)
    await sealing(made, log, signing).upTo(count)
    return made
  }

  beforeEach(async () => {
    folder = newFolder()
    const chained = new ChainedLog()
    database = await sealedLog(chained, folder, RECORDS / 2)
    store = await PostgresLog.open(database.kysely)
    sealed = new SealedLog(database.kysely)
    pinned = written((await sealed.newest())!.note)
    await chained.write(store, RECORDS / 2)
    await sealing(database, store, folder).upTo(RECORDS)
  })

  const verified = (asked: Asked, of = database): Promise<Verdict> =>
    verifyOwnLog(readConfig({ DATABASE_URL: of.at!, LETOPIS_LOG_LEVEL: 'silent' }), asked)

  /** Somebody with every right in the database. */
  async function tamper(table: string, statement: string, of = database): Promise<void> {
    await query(of.kysely, `alter table ${table} disable trigger append_only`)
    await query(of.kysely, statement)
    await query(of.kysely, `alter table ${table} enable trigger append_only`)
  }

  describe('log', () => {
    it('R-F10 (verified from outside): says which records are vouched for, and by whom that is so', async () => {
      const good = await verified({ trust, pinned: [pinned], strict: true })
      expect(good).toMatchObject({ exit: 0, json: { anchored: true } })
      expect(json(good)['records']).toBe(json(good)['anchoredSize'])
      expect(json(good)['checkpoints']).toBeGreaterThan(1)
      // No key that somebody trusts: consistent, and no more.
      expect((await verified({ pinned: [pinned] })).exit).toBe(3)
      expect((await verified({ trust: NOBODYS, pinned: [pinned] })).exit).toBe(3)
      // The key alone does not tell a history that its owner wrote anew.
      expect((await verified({ trust })).exit).toBe(0)
      expect((await verified({ trust, strict: true })).exit).toBe(4)
      expect((await verified({ trust, witnessQuorum: 1 })).exit).toBe(3)
      const text = parseCheckpoint(readFileSync(pinned)).note.text
      const witnessed = written(readFileSync(pinned, 'utf8') + cosign(text, WITNESS, 1_795_000_000))
      expect((await verified({ trust, pinned: [witnessed], witnessQuorum: 1 })).exit).toBe(0)
    })

    it('R-F10 (an event was changed): names the first bad record', async () => {
      await tamper(
        'log.event',
        "update log.event set canonical = replace(canonical, 'натуральным', 'отрицательным') where position = 137",
      )
      const [row] = await query<{ stream: string; revision: string }>(
        database.kysely,
        'select stream, revision::text from log.event where position = 137',
      )
      const bad = await verified({ trust, pinned: [pinned] })
      expect(bad.exit).toBe(1)
      expect(bad.json).toMatchObject({ leaf: 136, stream: row!.stream, rev: Number(row!.revision) })
      expect(bad.lines.join()).toContain(row!.stream)
      // With its leaf changed as well, the chain gives it away, and else the root.
      const [changed] = await query<{ canonical: string }>(
        database.kysely,
        'select canonical from log.event where position = 137',
      )
      await tamper(
        'integrity.leaf',
        `update integrity.leaf set hash = sha256('\\x00'::bytea || convert_to('${changed!.canonical.replaceAll("'", "''")}', 'UTF8')) where idx = 136`,
      )
      const still = await verified({ trust, pinned: [pinned] })
      expect(still.exit).toBe(1)
    })

    it('R-F10 (a record hidden behind other columns): named, whichever column it was', async () => {
      const stand = 'select stream, revision::text, id::text from log.event where position = 137'
      type Columns = { readonly stream: string; readonly revision: string; readonly id: string }
      const [before] = await query<Columns>(database.kysely, stand)
      for (const column of [
        'revision = 9000',
        "stream = 'tomsk35.journalPage-00000000-0000-4000-8000-000000000000'",
        'id = gen_random_uuid()',
      ]) {
        await tamper('log.event', `update log.event set ${column} where position = 137`)
        const [hidden] = await query<Columns>(database.kysely, stand)
        const bad = await verified({ trust, pinned: [pinned] })
        expect(bad).toMatchObject({
          exit: 1,
          json: { stream: hidden!.stream, rev: Number(hidden!.revision) },
        })
        const { stream, revision, id } = before!
        const back = `stream = '${stream}', revision = ${revision}, id = '${id}'`
        await tamper('log.event', `update log.event set ${back} where position = 137`)
      }
      expect((await verified({ trust, pinned: [pinned] })).exit).toBe(0)
    })

    it('R-F10 (the end was cut off): with what was sealed of it, and without', async () => {
      await tamper('log.event', `delete from log.event where position > ${RECORDS - 20}`)
      const cut = await verified({ trust })
      expect(cut).toMatchObject({ exit: 1, json: { leaf: RECORDS - 20 } })
      const later = written((await sealed.newest())!.note)
      await tamper('integrity.leaf', `delete from integrity.leaf where idx >= ${RECORDS - 20}`)
      expect((await verified({ trust })).exit).toBe(1)
      await tamper('integrity.checkpoint', `delete from integrity.checkpoint where size > ${RECORDS - 20}`)
      // Everything in the database fits now; the checkpoint that somebody holds does not.
      expect((await verified({ trust })).exit).toBe(0)
      expect(await verified({ trust, pinned: [later] })).toMatchObject({
        exit: 1,
        json: { size: expect.any(Number) as number },
      })
    })

    it('R-F10 (the past was written anew with the true key): shown by a pinned checkpoint alone', async () => {
      const rewritten = await sealedLog(new ChainedLog().skipping(5), newFolder(), RECORDS)
      expect((await verified({ trust }, rewritten)).exit).toBe(0)
      const shown = await verified({ trust, pinned: [pinned] }, rewritten)
      expect(shown).toMatchObject({ exit: 1, json: { good: 0 } })
    })

    it('R-F10 (the clock was set back): warns of the times that the checkpoints around them contradict', async () => {
      const [signing, chained] = [newFolder(), new ChainedLog()]
      const told = await engine.open()
      const log = await PostgresLog.open(told.kysely)
      const upTo = (clock: string, count: number): Promise<void> =>
        sealing(told, log, signing, { clock: () => Instant.parse(clock) }).upTo(count)
      await chained.write(log, 40)
      await upTo('2026-09-01T04:00:00.000Z', 40)
      // Sealed long after it was written: late, and no clock was wrong.
      await chained.write(log, 40)
      await upTo('2026-09-01T12:00:00.000Z', 80)
      await chained.write(log, 20)
      await upTo('2026-09-01T12:00:10.000Z', 100)
      const right = await verified({ trust }, told)
      expect(right).toMatchObject({ exit: 0, json: { clock: { earlier: null, later: null } } })

      const before = Number(json(right)['records'])
      await chained.setClock(-24 * 60).write(log, 10)
      await upTo('2026-09-01T12:00:20.000Z', before + 10)
      const back = await verified({ trust }, told)
      const records = Number(json(back)['records'])
      expect(back.exit).toBe(0)
      expect(json(back)['clock']).toMatchObject({
        earlier: {
          records: records - before,
          first: { leaf: before, at: expect.stringMatching(/^2026-08-31/) as string },
        },
        later: null,
      })
      expect(back.lines.join()).toContain(`лист ${before}, поток `)
      expect((await verified({ trust, strict: true }, told)).exit).toBe(4)

      await chained.setClock(7 * 24 * 60).write(log, 10)
      await upTo('2026-09-01T12:00:30.000Z', records + 10)
      const fast = await verified({ trust }, told)
      expect(json(fast)['clock']).toMatchObject({
        earlier: { records: records - before },
        later: {
          checkpoints: 1,
          first: {
            at: expect.stringMatching(/^2026-09-07/) as string,
            checkpoint: { at: '2026-09-01T12:00:30.000Z' },
          },
        },
      })
    })

    it('R-F10 (the clock of the whole installation was fast): a witness that saw its records earlier tells', async () => {
      const note = readFileSync(pinned, 'utf8')
      const { text } = parseCheckpoint(note).note
      const seen = (at: string): string => written(note + cosign(text, WITNESS, Date.parse(at) / 1_000))
      const honest = await verified({ trust, pinned: [seen('2026-11-25T05:00:01Z')] })
      expect(json(honest)['clock']).toEqual({ earlier: null, later: null })
      const told = await verified({ trust, pinned: [seen('2026-08-31T12:00:00Z')] })
      expect(told).toMatchObject({
        exit: 0,
        json: { clock: { later: { first: { checkpoint: { at: '2026-08-31T12:00:00.000Z' } } } } },
      })
      expect(told.lines.join()).toContain('старше записей под ними')
    })

    it('R-F10 (tables of the tree were changed): shown, whatever was changed', async () => {
      await tamper('integrity.leaf', "update integrity.leaf set hash = sha256('x') where idx = 7")
      expect(await verified({ trust })).toMatchObject({ exit: 1, json: { leaf: 7 } })
    })

    it('a checkpoint that was forged is shown, or vouches for nothing', async () => {
      const { size, root } = (await sealed.newest())!
      const note = signNote(
        formatCheckpoint({ origin: LOG_KEY.name, size, root }),
        newSignerKey(LOG_KEY.name),
      )
      await tamper(
        'integrity.checkpoint',
        `update integrity.checkpoint set note = '${note}' where size = ${size}`,
      )
      const unknown = await verified({ trust })
      expect(unknown.exit).toBe(0)
      expect(json(unknown)['anchoredSize']).toBeLessThan(size)
      const forged = (await sealed.checkpoints(0, 1))[0]!
      const text = forged.note.replace(`\n${forged.size}\n`, `\n${size}\n`)
      await tamper(
        'integrity.checkpoint',
        `update integrity.checkpoint set note = '${text}' where size = ${size}`,
      )
      expect(await verified({ trust })).toMatchObject({ exit: 1 })
    })

    it('cannot be done against files that are none', async () => {
      expect((await verified({ trust, pinned: [written('nothing')] })).exit).toBe(2)
      expect((await verified({ trust, pinned: ['/nowhere'] })).exit).toBe(2)
      expect((await verified({ trust: written('{"keys": ["x"]}') })).exit).toBe(2)
      expect((await verified({ trust: written('{"key": []}') })).exit).toBe(2)
      const other = newSignerKey('journal.school36.example/log')
      const foreign = signNote(
        formatCheckpoint({ origin: other.name, size: 1, root: Buffer.alloc(32) }),
        other,
      )
      expect((await verified({ trust, pinned: [written(foreign)] })).exit).toBe(2)
    })
  })

  describe('backup', () => {
    it('R-F10 (a copy): holds a copy against checkpoints that were kept elsewhere', async () => {
      const copies = newFolder()
      await backUp(copies, await installed(database))
      const { size, note } = (await sealed.newest())!
      const newest = written(note)
      const copy = { folder: copies, copy: null, key: KEY }
      expect(await verifyBackup({ ...copy, trust, pinned: [pinned, newest], strict: true })).toMatchObject({
        exit: 0,
      })
      expect(await verifyBackup({ ...copy, trust, pinned: [pinned] })).toMatchObject({ exit: 0 })
      // The copy holds the checkpoint that it reaches, and the key of the log vouches for all of it.
      expect(await verifyBackup({ ...copy, trust, pinned: [pinned], strict: true })).toMatchObject({
        exit: 0,
        json: { checkpoint: size, records: size, anchoredSize: size },
      })
      expect(await verifyBackup({ ...copy, trust })).toMatchObject({ exit: 0 })
      // By itself it does not tell a past that the owner of the key wrote anew.
      expect(await verifyBackup({ ...copy, trust, strict: true })).toMatchObject({ exit: 4 })
      expect(await verifyBackup({ ...copy, pinned: [pinned] })).toMatchObject({ exit: 3 })
      expect(await verifyBackup({ ...copy, trust: NOBODYS })).toMatchObject({ exit: 3 })
      const rewritten = await sealedLog(new ChainedLog().skipping(5), newFolder(), RECORDS + 50)
      const later = written((await new SealedLog(rewritten.kysely).newest())!.note)
      expect(await verifyBackup({ ...copy, trust, pinned: [later] })).toMatchObject({ exit: 1 })
      expect(await verifyBackup({ ...copy, folder: newFolder(), trust, pinned: [pinned] })).toMatchObject({
        exit: 2,
      })
    }, 120_000)

    it('R-F10 (a copy): names the manifest when the events are not those of the checkpoint in it', async () => {
      const copies = newFolder()
      await backUp(copies, await installed(database), { key: null })
      const name = join(copies, 'copy-000001.json')
      const manifest = JSON.parse(readFileSync(name, 'utf8')) as { checkpoint: string }
      const { size } = parseCheckpoint(manifest.checkpoint)
      const forged = signNote(
        formatCheckpoint({ origin: LOG_KEY.name, size: size - 7, root: Buffer.alloc(32) }),
        LOG_KEY,
      )
      const text = `${JSON.stringify({ ...manifest, checkpoint: forged }, null, 2)}\n`
      writeFileSync(name, text)
      const sums = join(copies, 'copy-000001.sha256')
      const [, ...rest] = readFileSync(sums, 'utf8').split('\n')
      writeFileSync(sums, [`${hash('sha256', text)}  copy-000001.json`, ...rest].join('\n'))
      const shown = await verifyBackup({ folder: copies, copy: null, key: null, trust })
      expect(shown).toMatchObject({ exit: 1 })
      expect(shown.lines.join()).toMatch(/copy-000001\.json: события не те/)
    }, 120_000)
  })

  describe('checkpoint, consistency and proof', () => {
    it('say what two checkpoints and a record are to each other', async () => {
      const newest = (await sealed.newest())!
      const newer = written(newest.note)
      expect(await verifyCheckpoint(newer, { trust, pinned: [pinned, newer] })).toMatchObject({ exit: 0 })
      expect(await verifyCheckpoint(newer, {})).toMatchObject({ exit: 3 })
      expect(
        await verifyCheckpoint(written(newest.note.replace(/^(\S+)\n(\d)/, '$1\n1$2')), { trust }),
      ).toMatchObject({ exit: 1 })
      expect(await verifyCheckpoint(written('nothing'), { trust })).toMatchObject({ exit: 2 })
      // Two trees of one size, both signed: whoever has both can show it to anybody.
      const forked = signNote(
        formatCheckpoint({ origin: LOG_KEY.name, size: newest.size, root: Buffer.alloc(32) }),
        LOG_KEY,
      )
      expect(await verifyCheckpoint(newer, { trust, pinned: [written(forked)] })).toMatchObject({ exit: 1 })

      const from = parseCheckpoint(readFileSync(pinned)).size
      const steps = (await sealed.consistencyProof(from, newest.size)).map((hash) =>
        Buffer.from(hash).toString('base64'),
      )
      const proof = written(JSON.stringify({ from, to: newest.size, proof: steps }))
      expect(await verifyConsistency(pinned, newer, proof, { trust })).toMatchObject({ exit: 0 })
      expect(await verifyConsistency(pinned, newer, undefined, { trust })).toMatchObject({ exit: 2 })
      expect(await verifyConsistency(newer, pinned, undefined, { trust })).toMatchObject({ exit: 1 })
      expect(await verifyConsistency(pinned, written(forked), proof, { trust })).toMatchObject({ exit: 1 })
      expect(await verifyConsistency(pinned, pinned, undefined, { trust })).toMatchObject({ exit: 0 })

      const records: string[] = []
      for await (const { canonical } of store.readAll()) records.push(canonical)
      const file = written(formatProof(42, await new Proofs(sealed).inclusion(42, newest), newest.note))
      expect(await verifyProof(file, written(`${records[42]}\n`), { trust })).toMatchObject({ exit: 0 })
      expect(await verifyProof(file, written(records[42]!), {})).toMatchObject({ exit: 3 })
      expect(await verifyProof(file, written(records[43]!), { trust })).toMatchObject({ exit: 1 })
    })
  })
})

describe.skipIf(rolesAbsence !== null)('on a server with roles of least right', () => {
  const roles = databaseRoles()

  it('the application seals and can change nothing of it, and the auditor verifies', async () => {
    const { as, url, superuser } = await roles.granted()
    const application: TestDatabase = { ...superuser, ...as('application') }
    const store = await PostgresLog.open(application.kysely)
    await new ChainedLog().write(store, 30)
    await sealing(application, store, newFolder()).upTo(30)
    const own = new SealedLog(application.kysely)
    const kept = written((await own.newest())!.note)
    for (const statement of [
      'update integrity.leaf set rev = 9',
      'delete from integrity.leaf',
      'truncate integrity.checkpoint',
      'update integrity.key set from_size = 0',
      'alter table integrity.leaf disable trigger append_only',
    ]) {
      await expect(query(application.kysely, statement)).rejects.toThrow(/denied|must be owner/)
    }
    const settings = readConfig({ DATABASE_URL: url('auditor'), LETOPIS_LOG_LEVEL: 'silent' })
    const verdict = await verifyOwnLog(settings, { trust, pinned: [kept], strict: true })
    expect(verdict).toMatchObject({ exit: 0, json: { records: 30 } })
    await store.close()
  }, 120_000)
})

describe('the command line of verify', () => {
  const letopis = processes()

  it('ends with the code of what was found, and says it in Russian', async () => {
    const note = written(
      signNote(formatCheckpoint({ origin: LOG_KEY.name, size: 0, root: Buffer.alloc(32) }), LOG_KEY),
    )
    const good = await letopis.run(['verify', 'checkpoint', note, '--trust', trust], {})
    expect(good).toMatchObject({ code: 0, stderr: '' })
    expect(good.stdout).toContain('ПРОВЕРЕНО')
    const unknown = await letopis.run(['verify', 'checkpoint', note, '--json'], {})
    expect(unknown.code).toBe(3)
    expect(JSON.parse(unknown.stdout)).toMatchObject({ anchored: false, exit: 3 })
    expect((await letopis.run(['verify', 'checkpoint', '/nowhere'], {})).code).toBe(2)
    expect((await letopis.run(['verify', 'consistency', note, note, '--witness-quorum', 'x'], {})).code).toBe(
      2,
    )
  })

  it('makes a key once, and shows what may be published of it', async () => {
    const folder = join(newFolder(), 'seal')
    const created = await letopis.run(
      ['keys', 'new', '--origin', LOG_KEY.name, '--folder', folder, '--json'],
      {},
    )
    expect(created).toMatchObject({ code: 0, stderr: '' })
    const { vkey } = JSON.parse(created.stdout) as { vkey: string }
    expect(vkey.startsWith(`${LOG_KEY.name}+`)).toBe(true)
    const again = await letopis.run(['keys', 'new', '--origin', LOG_KEY.name, '--folder', folder], {})
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('ключ уже есть')
    const shown = await letopis.run(['keys', 'show'], { LETOPIS_SEAL_DIR: folder })
    expect(shown.stdout).toBe(`${vkey}\nНичего ещё не подписано.\n`)
    expect(shown.stdout).not.toContain('PRIVATE')
    expect((await letopis.run(['keys', 'adopt', trust, '--folder', folder], {})).code).toBe(1)
    expect(
      (await letopis.run(['serve', '--role', 'sealer'], { DATABASE_URL: 'postgres://127.0.0.1:1/x' })).code,
    ).toBe(2)
  }, 180_000)
})
