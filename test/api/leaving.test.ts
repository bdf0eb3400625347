import { setImmediate } from 'node:timers/promises'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { leaveTogether } from '#api/leaving.ts'

/** A service whose answers come all at once, when `open` is called; `gone` are those that left, in order. */
function held(): {
  readonly ask: (n: number) => Promise<number>
  readonly open: () => void
  readonly gone: number[]
} {
  const gate = Promise.withResolvers<void>()
  const gone: number[] = []
  const app = Fastify()
  leaveTogether(app)
  app.addHook('onSend', (request, _reply, _payload, done) => {
    gone.push(Number((request.params as { n: string }).n))
    done()
  })
  app.get('/:n', async () => {
    await gate.promise
    return 'answer'
  })
  return {
    ask: async (n) => (await app.inject(`/${n}`)).statusCode,
    open: () => gate.resolve(),
    gone,
  }
}

describe('answers of one turn of the event loop', () => {
  it('leave at its end, in their order, but for the first', async () => {
    const { ask, open, gone } = held()
    const answers = [1, 2, 3].map(ask)
    // Until each of them waits in its handler.
    for (let turn = 0; turn < 5; turn++) await setImmediate()
    const meanwhile = setImmediate().then(() => [...gone])
    open()
    expect(await meanwhile).toEqual([1])
    expect(await Promise.all(answers)).toEqual([200, 200, 200])
    expect(gone).toEqual([1, 2, 3])
  })

  it('leave also where one among them cannot be written, which fails alone', async () => {
    const gate = Promise.withResolvers<void>()
    const app = Fastify()
    leaveTogether(app)
    app.get('/:header', async (request, reply) => {
      await gate.promise
      return reply.header('letopis', (request.params as { header: string }).header).send('answer')
    })
    const answers = ['one', 'Ж', 'three'].map((header) => app.inject(`/${encodeURIComponent(header)}`))
    for (let turn = 0; turn < 5; turn++) await setImmediate()
    gate.resolve()
    const statuses = (await Promise.all(answers)).map(({ statusCode }) => statusCode)
    expect(statuses).toEqual([200, 500, 200])
  })

  it('wait for nobody when they come one by one', async () => {
    const { ask, open, gone } = held()
    open()
    for (const n of [1, 2]) {
      expect(await ask(n)).toBe(200)
      await setImmediate()
    }
    expect(gone).toEqual([1, 2])
  })
})
