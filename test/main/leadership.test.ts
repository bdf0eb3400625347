import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Duty, Leadership } from '#main/leadership.ts'
import { postgresAbsence, terminateConnections, testEngine } from '#support/databases.ts'

const SOON = { timeout: 20_000, interval: 5 }
const leads = (leadership: Leadership) => vi.waitFor(() => expect(leadership.leads).toBe(true), SOON)

describe.skipIf(postgresAbsence !== null)('the leadership of a duty', () => {
  const engine = testEngine('postgres')
  let url: string
  let standing: Leadership[]
  /** Who began and who ended to work, in order. */
  let told: string[]
  beforeEach(async () => {
    url = (await engine.open()).at!
    standing = []
    told = []
  })
  afterEach(() => Promise.all(standing.map((leadership) => leadership.stop())))

  function stand(name: string, duty: Duty = 'projector', fails = 0): Leadership {
    let left = fails
    const work = (signal: AbortSignal): Promise<void> => {
      told.push(`${name} begins`)
      if (left-- > 0) return Promise.reject(new Error('it cannot'))
      const { promise, resolve } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => {
        told.push(`${name} ends`)
        resolve()
      })
      return promise
    }
    const leadership = new Leadership(duty, { url, work, log: { info: () => {}, error: () => {} } })
    standing.push(leadership)
    leadership.start()
    return leadership
  }

  it('is one process’s, and the next one’s when the first lets go', async () => {
    const first = stand('first')
    await leads(first)
    const second = stand('second')
    const third = stand('third', 'relay')
    // The third stands for another duty, and has asked after the second had.
    await leads(third)
    expect(second.leads).toBe(false)
    await first.stop()
    await leads(second)
    expect(told.filter((line) => !line.startsWith('third'))).toEqual([
      'first begins',
      'first ends',
      'second begins',
    ])
  })

  it('ends with the connection that holds it, and is taken again', async () => {
    const first = stand('first')
    await leads(first)
    const second = stand('second')
    await terminateConnections(url)
    await vi.waitFor(() => expect(told).toContain('first ends'), SOON)
    await vi.waitFor(() => expect([first.leads, second.leads]).toContain(true), SOON)
    expect(first.leads && second.leads).toBe(false)
  })

  it('goes on after work that failed', async () => {
    const first = stand('first', 'projector', 1)
    await vi.waitFor(() => expect(told).toEqual(['first begins', 'first begins']), SOON)
    await leads(first)
  })

  it('is not waited for when a process that stands by stops', async () => {
    await leads(stand('first'))
    const second = stand('second')
    await second.stop()
    expect(told).toEqual(['first begins'])
  })

  it('is stood for as long as the server is away', async () => {
    const away = url
    url = 'postgres://nobody@127.0.0.1:1/nowhere'
    const lonely = stand('lonely')
    await lonely.stop()
    expect(told).toEqual([])
    url = away
  })
})
