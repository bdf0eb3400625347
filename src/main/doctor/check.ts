import { DAY } from '#values/time.ts'
import { describe } from '../explain.ts'

/** What was looked at, what was found, and what to do about it, in Russian. */
export interface Check {
  readonly what: string
  /** `mind` is no fault yet: somebody should know it. */
  readonly state: 'good' | 'mind' | 'bad'
  readonly found: string
  /** What to do; null where all is well. */
  readonly advice: string | null
}

export type Verdict = Omit<Check, 'what'>

export const good = (found: string): Verdict => ({ state: 'good', found, advice: null })
export const mind = (found: string, advice: string): Verdict => ({ state: 'mind', found, advice })
export const bad = (found: string, advice: string): Verdict => ({ state: 'bad', found, advice })

/** One check; a look that throws is bad, and what it throws says what to do. */
export async function check(what: string, look: () => Verdict | Promise<Verdict>): Promise<Check> {
  try {
    return { what, ...(await look()) }
  } catch (error) {
    return { what, state: 'bad', found: describe(error), advice: null }
  }
}

/** Whole days since a time in milliseconds. */
export const daysSince = (then: number, now: number): number => Math.floor((now - then) / DAY)
