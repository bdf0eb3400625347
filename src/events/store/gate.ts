/** Lets a number of calls in at once; the others wait in order. */
export class Gate {
  #free: number
  readonly #queue: Array<() => void> = []

  constructor(size: number) {
    this.#free = size
  }

  /** Resolves, when it is one's turn, to what is called on leaving. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#queue.push(resolve))
    return () => {
      const next = this.#queue.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
