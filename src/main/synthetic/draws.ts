import { createHash } from 'node:crypto'

/** The state of xoshiro128**: four words of 32 bits, not all zero. */
export type Words = readonly [number, number, number, number]

/**
 * xoshiro128** 1.1 of D. Blackman and S. Vigna: 32 bits a draw.
 *
 * Everything drawn is made of sums, products and comparisons of exact binary fractions. `Math.log` and its kin may
 * differ in the last bit from one engine to the next, and one bit would be another school (DOMAIN.md G.1).
 */
export class Draws {
  readonly #words: Uint32Array

  constructor(words: Words) {
    this.#words = Uint32Array.from(words)
  }

  /** An integer of 0 … 2³² − 1. */
  word(): number {
    const s = this.#words
    const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0
    const shifted = s[1]! << 9
    s[2]! ^= s[0]!
    s[3]! ^= s[1]!
    s[1]! ^= s[2]!
    s[0]! ^= s[3]!
    s[2]! ^= shifted
    s[3] = rotateLeft(s[3]!, 11)
    return result
  }

  /** A fraction in [0, 1). */
  unit(): number {
    return this.word() / 2 ** 32
  }

  /** An integer of `least` … `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.between(0, from.length - 1)]
    if (picked === undefined) throw new Error('nothing to pick from')
    return picked
  }

  /** Very nearly N(0, deviation²): twelve fractions less six have mean 0 and variance 1. */
  normal(deviation: number): number {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += this.unit()
    return sum * deviation
  }

  /** Poisson of mean 1, cut off at 5. */
  poisson(): number {
    const drawn = this.unit()
    return POISSON.filter((bound) => drawn >= bound).length
  }

  /** How often something fails before it first succeeds. */
  failures(success: number): number {
    let failed = 0
    while (!this.chance(success) && failed < 60) failed++
    return failed
  }

  /** Beta(8, 2): the second largest of nine fractions. */
  discipline(): number {
    return Array.from({ length: 9 }, () => this.unit()).toSorted((a, b) => b - a)[1]!
  }
}

/** P(X ≤ n) for n = 0 … 4, X of Poisson with mean 1. */
const POISSON = [0.367879, 0.735759, 0.919699, 0.981012, 0.99634]

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

/** Gives each path of the school draws of its own, so that a new feature does not shift the draws of the others. */
export type DrawsAt = (path: string) => Draws

export function drawsOf(seed: string): DrawsAt {
  return (path) => {
    const digest = createHash('sha256').update(`${seed}/${path}`, 'utf8').digest()
    return new Draws([0, 4, 8, 12].map((at) => digest.readUInt32BE(at)) as unknown as Words)
  }
}
