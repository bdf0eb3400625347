interface Entry {
  readonly at: number
  /** Of two at the same instant, the one that was noted first comes first. */
  readonly noted: number
  readonly act: () => void
}

/** What is still to be done, in order of time: a binary heap. */
export class Agenda {
  readonly #heap: Entry[] = []
  #noted = 0

  note(at: number, act: () => void): void {
    const entry = { at, noted: this.#noted++, act }
    let place = this.#heap.length
    for (
      let above = (place - 1) >> 1;
      place > 0 && before(entry, this.#heap[above]!);
      above = (place - 1) >> 1
    ) {
      this.#heap[place] = this.#heap[above]!
      place = above
    }
    this.#heap[place] = entry
  }

  /** Does everything due by `until`, that included which comes up meanwhile. */
  doUntil(until: number): void {
    while (this.#heap.length > 0 && this.#heap[0]!.at <= until) this.#take().act()
  }

  #take(): Entry {
    const heap = this.#heap
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return first
    let place = 0
    for (;;) {
      let below = 2 * place + 1
      if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below += 1
      if (below >= heap.length || !before(heap[below]!, last)) break
      heap[place] = heap[below]!
      place = below
    }
    heap[place] = last
    return first
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.noted < b.noted)
}
