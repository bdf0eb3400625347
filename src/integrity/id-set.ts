const WORDS = 4
/** A table that is fuller than this is doubled: past it, looking up takes ever more steps. */
const FULL = 0.6

/**
 * The ids that were seen, without error: 16 bytes for an id and no object of its own, so that a million of them take
 * some 30 MB instead of the 150 MB of a set of strings.
 */
export class IdSet {
  #table = new Uint32Array(1024 * WORDS)
  #size = 0
  #nil = false

  get size(): number {
    return this.#size + (this.#nil ? 1 : 0)
  }

  /** Adds an id; false when it was there already. */
  add(words: IdWords): boolean {
    if (isNil(words)) {
      // Four zeros mark a free place of the table.
      const isNew = !this.#nil
      this.#nil = true
      return isNew
    }
    if (this.#size * WORDS >= this.#table.length * FULL) this.#grow()
    const at = slotOf(this.#table, words)
    if (isTaken(this.#table, at)) return false
    for (let i = 0; i < WORDS; i++) this.#table[at + i] = words[i]!
    this.#size++
    return true
  }

  has(words: IdWords): boolean {
    return isNil(words) ? this.#nil : isTaken(this.#table, slotOf(this.#table, words))
  }

  #grow(): void {
    const table = this.#table
    const wider = new Uint32Array(table.length * 2)
    const words = new Uint32Array(WORDS)
    for (let at = 0; at < table.length; at += WORDS) {
      if (!isTaken(table, at)) continue
      for (let i = 0; i < WORDS; i++) words[i] = table[at + i]!
      const slot = slotOf(wider, words)
      for (let i = 0; i < WORDS; i++) wider[slot + i] = words[i]!
    }
    this.#table = wider
  }
}

/** The 128 bits of an id. */
export type IdWords = ArrayLike<number>

const isNil = (words: IdWords): boolean => (words[0]! | words[1]! | words[2]! | words[3]!) === 0

/** Half a million ids a second are looked at: each into the same four words. */
const parsed = new Uint32Array(WORDS)

/** The words of an id in its one text form, with small letters; null for another text. They are good until the next call. */
export function idWords(id: string): IdWords | null {
  if (id.length !== LONG) return null
  let digits = 0
  for (let at = 0; at < LONG; at++) {
    const code = id.charCodeAt(at)
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (code !== HYPHEN) return null
      continue
    }
    const isLetter = code >= A && code <= F
    if (!isLetter && !(code >= ZERO && code <= NINE)) return null
    const word = digits++ >> 3
    parsed[word] = (parsed[word]! << 4) | (isLetter ? code - A + 10 : code - ZERO)
  }
  return parsed
}

const LONG = 36
const [HYPHEN, ZERO, NINE, A, F] = [0x2d, 0x30, 0x39, 0x61, 0x66] as const

/** Where these words stand in the table, or else the free place where they would. */
function slotOf(table: Uint32Array, words: IdWords): number {
  const last = table.length / WORDS - 1
  let slot = (Math.imul(words[0]!, 0x9e3779b1) ^ words[3]!) & last
  while (isTaken(table, slot * WORDS) && !isAt(table, slot * WORDS, words)) slot = (slot + 1) & last
  return slot * WORDS
}

function isTaken(table: Uint32Array, at: number): boolean {
  return table[at] !== 0 || table[at + 1] !== 0 || table[at + 2] !== 0 || table[at + 3] !== 0
}

function isAt(table: Uint32Array, at: number, words: IdWords): boolean {
  for (let i = 0; i < WORDS; i++) if (table[at + i] !== words[i]) return false
  return true
}
