import { afterAll, describe, expect, it, vi } from 'vitest'
import { DEMO_PASSWORD } from '#main/demo.ts'
import { temporaryFolder } from '#support/databases.ts'
import { processes, type Service } from '#support/process.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

interface Rebuilds {
  readonly rebuilds: ReadonlyArray<{
    readonly id: string
    readonly running: boolean
    readonly finished: string | null
    readonly problem: string | null
    readonly report: { readonly tables: ReadonlyArray<{ readonly differing: number }> } | null
  }>
}

describe('a rebuild that was killed with its service', () => {
  const letopis = processes()
  const folder = temporaryFolder()
  afterAll(() => folder.remove())
  const variables = { LETOPIS_DATA: folder.path }

  async function administrator({ address }: Service) {
    const school = 'demo'
    const asked = await fetch(`${address}/v1/log-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ school, login: 'administrator', password: DEMO_PASSWORD }),
    })
    const { token } = (await asked.json()) as { token: string }
    const call = async (method: 'GET' | 'POST', path: string) => {
      const answer = await fetch(`${address}/v1/schools/${school}/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
      })
      return { status: answer.status, body: (await answer.json()) as Rebuilds }
    }
    return {
      rebuild: () => call('POST', 'read-models/audit-trail/rebuild'),
      rebuilds: async () => (await call('GET', 'read-models/audit-trail/rebuilds')).body.rebuilds,
    }
  }

  it('is gone on with by the next service at once, and then another may be asked for', async () => {
    const first = await letopis.serve(variables, '--demo')
    const before = await administrator(first)
    expect((await before.rebuild()).status).toBe(202)
    const [begun] = await before.rebuilds()
    expect(begun).toMatchObject({ running: true, finished: null })
    await first.end('SIGKILL')

    const next = await letopis.serve(variables)
    const after = await administrator(next)
    await vi.waitFor(
      async () => {
        const [found] = await after.rebuilds()
        expect(found).toMatchObject({ id: begun!.id, running: false, problem: null })
        expect(found!.report!.tables.every(({ differing }) => differing === 0)).toBe(true)
      },
      // Less than the half minute for which a sign of life is believed.
      { timeout: 25_000, interval: 100 },
    )
    expect((await after.rebuild()).status).toBe(202)
    await vi.waitFor(
      async () => {
        const found = await after.rebuilds()
        expect(found).toHaveLength(2)
        expect(found.every(({ running, problem }) => !running && problem === null)).toBe(true)
      },
      { timeout: 25_000, interval: 100 },
    )
    expect(await next.end('SIGTERM')).toMatchObject({ code: 0 })
  })
})
