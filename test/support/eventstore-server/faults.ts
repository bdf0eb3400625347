import { status } from '@grpc/grpc-js'

/** What is to go wrong. All of it can be changed while the server runs. */
export class Faults {
  /** Each answer comes this many milliseconds late. */
  slow = 0
  /** How far the server's clock is ahead, in milliseconds. */
  skew = 0
  /** So many of the next calls are told that the server is not ready yet. */
  notReady = 0
  /** So many of the next appends are recorded, and then every connection is reset instead of an answer. */
  resetAfterWrite = 0
  /** So many of the next appends are recorded and never answered. */
  loseAnswer = 0
  /** The next subscription is dropped when it has given so many events. */
  dropAfter: number | null = null
  /** Subscriptions stay open and give nothing; all else is answered. */
  mute = false
  readonly #subscriptions = new Set<(error: object) => void>()
  #speaking: PromiseWithResolvers<void> | null = null

  /** From now on every call is taken, and none is answered: a server that hangs. */
  silence(): void {
    this.#speaking ??= Promise.withResolvers()
  }

  /** Ends the silence; what was asked meanwhile is done now. */
  speak(): void {
    this.#speaking?.resolve()
    this.#speaking = null
  }

  dropSubscriptions(): void {
    for (const drop of this.#subscriptions) drop(DROPPED)
  }

  /** A call passes here before anything is done for it. @throws an error with a status of gRPC */
  async admit(): Promise<void> {
    while (this.#speaking !== null) await this.#speaking.promise
    if (this.notReady > 0) {
      this.notReady--
      throw Object.assign(new Error('Server Is Not Ready'), {
        code: status.UNAVAILABLE,
        details: 'Server Is Not Ready',
      })
    }
    if (this.slow > 0) await new Promise((resolve) => setTimeout(resolve, this.slow))
  }

  /** Makes a subscription one that can be dropped; the answer ends that. */
  register(drop: (error: object) => void): () => void {
    this.#subscriptions.add(drop)
    return () => this.#subscriptions.delete(drop)
  }
}

export const DROPPED = { code: status.UNAVAILABLE, details: 'the subscription was dropped' }
