/** Bits of the filter: 64 MB, however long the log. */
const BITS = 2 ** 29
const PROBES = 4

/**
 * Which rows a build may have written, so that rows that it surely has not need not be looked for: a Bloom filter. It
 * never forgets a key; for 10 million keys it takes one in 36,000 for known that is not, for 100 million one in 13.
 */
export class WrittenKeys {
  readonly #bits = new Uint32Array(BITS / 32)

  /** Whether the row of a stream of a table may have been met before; from now on it has. */
  meets(stream: KeyPrefix, id: string): boolean {
    const { a, b } = hashed(id, stream)
    let known = true
    const step = mixed(b) | 1
    for (let probe = 0, at = mixed(a); probe < PROBES; probe++, at = (at + step) >>> 0) {
      const bit = at & (BITS - 1)
      const [word, mask] = [bit >>> 5, 1 << (bit & 31)]
      if ((this.#bits[word]! & mask) !== 0) continue
      known = false
      this.#bits[word]! |= mask
    }
    return known
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
