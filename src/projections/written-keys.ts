/** A line of the filter is what a processor fetches at once: all bits of a key stand in one. */
const LINE = 512
const BITS_A_KEY = 32
/** 256 MB, however long the log. */
const MOST_LINES = 2 ** 22

/**
 * Which rows a build may have written, so that rows that it surely has not need not be looked for: a Bloom filter with
 * four bits a key. It never forgets a key. At the number of keys for which it was made, it takes less than one in 2,000
 * for known that is not; at four times as many, as with the 270 million rows of a region's year, one in 60.
 */
export class WrittenKeys {
  readonly #lines: number
  readonly #bits: Uint32Array

  /** @param keys how many are expected */
  constructor(keys: number) {
    const lines = Math.ceil((Math.max(keys, 1) * BITS_A_KEY) / LINE)
    this.#lines = Math.min(MOST_LINES, 2 ** Math.ceil(Math.log2(lines)))
    this.#bits = new Uint32Array((this.#lines * LINE) / 32)
  }

  /** Whether the row of a stream of a table may have been met before; from now on it has. */
  meets(stream: KeyPrefix, id: string): boolean {
    const { a, b } = hashed(id, stream)
    const line = (mixed(a) & (this.#lines - 1)) * (LINE / 32)
    const places = mixed(b)
    // Nine bits name a place within a line.
    const known = this.#had(line, places & 511)
    const second = this.#had(line, (places >>> 9) & 511)
    const third = this.#had(line, (places >>> 18) & 511)
    const fourth = this.#had(line, mixed(a ^ b) & 511)
    return known && second && third && fourth
  }

  /** Sets a bit, and tells whether it was set. */
  #had(line: number, place: number): boolean {
    const at = line + (place >>> 5)
    const mask = 1 << (place & 31)
    const word = this.#bits[at]!
    if ((word & mask) !== 0) return true
    this.#bits[at] = word | mask
    return false
  }
}

/** The beginning of keys: a table and a stream. */
export type KeyPrefix = { readonly a: number; readonly b: number }

export function keyPrefix(table: string, stream: string): KeyPrefix {
  return hashed(stream, hashed(table, { a: 0x811c9dc5, b: 0x9747b28c }))
}

/** Two hashes at once: FNV-1a, and one that is mixed otherwise. */
function hashed(text: string, { a, b }: KeyPrefix): KeyPrefix {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
    b ^= b >>> 15
  }
  return { a, b }
}

/** The last step of MurmurHash3: every bit of the hash depends on every bit. */
function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
