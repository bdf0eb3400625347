import type { Uuid } from '#values/uuid.ts'

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
  add(id: Uuid): boolean {
    const words = wordsOf(id)
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

  has(id: Uuid): boolean {
    const words = wordsOf(id)
    return isNil(words) ? this.#nil : isTaken(this.#table, slotOf(this.#table, words))
  }

  #grow(): void {
    const wider = new Uint32Array(this.#table.length * 2)
    for (let at = 0; at < this.#table.length; at += WORDS) {
      const words = this.#table.subarray(at, at + WORDS)
      if (isTaken(this.#table, at)) wider.set(words, slotOf(wider, words))
    }
    this.#table = wider
  }
}

type Words = ArrayLike<number>

const isNil = (words: Words): boolean => (words[0]! | words[1]! | words[2]! | words[3]!) === 0

/** Half a million ids a second are looked at: each into the same four words. */
const parsed = new Uint32Array(WORDS)

function wordsOf(id: Uuid): Words {
  let digits = 0
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at)
    if (code === HYPHEN) continue
    const word = digits++ >> 3
    parsed[word] = (parsed[word]! << 4) | (code < LETTERS ? code & 0xf : (code & 0xf) + 9)
  }
  return parsed
}

const HYPHEN = 0x2d
/** Codes of digits are below, those of letters, small or large, above. */
const LETTERS = 0x40

/** Where these words stand in the table, or else the free place where they would. */
function slotOf(table: Uint32Array, words: Words): number {
  const last = table.length / WORDS - 1
  let slot = (Math.imul(words[0]!, 0x9e3779b1) ^ words[3]!) & last
  while (isTaken(table, slot * WORDS) && !isAt(table, slot * WORDS, words)) slot = (slot + 1) & last
  return slot * WORDS
}

function isTaken(table: Uint32Array, at: number): boolean {
  return table[at] !== 0 || table[at + 1] !== 0 || table[at + 2] !== 0 || table[at + 3] !== 0
}

function isAt(table: Uint32Array, at: number, words: Words): boolean {
  for (let i = 0; i < WORDS; i++) if (table[at + i] !== words[i]) return false
  return true
}
