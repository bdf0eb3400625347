import { setImmediate } from 'node:timers/promises'

/** A call whose answers come one after another, as the gRPC client has it. */
export interface Answering<Answer> {
  on(event: 'data', listener: (answer: Answer) => void): unknown
  on(event: 'end', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  pause(): unknown
  resume(): unknown
  cancel(): void
}

/** How many answers wait in memory at most before the server is asked to hold back. */
const MOST = 1_000

/**
 * What a call delivers, taken in portions as large as what waits. It reads ahead to a bound while the taker is busy,
 * and knows the taker's patience: a call that is silent is told apart from one that has ended.
 */
export class Inflow<Answer> {
  readonly #call: Answering<Answer>
  #waiting: Answer[] = []
  #state: 'open' | 'ended' | 'cancelled' = 'open'
  #error: Error | null = null
  #wake: (() => void) | null = null

  constructor(call: Answering<Answer>) {
    this.#call = call
    call.on('data', (answer) => {
      this.#waiting.push(answer)
      if (this.#waiting.length >= MOST) call.pause()
      this.#wake?.()
    })
    call.on('end', () => this.#end(null))
    // Stays on after the end: an error without a listener would end the process.
    call.on('error', (error) => this.#end(error))
  }

  /**
   * All that waits; otherwise what comes next.
   *
   * @returns null when the call has ended or was cancelled; `silent` after `milliseconds` without anything
   * @throws what the call failed with, after everything before it was taken
   */
  async take(milliseconds: number): Promise<readonly Answer[] | null | 'silent'> {
    if (this.#waiting.length === 0 && this.#state === 'open') {
      await this.#next(milliseconds)
      // Answers that came over the wire together are handed over one by one: the first of them waits for the others.
      await setImmediate()
    }
    if (this.#state === 'cancelled') return null
    if (this.#waiting.length > 0) {
      const taken = this.#waiting
      this.#waiting = []
      if (taken.length >= MOST) this.#call.resume()
      return taken
    }
    if (this.#error !== null) throw this.#error
    return this.#state === 'open' ? 'silent' : null
  }

  /** Lets the server stop, and the taker go. Safe to repeat, and after the end. */
  cancel(): void {
    if (this.#state === 'open') this.#call.cancel()
    this.#state = 'cancelled'
    this.#waiting = []
    this.#wake?.()
  }

  /** Ends with this error instead of waiting on: the call is known to be of no use any more. */
  fail(error: Error): void {
    if (this.#state !== 'open') return
    this.#end(error)
    this.#call.cancel()
  }

  #end(error: Error | null): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    this.#error = error
    this.#wake?.()
  }

  #next(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, milliseconds)
    this.#wake = resolve
    return promise.finally(() => {
      clearTimeout(timer)
      this.#wake = null
    })
  }
}
