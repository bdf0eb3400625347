/** Wakes everybody who listens: a log rings it after an append. */
export class Bell {
  #next = new Ring()

  /** The next ring. Take it before looking for what it tells of, and wait for it after finding nothing. */
  get rung(): Ring {
    return this.#next
  }

  ring(): void {
    const rung = this.#next
    this.#next = new Ring()
    rung.sound()
  }
}

class Ring {
  readonly #wakes = new Set<() => void>()
  #sounded = false

  sound(): void {
    this.#sounded = true
    for (const wake of this.#wakes) wake()
  }

  /** Resolves when it sounds, after `milliseconds`, or when `signal` aborts: whichever comes first. */
  orAfter(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#sounded || signal.aborted) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const wake = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      this.#wakes.delete(wake)
      resolve()
    }
    const timer = setTimeout(wake, milliseconds)
    signal.addEventListener('abort', wake)
    this.#wakes.add(wake)
    return promise
  }
}
