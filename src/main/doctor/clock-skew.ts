import { bad, good, type Verdict } from './check.ts'

/** By how many milliseconds the clocks of the machine and of the server may differ: deadlines count in seconds. */
const SKEW = 2_000

/** @param skew the clock of a server less that of this machine, in milliseconds */
export function skewVerdict(skew: number): Verdict {
  const found = `расходятся на ${(Math.abs(skew) / 1_000).toFixed(2)} с`
  return Math.abs(skew) <= SKEW
    ? good(found)
    : bad(found, 'Включите NTP на обеих машинах: больше двух секунд — и срок записи уже спорный.')
}
