import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { PostgresLog } from '#events/store/postgres-log.ts'
import { query } from '#events/store/sql.ts'
import { SealedLog } from '#integrity/sealed-log.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { cosignedBy } from '#integrity/tlog/cosignature.ts'
import {
  COSIGNATURE,
  formatVerifierKey,
  newSignerKey,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
} from '#integrity/tlog/signed-note.ts'
import { formatWitnessRequest } from '#integrity/tlog/witness-request.ts'
import { Witnessing } from '#integrity/witnessing.ts'
import { newWitnessKey } from '#main/seal-keys.ts'
import { serveWitness } from '#main/witness.ts'
import { askedWitnesses } from '#main/witnesses.ts'
import { ChainedLog } from '#support/chained-log.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { checkpointOf, consistencyOf } from '#support/grown-trees.ts'
import { LOG_KEY, NOON, sealing, ToldLog } from '#support/sealing.ts'

const root = temporaryFolder()
const open: Array<{ close(): Promise<void> }> = []
afterAll(async () => {
  await Promise.all(open.map((served) => served.close()))
  root.remove()
})
let made = 0

interface Served {
  readonly address: string
  readonly folder: string
  readonly key: VerifierKey
  /** Ends it, and starts it again on its folder. */
  again(): Promise<Served>
}

async function served(folder = join(root.path, `witness-${++made}`)): Promise<Served> {
  let key: VerifierKey
  try {
    key = parseVerifierKey((newWitnessKey(folder, 'witness.example/w1').json as { vkey: string }).vkey)
  } catch {
    key = parseVerifierKey(readFileSync(join(folder, 'vkey'), 'utf8'))
  }
  writeFileSync(join(folder, 'vkey'), formatVerifierKey(key))
  const trust = join(folder, 'trust.json')
  writeFileSync(trust, JSON.stringify({ keys: [formatVerifierKey(LOG_KEY)] }))
  process.env['LETOPIS_LOG_LEVEL'] = 'silent'
  const running = await serveWitness({ folder, trust, host: '127.0.0.1', port: 0, clock: NOON })
  open.push(running)
  return {
    address: running.address,
    folder,
    key,
    again: async () => {
      await running.close()
      return served(folder)
    },
  }
}

async function show(
  { address }: Served,
  body: string | Buffer,
): Promise<{ status: number; type: string | null; body: string }> {
  const answer = await fetch(`${address}/add-checkpoint`, { method: 'POST', body })
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() }
}
const add = (witness: Served, old: number, size: number, history = 0) =>
  show(
    witness,
    formatWitnessRequest(old, consistencyOf(old, size, history), checkpointOf(size, LOG_KEY, history)),
  )

const request = (key: typeof LOG_KEY) => formatWitnessRequest(0, [], checkpointOf(3, key))

