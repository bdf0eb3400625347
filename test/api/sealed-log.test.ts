import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SealedLog } from '#integrity/sealed-log.ts'
import { Sealer } from '#integrity/sealer.ts'
import { StateFile } from '#integrity/signing-state.ts'
import { parseCheckpoint } from '#integrity/tlog/checkpoint.ts'
import { leafHash } from '#integrity/tlog/leaf-hash.ts'
import { Frontier, parseHash, verifiesConsistency } from '#integrity/tlog/merkle-tree.ts'
import { parseProof, proves } from '#integrity/tlog/proof-file.ts'
import { formatVerifierKey, parseVerifierKey, verifiedKeys } from '#integrity/tlog/signed-note.ts'
import { type Api, expectProblem, openApi } from '#support/api.ts'
import { temporaryFolder, testEngine } from '#support/databases.ts'
import { LOG_KEY, ToldLog } from '#support/sealing.ts'

const engine = testEngine('pglite')
const folder = temporaryFolder()
afterAll(() => folder.remove())

describe('the sealed log over HTTP, without an account', () => {
  let api: Api
  beforeAll(async () => {
    api = await openApi(engine, { people: ['deputy'] })
  })
  afterAll(() => api.close())

  const get = <Body = string>(path: string) => api.send<Body>({ method: 'GET', url: `/log/${path}` })
  const records = async () => {
    const found = []
    for await (const { id, canonical } of api.installation.execution.store.readAll())
      found.push({ id, canonical })
    return found
  }

  /** As the process that has the role would: until everything that is recorded now is signed. */
  async function seal(): Promise<void> {
    const { execution, database } = api.installation
    const size = (await records()).length
    const log = new ToldLog()
    const sealer = new Sealer({
      store: execution.store,
      sealed: new SealedLog(database.kysely),
      state: new StateFile(`${folder.path}/state.json`),
      keys: () => [LOG_KEY],
      forces: () => false,
      clock: () => api.now(),
      log,
      every: 0,
    })
    const stop = new AbortController()
    const running = sealer.run(stop.signal)
    await log.until((facts) => facts['size'] === size)
    stop.abort()
    await running
  }

  it('says so before it was sealed', async () => {
    expectProblem(await get('checkpoint'), 'log-not-sealed')
    expectProblem(await get('tile/0/000.p/1'), 'log-not-sealed')
    expect((await get<unknown>('keys')).body).toEqual([])
  })

  it('R-F10 (proof): every event has a proof that anybody can check with the published key', async () => {
    await seal()
    // The key is known from the local act of the school, not from the service.
    const key = parseVerifierKey(formatVerifierKey(LOG_KEY))
    const { body, headers } = await get('checkpoint')
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
    const checkpoint = parseCheckpoint(body)
    expect(verifiedKeys(checkpoint.note, [key])).toHaveLength(1)
    const all = await records()
    expect(checkpoint.size).toBe(all.length)
    for (const { id, canonical } of all) {
      const proof = parseProof((await get(`proof/${id}`)).body)
      expect(verifiedKeys(proof.checkpoint.note, [key])).toHaveLength(1)
      expect(proves(proof, Buffer.from(leafHash(canonical), 'base64'))).toBe(true)
      expect(proves(proof, Buffer.from(leafHash(`${canonical} `), 'base64'))).toBe(false)
    }
    expect((await get<unknown>('keys')).body).toEqual([
      { vkey: formatVerifierKey(LOG_KEY), fromSize: all.length, lastSize: all.length },
    ])
    expectProblem(await get('proof/00000000-0000-4000-8000-000000000000'), 'event-not-sealed')
  })

  it('gives the tiles of which the root is made, and no records', async () => {
    const { size, root } = parseCheckpoint((await get('checkpoint')).body)
    const answer = await api.app.inject({ method: 'GET', url: `/log/tile/0/000.p/${size}` })
    expect(answer.headers['content-type']).toBe('application/octet-stream')
    expect(answer.headers['cache-control']).toContain('immutable')
    const frontier = new Frontier()
    for (let i = 0; i < size; i++) frontier.append(answer.rawPayload.subarray(i * 32, (i + 1) * 32))
    expect(Buffer.from(frontier.root())).toEqual(Buffer.from(root))
    for (const path of [
      `0/000.p/${size + 1}`,
      '0/000',
      '1/000.p/1',
      '0/x000/000',
      '0/00',
      '64/000',
      '0/x001/x234/067',
      '0/x001/000.p/3',
    ]) {
      expectProblem(await get(`tile/${path}`), 'tile-unknown')
    }
    expectProblem(await get(`tile/entries/000.p/${size}`), 'entries-not-public')
  })

  it('proves that a later tree goes on from an earlier one', async () => {
    const older = parseCheckpoint((await get('checkpoint')).body)
    const deputy = await api.as('deputy')
    const made = await deputy.post('curriculum/add-subject', { name: 'Астрономия' })
    expect(made.status, JSON.stringify(made.body)).toBeLessThan(300)
    await seal()
    const newer = parseCheckpoint((await get('checkpoint')).body)
    expect(newer.size).toBeGreaterThan(older.size)
    const answer = await get<{ from: number; to: number; proof: string[] }>(`consistency?from=${older.size}`)
    expect([answer.body.from, answer.body.to]).toEqual([older.size, newer.size])
    const proof = answer.body.proof.map(parseHash)
    expect(verifiesConsistency(older, newer, proof)).toBe(true)
    expect(verifiesConsistency({ ...older, root: newer.root }, newer, proof)).toBe(false)
    expectProblem(await get(`consistency?from=0&to=${newer.size + 1}`), 'size-not-sealed')
    expectProblem(await get('consistency?from=2&to=1'), 'size-not-sealed')
    expect((await get('consistency?from=01')).status).toBe(400)
    expect((await get('consistency')).status).toBe(400)
  })
})
