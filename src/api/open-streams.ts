import type { Uuid } from '#values/uuid.ts'
import { ProblemError } from './problems.ts'

export interface StreamLimits {
  /** Streams that one account may have open at once in a process. */
  readonly perAccount: number
  readonly perProcess: number
  /** How long nothing is sent at most, in milliseconds, so that nobody on the way takes the connection for dead. */
  readonly heartbeat: number
  /** How long somebody may take nothing of what he was sent, in milliseconds, before he is cut. */
  readonly stall: number
}

export const LIMITS: StreamLimits = { perAccount: 8, perProcess: 2_000, heartbeat: 15_000, stall: 30_000 }

/** Counts the streams that are open, by account. */
export class OpenStreams {
  readonly #limits: StreamLimits
  readonly #byAccount = new Map<Uuid, number>()
  #open = 0

  constructor(limits: StreamLimits) {
    this.#limits = limits
  }

  get open(): number {
    return this.#open
  }

  /**
   * @returns gives the place back
   * @throws {ProblemError} `streams-exhausted`
   */
  enter(account: Uuid): () => void {
    const own = this.#byAccount.get(account) ?? 0
    if (own >= this.#limits.perAccount || this.#open >= this.#limits.perProcess) {
      throw new ProblemError('streams-exhausted', { perAccount: this.#limits.perAccount })
    }
    this.#byAccount.set(account, own + 1)
    this.#open++
    return () => {
      const left = this.#byAccount.get(account)! - 1
      if (left === 0) this.#byAccount.delete(account)
      else this.#byAccount.set(account, left)
      this.#open--
    }
  }
}