describe('a witness', () => {
  it('cosigns what goes on from what it cosigned, with the time, and remembers it over a restart', async () => {
    let witness = await served()
    for (const [old, size] of [
      [0, 3],
      [3, 7],
      [7, 7],
      [7, 8],
      [8, 100],
    ] as const) {
      const { status, type, body } = await add(witness, old, size)
      expect({ status, type }).toEqual({ status: 200, type: 'text/plain; charset=utf-8' })
      const note = parseNote(checkpointOf(size, LOG_KEY) + body)
      expect(cosignedBy(note, [witness.key])).toEqual([
        { key: witness.key, seconds: BigInt(Date.parse(NOON()) / 1_000) },
      ])
      witness = await witness.again()
    }
    expect(await (await fetch(`${witness.address}/`)).text()).toContain(`${LOG_KEY.name}\n100\n`)
  })

  it('names the size that it knows when it is asked with another', async () => {
    const witness = await served()
    await add(witness, 0, 9)
    for (const [old, size] of [
      [0, 12],
      [3, 12],
      [10, 12],
      [0, 5],
      [5, 5],
    ] as const) {
      expect(await add(witness, old, size)).toEqual({ status: 409, type: 'text/x.tlog.size', body: '9\n' })
    }
    expect(await add(witness, 9, 12)).toMatchObject({ status: 200 })
  })

  it('cosigns no second history, and keeps what proves that there is one', async () => {
    const witness = await served()
    await add(witness, 0, 9)
    expect(await add(witness, 9, 9, 1)).toMatchObject({ status: 409 })
    expect(await add(witness, 9, 12, 1)).toMatchObject({ status: 422 })
    // A proof of the true history for a checkpoint of the other one.
    const mixed = formatWitnessRequest(9, consistencyOf(9, 12), checkpointOf(12, LOG_KEY, 1))
    expect(await show(witness, mixed)).toMatchObject({ status: 422 })
    const kept = readdirSync(join(witness.folder, 'evidence'))
    expect(kept).toHaveLength(3)
    expect(kept.map((file) => readFileSync(join(witness.folder, 'evidence', file), 'utf8'))).toContain(mixed)
    expect(await add(witness, 9, 12)).toMatchObject({ status: 200 })
  })

  it('wants the key of a log that it knows', async () => {
    const witness = await served()
    expect(await show(witness, request(newSignerKey('journal.school36.example/log')))).toMatchObject({
      status: 404,
    })
    expect(await show(witness, request(newSignerKey(LOG_KEY.name)))).toMatchObject({ status: 403 })
    const bent = request(LOG_KEY).replace(/\n3\n/, '\n4\n')
    expect(await show(witness, bent)).toMatchObject({ status: 403 })
    expect(await add(witness, 0, 3)).toMatchObject({ status: 200 })
  })

  it('answers what is no request with 400, and does not read without end', async () => {
    const witness = await served()
    for (const body of ['', 'old', 'old 1\n\nnothing\n', Buffer.from([0xff, 0xfe])]) {
      expect(await show(witness, body)).toMatchObject({ status: 400 })
    }
    expect(await show(witness, 'x'.repeat(200_000))).toMatchObject({ status: 413 })
    expect((await fetch(`${witness.address}/add-checkpoint`)).status).toBe(404)
  })

  it('lets one of two go on that come at once, and never goes back', async () => {
    const witness = await served()
    await add(witness, 0, 10)
    for (let size = 10; size < 60; size += 2) {
      const answers = await Promise.all([add(witness, size, size + 1), add(witness, size, size + 2)])
      const [one, two] = answers.map(({ status }) => status)
      expect([one, two]).toEqual(one === 200 ? [200, 409] : [409, 200])
      if (one === 200) expect(await add(witness, size + 1, size + 2)).toMatchObject({ status: 200 })
    }
  })

  it('signs nothing when what it cosigned last cannot be read', async () => {
    const witness = await served()
    await add(witness, 0, 10)
    const file = readdirSync(witness.folder).find((name) => name.startsWith('journal.school35'))!
    writeFileSync(join(witness.folder, file), '{')
    expect(await add(witness, 10, 12)).toMatchObject({ status: 503 })
    await expect(witness.again()).rejects.toThrow()
  })
})

const cosigned = (size: number) => async (witnessing: Witnessing) => {
  while (witnessing.last?.size !== size) await new Promise((resolve) => setImmediate(resolve))
}
const refuses = (because: string) => (_witnessing: Witnessing, told: ToldLog) =>
  told.until((facts) => facts['because'] === because)

