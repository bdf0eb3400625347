import type { FastifyInstance } from 'fastify'

type Leave = (error?: Error) => void

/**
 * Lets answers that come in the same turn of the event loop leave together at its end, but for the first, which waits for
 * nobody. A client that waits for its answer sleeps, and to send wakes it: that takes longer than to make a small answer,
 * and one that is still waking up need not be woken again (docs/decisions/0117).
 *
 * To be called behind every other hook of answers that may wait.
 */
export function leaveTogether(app: FastifyInstance): void {
  let waiting: Leave[] | null = null
  app.addHook('onSend', (_request, _reply, _payload, leave) => {
    if (waiting !== null) {
      waiting.push(leave)
      return
    }
    const together: Leave[] = []
    waiting = together
    setImmediate(() => {
      waiting = null
      for (const leaveNow of together) {
        try {
          leaveNow()
        } catch (error) {
          // Fastify catches it where nobody waited; here it would end the process, and with it the answers behind.
          leaveNow(error as Error)
        }
      }
    })
    leave()
  })
}
