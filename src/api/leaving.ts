import type { FastifyInstance } from 'fastify'

/**
 * Lets answers that come in the same turn of the event loop leave together at its end, but for the first, which waits for
 * nobody. A client that waits for its answer sleeps, and to send wakes it: that takes longer than to make a small answer,
 * and one that is still waking up need not be woken again (docs/decisions/0117).
 *
 * To be called behind every other hook of answers that may wait.
 */
export function leaveTogether(app: FastifyInstance): void {
  let waiting: Array<() => void> | null = null
  app.addHook('onSend', (_request, _reply, _payload, leave) => {
    if (waiting !== null) {
      waiting.push(leave)
      return
    }
    const together: Array<() => void> = []
    waiting = together
    setImmediate(() => {
      waiting = null
      for (const leaveNow of together) leaveNow()
    })
    leave()
  })
}
