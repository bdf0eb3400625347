import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatVerifierKey, newSignerKey } from '#integrity/tlog/signed-note.ts'
import { verifyRemote } from '#main/verify-remote.ts'
import { temporaryFolder } from '#support/databases.ts'
import { checkpointOf, consistencyOf } from '#support/grown-trees.ts'
import { LOG_KEY } from '#support/sealing.ts'

describe('a service that somebody follows from outside', () => {
  const root = temporaryFolder()
  const kept = join(root.path, 'kept')
  const trust = join(root.path, 'trust.json')
  /** What the service shows now. */
  const shown = { size: 0, history: 0, key: LOG_KEY, extra: '' }
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://localhost')
    if (url.pathname === '/log/checkpoint') {
      response.end(checkpointOf(shown.size, shown.key, shown.history) + shown.extra)
      return
    }
    const [from, to] = ['from', 'to'].map((name) => Number(url.searchParams.get(name)))
    const proof = consistencyOf(from!, to!, shown.history).map((hash) => Buffer.from(hash).toString('base64'))
    response.end(JSON.stringify({ from, to, proof }))
  })
  let url: string
  beforeAll(async () => {
    mkdirSync(kept)
    writeFileSync(trust, JSON.stringify({ keys: [formatVerifierKey(LOG_KEY)] }))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterAll(() => {
    server.close()
    root.remove()
  })

  const follow = (now: Partial<typeof shown>) => {
    Object.assign(shown, { history: 0, key: LOG_KEY, extra: '' }, now)
    return verifyRemote({ url, kept, trust })
  }

  it('is kept as long as it goes on, and caught when it does not', async () => {
    for (const size of [3, 3, 7, 8, 100]) {
      expect(await follow({ size })).toMatchObject({ exit: 0, json: { size } })
    }
    const names = ['checkpoint-100', 'checkpoint-3', 'checkpoint-7', 'checkpoint-8', 'latest']
    expect(readdirSync(kept).toSorted()).toEqual(names)
    // It went back to an earlier day, and it shows another past: both with the true key.
    expect(await follow({ size: 99 })).toMatchObject({ exit: 1 })
    expect(await follow({ size: 100, history: 1 })).toMatchObject({ exit: 1 })
    expect(await follow({ size: 120, history: 1 })).toMatchObject({ exit: 1 })
    expect(readdirSync(kept).toSorted()).toEqual([...names, 'refused-100', 'refused-120', 'refused-99'])
    // What was kept last stays the measure.
    expect(await follow({ size: 121 })).toMatchObject({ exit: 0, json: { before: 100 } })
  })

  it('is not believed with another key, and not read without end', async () => {
    expect(await follow({ size: 130, key: newSignerKey(LOG_KEY.name) })).toMatchObject({ exit: 3 })
    expect(readdirSync(kept)).not.toContain('checkpoint-130')
    expect(await follow({ size: 130, extra: 'x'.repeat(200_000) })).toMatchObject({ exit: 2 })
    expect(await verifyRemote({ url: 'http://127.0.0.1:1', kept, trust })).toMatchObject({ exit: 2 })
  })
})
