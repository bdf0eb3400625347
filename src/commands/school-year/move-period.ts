import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { pageId, SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { periodLock } from '../journal-page/period-lock.ts'
import type { JournalPageState } from '../journal-page/state.ts'
import { refuse } from '../refusal.ts'
import { gradesOf } from '../roster/state.ts'
import { keyOf, schoolYearFold } from './state.ts'

const { period, grades, from, until } = schoolYearEvents.PeriodMoved.data.shape
const MovePeriod = z.strictObject({ year: SchoolYear, period, grades, from, until })

/**
 * Moves the bounds of a study period for the grades for which it was planned (R-F3). A period that is closed in any
 * journal stays; so does one in which a lesson was held that would fall out of it, for a lesson belongs to the page on
 * which it stands.
 */
export const movePeriod = defineCommand({
  name: 'move-period',
  path: 'years/:year',
  summary: 'Перенести границы учебного периода',
  operation: '17',
  input: MovePeriod,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: ['roster', 'teachingLoad'],
  year: ({ year }) => year,
  pages: ({ period: moved, grades: of }, _state, { roster, teachingLoad }) =>
    [...teachingLoad.journals].flatMap(([journal, { learners }]) =>
      gradesOf(roster, learners).some((grade) => of.includes(grade)) ? [pageId(journal, moved)] : [],
    ),
  concerns: ({ input }) => ({ grades: input.grades, subject: null }),
  decide({ input, state, pages, now }) {
    const { year, ...moved } = input
    const bounds = state.year
    if (bounds === null) return refuse('school-year-unknown', { year })
    const key = keyOf(moved.grades)
    const own = state.periods.filter((known) => keyOf(known.grades) === key)
    const planned = own.find((known) => known.period === moved.period)
    if (planned === undefined) return refuse('period-unknown', { period: moved.period, grades: moved.grades })
    if (moved.until < moved.from) return refuse('bounds-reversed', { from: moved.from, until: moved.until })
    if (moved.from < bounds.from || bounds.until < moved.until)
      return refuse('period-outside-year', { period: moved.period, from: bounds.from, until: bounds.until })
    const other = own.find(
      (known) => known !== planned && known.from <= moved.until && moved.from <= known.until,
    )
    if (other !== undefined) return refuse('period-overlap', { period: moved.period, with: other.period })
    const { from: wasFrom, until: wasUntil } = planned
    if (moved.from === wasFrom && moved.until === wasUntil)
      return refuse('same-value', { from: wasFrom, until: wasUntil })
    for (const page of pages.values() as Iterable<Readonly<JournalPageState>>) {
      const locked = periodLock(page, null, now, moved.until)
      if (locked !== null) return { ...locked, detail: { ...locked.detail, journal: page.page?.journal } }
      const outside = [...page.lessons.values()].find(({ date }) => date < moved.from || moved.until < date)
      if (outside !== undefined) {
        return refuse('lesson-outside-period', { journal: page.page?.journal, date: outside.date })
      }
    }
    const data = { ...moved, grades: [...planned.grades], previous: { from: wasFrom, until: wasUntil } }
    return [{ type: 'PeriodMoved', data }]
  },
})
