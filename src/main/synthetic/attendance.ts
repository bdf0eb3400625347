import { addDays, type LocalDate } from '#values/time.ts'
import type { Draws } from './draws.ts'
import type { Pupil } from './people.ts'
import type { School } from './school.ts'

export const UNKNOWN = 'Н'
export const ILL = 'Н/б'
export const EXCUSED = 'Н/у'
export const TRUANT = 'Н/п'
export const LATE = 'Опз'

/** Why somebody is away: one illness, one family day, one lesson missed. */
export interface Absence {
  readonly code: string
  /** Known when the teacher takes attendance: the parents have called. */
  readonly announced: boolean
  /** When the document comes by which «Н» is coded anew: a date and seconds after its midnight; null is never. */
  readonly document: { readonly date: LocalDate; readonly second: number } | null
}

/** Where a lesson stands in the day of a class. */
export interface PlaceInDay {
  readonly date: LocalDate
  readonly number: number
  readonly last: number
  readonly path: string
}

/** The chance that an illness begins on a school day, by month (DOMAIN.md G.7). */
const FALLING_ILL: Readonly<Record<string, number>> = {
  '09': 0.006,
  '10': 0.01,
  '11': 0.01,
  '12': 0.016,
  '01': 0.012,
  '02': 0.016,
  '03': 0.012,
  '04': 0.007,
  '05': 0.007,
}
/** An illness lasts a day and then as long as it does: 4.5 school days more in the mean. */
const RECOVERY = 1 / 5.5
/** The paper of a doctor comes at the latest some days after so many school days. */
const BROUGHT = 2

/** Who is away and who is late, of all pupils in all lessons: the truth, whatever the journal will say of it. */
export class Attendance {
  readonly #school: School
  readonly #days = new Map<Pupil, ReadonlyMap<LocalDate, Absence>>()
  readonly #truants = new Map<Pupil, boolean>()

  constructor(school: School) {
    this.#school = school
    for (const { grade, pupils } of school.classes) {
      for (const pupil of pupils) {
        this.#days.set(pupil, this.#healthOf(pupil, school.calendar.daysOf(grade)))
        this.#truants.set(pupil, school.drawsAt(`${pupil.path}/truant`).chance(0.08))
      }
    }
  }

  /** The absence of a pupil, or that the pupil came late, or null: was there in time. */
  at(pupil: Pupil, { date, number, last, path }: PlaceInDay): Absence | typeof LATE | null {
    const away = this.#days.get(pupil)?.get(date)
    if (away !== undefined) return away
    const draws = this.#school.drawsAt(`${path}/attendance/${pupil.path}`)
    const atEdge = number === 1 || number === last
    // 0.6% of all lessons, missed by a twelfth of the pupils, mostly at the edges of the day.
    if (this.#truants.get(pupil) === true && draws.chance(atEdge ? 0.18 : 0.022)) {
      return absence(TRUANT, date, draws)
    }
    // 0.4% of all lessons, 70% of them the first.
    return draws.chance(number === 1 ? 0.0176 : 0.0014) ? LATE : null
  }

  #healthOf(pupil: Pupil, days: readonly LocalDate[]): ReadonlyMap<LocalDate, Absence> {
    const away = new Map<LocalDate, Absence>()
    let illUntil = -1
    for (const [i, date] of days.entries()) {
      if (i <= illUntil) continue
      const draws = this.#school.drawsAt(`${pupil.path}/day/${date}`)
      if (draws.chance(FALLING_ILL[date.slice(5, 7)] ?? 0)) {
        illUntil = i + draws.failures(RECOVERY)
        // The paper is brought when it is over, or for a long one while it lasts.
        const illness = absence(ILL, days[Math.min(illUntil, i + BROUGHT, days.length - 1)]!, draws)
        for (const day of days.slice(i, illUntil + 1)) away.set(day, illness)
      } else if (draws.chance(0.011)) {
        away.set(date, absence(EXCUSED, date, draws))
      }
    }
    const { postponed } = this.#school
    if (pupil === postponed?.pupil) {
      for (const day of days) if (postponed.from <= day && day <= postponed.until) away.set(day, LONG_ILLNESS)
    }
    return away
  }
}

/** The parents have called, and there is no end to it before the holidays (DOMAIN.md G.9, episode 3). */
const LONG_ILLNESS: Absence = { code: ILL, announced: true, document: null }

function absence(code: string, date: LocalDate, draws: Draws): Absence {
  const announced = draws.chance(0.2)
  const comes = draws.chance(0.85)
  const document = { date: addDays(date, draws.between(1, 6)), second: draws.between(14 * 3600, 17 * 3600) }
  return { code, announced, document: comes ? document : null }
}
