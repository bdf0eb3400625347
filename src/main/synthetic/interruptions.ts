import { addDays } from '#values/time.ts'
import type { Teacher } from './parts.ts'
import type { School } from './school.ts'
import type { Timeliness } from './timeliness.ts'

const HOUR = 60

/** A time in which nobody, or one person, cannot enter anything; what was to be entered then comes after it, in its order. */
interface Interruption {
  /** Whom it keeps away; null is everybody. */
  readonly whom: Teacher | null
  readonly from: number
  readonly until: number
  /** By how much faster than planned it is entered then. */
  readonly faster: number
}

/** The bounds of the outage of episode 8 (DOMAIN.md G.9), in milliseconds since 1970. */
export function outageOf(school: School, timeliness: Timeliness): { from: number; until: number } {
  const from = timeliness.at(school.outage, 14 * HOUR)
  return { from, until: timeliness.at(school.outage, 14 * HOUR + 12) }
}

/** When somebody who wants to enter something can: the outage and the breach stand in the way (DOMAIN.md G.9). */
export class Interruptions {
  readonly #all: readonly Interruption[]

  constructor(school: School, timeliness: Timeliness) {
    const all: Interruption[] = [{ whom: null, ...outageOf(school, timeliness), faster: 12 }]
    if (school.breached !== null) {
      const { journal, monday } = school.breached
      const from = timeliness.at(monday, 17 * HOUR)
      // A seminar takes the teacher's Tuesday; on Wednesday the account is closed, on Thursday all of it is made up for.
      all.push({
        whom: journal.teacher,
        from,
        until: timeliness.at(addDays(monday, 3), 14 * HOUR),
        faster: 60,
      })
    }
    this.#all = all
  }

  /** The same instant, or one after what stands in the way. */
  possible(who: Teacher, at: number): number {
    let then = at
    for (const { whom, from, until, faster } of this.#all) {
      if ((whom === null || whom === who) && from <= then && then < until)
        then = until + Math.round((then - from) / faster)
    }
    return then
  }
}
