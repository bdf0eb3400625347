/** Too many wait for their turn already, or this one waited too long: nothing was done. */
export class NoTurn extends Error {
  override readonly name = 'NoTurn'
}

export interface TurnLimits {
  /** How many have their turn at once. */
  readonly atOnce: number
  /** How many may wait for one. */
  readonly waiting: number
  /** Milliseconds for which each of them waits. */
  readonly patience: number
}

/** Lets a few do something dear at once; the others wait in the order in which they came, and not for ever. */
export class Turns {
  readonly #limits: TurnLimits
  readonly #queue = new Set<() => void>()
  #taken = 0

  constructor(limits: TurnLimits) {
    this.#limits = limits
  }

  /**
   * Does something when its turn comes.
   *
   * @throws {NoTurn} it does not come
   */
  async take<Result>(does: () => Promise<Result>): Promise<Result> {
    if (this.#taken < this.#limits.atOnce) this.#taken += 1
    else await this.#turn()
    try {
      return await does()
    } finally {
      this.#pass()
    }
  }

  #turn(): Promise<void> {
    const { waiting, patience } = this.#limits
    if (this.#queue.size >= waiting) throw new NoTurn('too many wait')
    return new Promise((resolve, reject) => {
      const called = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#queue.delete(called)
        reject(new NoTurn(`waited ${patience} ms`))
      }, patience)
      this.#queue.add(called)
    })
  }

  /** Gives the turn to whoever waits longest. */
  #pass(): void {
    const [next] = this.#queue
    if (next === undefined) {
      this.#taken -= 1
      return
    }
    this.#queue.delete(next)
    next()
  }
}
