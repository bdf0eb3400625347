import { addDays } from '#values/time.ts'
import { minutesOf } from './calendar.ts'
import { type HeldLesson, yearOf } from './departures.ts'
import type { School } from './school.ts'
import type { Timeliness } from './timeliness.ts'

/** When the first of them is entered from paper: before the lessons of the next day; and the next ones after it. */
const [ENTERED, APART] = [7 * 60 + 40, 0.7]
/** The bounds of the outage, in minutes after midnight. */
const [FROM, UNTIL] = [14 * 60, 14 * 60 + 12]

/**
 * Episode 8 of DOMAIN.md G.9: the lessons that are given while the journal is down are noted on paper, and when each is
 * entered from it.
 */
export function papersOf(school: School, timeliness: Timeliness): ReadonlyMap<HeldLesson, number> {
  const { outage, calendar } = school
  const meanwhile = yearOf(school).lessons.filter((lesson) => {
    if (lesson.date !== outage) return false
    const bells = calendar.bells.find(({ grades }) => grades.includes(lesson.journal.class.grade))?.bells
    const bell = bells?.find(({ number }) => number === lesson.number)
    return bell !== undefined && minutesOf(bell.from) < UNTIL && FROM < minutesOf(bell.until)
  })
  const next = addDays(outage, 1)
  return new Map(meanwhile.map((lesson, i) => [lesson, timeliness.at(next, ENTERED + APART * i)]))
}
