import { MAX_DEPTH } from './canonical-json.ts'

/**
 * RFC 8785 read: whether bytes are canonical JSON as they stand, and where members are, without making objects of them.
 *
 * Whoever reads a whole log asks this of millions of records, and needs a few members of each. `isCanonicalJson` says the
 * same of a text that was parsed. What is rare and has rules of its own (escapes, keys outside ASCII) is left to it: then
 * nothing is found here.
 */
export class CanonicalText {
  /** The bytes, UTF-8 of well-formed text, with a zero behind the last. */
  readonly #bytes: Buffer
  /** All bits of the strings that were met. */
  #bits = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Forgets what strings were met. */
  begin(): void {
    this.#bits = 0
  }

  /** Whether the strings that were met since then have no byte outside ASCII; all other bytes of what was found are of it. */
  get isAscii(): boolean {
    return this.#bits <= 0x7f
  }

  /**
   * Where the canonical object ends that begins at `at`; below 0 where none is found.
   *
   * @param members told of each member, in order
   */
  objectEnd(at: number, members: Members | null = null, depth = 0): number {
    const bytes = this.#bytes
    if (bytes[at] !== OPEN_OBJECT) return NOWHERE
    if (bytes[at + 1] === CLOSE_OBJECT) return at + 2
    let [lastFrom, lastTo] = [0, 0]
    for (let next = at + 1; ; next++) {
      const key = next + 1
      const keyTo = this.#keyEnd(next)
      if (keyTo < 0 || bytes[keyTo + 1] !== COLON) return NOWHERE
      // By code units (section 3.2.3), and none twice.
      if (lastFrom > 0 && !this.#isBefore(lastFrom, lastTo, key, keyTo)) return NOWHERE
      ;[lastFrom, lastTo] = [key, keyTo]
      const end = this.#valueEnd(keyTo + 2, depth + 1)
      if (end < 0) return NOWHERE
      members?.member(key, keyTo, keyTo + 2, end)
      if (bytes[end] === CLOSE_OBJECT) return end + 1
      if (bytes[end] !== COMMA) return NOWHERE
      next = end
    }
  }

  #valueEnd(at: number, depth: number): number {
    if (depth > MAX_DEPTH) return NOWHERE
    switch (this.#bytes[at]) {
      case QUOTE:
        return this.stringEnd(at)
      case OPEN_OBJECT:
        return this.objectEnd(at, null, depth)
      case OPEN_LIST:
        return this.#listEnd(at, depth)
      case N:
        return this.#literalEnd(at, 'null')
      case T:
        return this.#literalEnd(at, 'true')
      case F:
        return this.#literalEnd(at, 'false')
      default:
        return this.numberEnd(at)
    }
  }

  #listEnd(at: number, depth: number): number {
    const bytes = this.#bytes
    if (bytes[at + 1] === CLOSE_LIST) return at + 2
    for (let next = at + 1; ; next++) {
      const end = this.#valueEnd(next, depth + 1)
      if (end < 0) return NOWHERE
      if (bytes[end] === CLOSE_LIST) return end + 1
      if (bytes[end] !== COMMA) return NOWHERE
      next = end
    }
  }

  /**
   * Where the string ends that begins at `at`; below 0 where none is found. Control characters must be escaped, so the zero
   * behind the text ends every string that nothing closes.
   */
  stringEnd(at: number): number {
    const bytes = this.#bytes
    if (bytes[at] !== QUOTE) return NOWHERE
    let to = at + 1
    let bits = 0
    for (let byte = bytes[to]!; byte !== QUOTE; byte = bytes[++to]!) {
      if (byte < SPACE || byte === BACKSLASH) return NOWHERE
      bits |= byte
    }
    this.#bits |= bits
    return to + 1
  }

  /** Where its last letter is; of letters whose order in UTF-8 is that in UTF-16 code units. */
  #keyEnd(at: number): number {
    const bytes = this.#bytes
    if (bytes[at] !== QUOTE) return NOWHERE
    let to = at + 1
    for (let byte = bytes[to]!; byte !== QUOTE; byte = bytes[++to]!) {
      if (byte < SPACE || byte === BACKSLASH || byte > ASCII) return NOWHERE
    }
    return to
  }

  #isBefore(from: number, to: number, otherFrom: number, otherTo: number): boolean {
    const bytes = this.#bytes
    const shorter = Math.min(to - from, otherTo - otherFrom)
    for (let i = 0; i < shorter; i++) {
      const difference = bytes[from + i]! - bytes[otherFrom + i]!
      if (difference !== 0) return difference < 0
    }
    return to - from < otherTo - otherFrom
  }

  #literalEnd(at: number, literal: string): number {
    for (let i = 1; i < literal.length; i++) if (this.#bytes[at + i] !== literal.charCodeAt(i)) return NOWHERE
    return at + literal.length
  }

  /** The same of a number. Numbers are written as ECMAScript writes them (section 3.2.2.3), and integers are exact. */
  numberEnd(at: number): number {
    const bytes = this.#bytes
    let to = at
    while (isDigit(bytes[to]!)) to++
    if (to > at && to - at <= EXACT_DIGITS && !isOfNumber(bytes[to]!))
      return bytes[at] === ZERO && to - at > 1 ? NOWHERE : to
    while (isDigit(bytes[to]!) || isOfNumber(bytes[to]!)) to++
    if (to === at || to - at > LONGEST_NUMBER) return NOWHERE
    const written = bytes.toString('latin1', at, to)
    const value = Number(written)
    const exact = Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
    return exact && String(value) === written ? to : NOWHERE
  }
}

/** Who is told where the members of an object are: each key and each value, from its first byte to the place behind its last. */
export interface Members {
  member(key: number, keyTo: number, value: number, valueTo: number): void
}

/** No place of a text: what should stand there does not. */
const NOWHERE = -1

const [SPACE, QUOTE, PLUS, COMMA, MINUS, POINT, ZERO, NINE, COLON] = [
  0x20, 0x22, 0x2b, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a,
] as const
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, E, F, N, T, OPEN_OBJECT, CLOSE_OBJECT, ASCII] = [
  0x5b, 0x5c, 0x5d, 0x65, 0x66, 0x6e, 0x74, 0x7b, 0x7d, 0x7e,
] as const

/** Digits of an integer that is surely exact. */
const EXACT_DIGITS = 15
/** No double is written with more characters: -1.7976931348623157e-308. */
const LONGEST_NUMBER = 24

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE
const isOfNumber = (byte: number): boolean => byte === POINT || byte === E || byte === MINUS || byte === PLUS