describe('a log that asks a witness', () => {
  const engine = testEngine('pglite')
  let witness: Served
  beforeEach(async () => {
    witness = await served()
  })

  async function log(chained = new ChainedLog()) {
    const database = await engine.open()
    const store = await PostgresLog.open(database.kysely)
    const folder = join(root.path, `log-${++made}`)
    const sealed = new SealedLog(database.kysely)
    mkdirSync(folder)
    let events = 0
    const grow = async (more: number) => {
      await chained.write(store, more)
      const [row] = await query<{ n: number }>(database.kysely, 'select count(*)::int as n from log.event')
      events = row!.n
      await sealing(database, store, folder).upTo(events)
      return events
    }
    return { database, sealed, grow }
  }
  const fileOf = ({ address, folder, key }: Served): string => {
    const file = join(folder, 'witnesses.json')
    writeFileSync(file, JSON.stringify({ witnesses: [{ url: address, vkey: formatVerifierKey(key) }] }))
    return file
  }
  /** Asks until the log tells this of it, and stops. */
  async function ask(
    sealed: SealedLog,
    until: (witnessing: Witnessing, told: ToldLog) => Promise<void>,
    file = fileOf(witness),
  ): Promise<Witnessing> {
    const told = new ToldLog()
    const [asked] = askedWitnesses(file)
    const witnessing = new Witnessing({ sealed, witness: asked!, clock: NOON, log: told })
    const stop = new AbortController()
    const running = witnessing.run(stop.signal)
    try {
      await until(witnessing, told)
    } finally {
      stop.abort()
      await running
    }
    return witnessing
  }
  it('has its cosignature below the newest checkpoint, whoever verifies', async () => {
    const { sealed, grow } = await log()
    for (const more of [5, 300, 1]) {
      const size = await grow(more)
      await ask(sealed, cosigned(size))
      const { note } = (await sealed.newest(1))!
      const checkpoint = parseCheckpoint(note)
      expect(checkpoint.size).toBe(size)
      expect(cosignedBy(checkpoint.note, [witness.key])).toHaveLength(1)
    }
    const before = (await sealed.newest())!.size
    const size = await grow(3)
    expect((await sealed.newest())!.size).toBe(size)
    expect((await sealed.newest(1))!.size).toBe(before)
    expect(await sealed.newest(2)).toBeNull()
    // A second witness that was asked by nobody before is shown the log from its beginning.
    const other = await served(join(root.path, 'another'))
    await ask(sealed, cosigned(size), fileOf(other))
    expect((await sealed.newest(1))!.size).toBe(size)
  })

  it('goes on where the witness is when its own tables are new, and says when it is away', async () => {
    const { sealed, database, grow } = await log()
    await ask(sealed, cosigned(await grow(40)))
    await query(database.kysely, 'alter table integrity.cosignature disable trigger append_only')
    await query(database.kysely, 'delete from integrity.cosignature')
    await query(database.kysely, 'alter table integrity.cosignature enable trigger append_only')
    const size = await grow(2)
    await ask(sealed, cosigned(size))
    const gone = join(witness.folder, 'gone.json')
    writeFileSync(
      gone,
      JSON.stringify({ witnesses: [{ url: 'http://127.0.0.1:1', vkey: formatVerifierKey(witness.key) }] }),
    )
    await grow(1)
    const away = await ask(sealed, refuses('away'), gone)
    expect(away).toMatchObject({ trouble: 'away', failingSince: NOON() })
  })

  it('that was put back to an earlier day, or is another, is refused', async () => {
    const first = await log()
    await first.grow(30)
    await ask(first.sealed, cosigned((await first.sealed.newest())!.size))
    const shorter = await log()
    await shorter.grow(10)
    expect(await ask(shorter.sealed, refuses('ahead'))).toMatchObject({ trouble: 'ahead' })
    // It grew again as it had been: nothing is lost, and the witness goes on with it.
    await ask(shorter.sealed, cosigned(await shorter.grow(40)))
    const other = await log(new ChainedLog().skipping(1))
    await other.grow(60)
    expect(await ask(other.sealed, refuses('forked'))).toMatchObject({ trouble: 'forked' })
    expect(readdirSync(join(witness.folder, 'evidence')).length).toBeGreaterThan(0)
  })

  it('does not take a cosignature that does not verify', async () => {
    const { sealed, grow } = await log()
    await grow(4)
    const file = join(witness.folder, 'other.json')
    const other = newSignerKey(witness.key.name, COSIGNATURE)
    writeFileSync(
      file,
      JSON.stringify({ witnesses: [{ url: witness.address, vkey: formatVerifierKey(other) }] }),
    )
    await ask(sealed, refuses('no-answer'), file)
    expect(await sealed.newest(1)).toBeNull()
  })

  it('is told what is wrong with its file of witnesses', () => {
    const file = join(witness.folder, 'bad.json')
    for (const text of ['', '{}', '{"witnesses": []}', '{"witnesses": [{"url": "x", "vkey": "y"}]}']) {
      writeFileSync(file, text)
      expect(() => askedWitnesses(file)).toThrow('LETOPIS_WITNESSES_FILE')
    }
    writeFileSync(
      file,
      JSON.stringify({ witnesses: [{ url: witness.address, vkey: formatVerifierKey(LOG_KEY) }] }),
    )
    expect(() => askedWitnesses(file)).toThrow('не открытый ключ свидетеля')
    expect(() => askedWitnesses(join(root.path, 'nowhere'))).toThrow('не файл свидетелей')
    expect(askedWitnesses(undefined)).toEqual([])
  })
})
