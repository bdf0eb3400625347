import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { schoolYearFold } from './state.ts'

const PlanPeriods = z.strictObject({ year: SchoolYear, ...schoolYearEvents.PeriodsPlanned.data.shape })

/** Divides the year into study periods for some grades: each within the year, one after another (R-F3). */
export const planPeriods = defineCommand({
  name: 'plan-periods',
  path: 'years/:year',
  summary: 'Задать учебные периоды для параллелей: четверти, триместры, полугодия, модули',
  operation: '17',
  input: PlanPeriods,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: [],
  concerns: ({ input }) => ({ grades: input.grades, subject: null }),
  decide({ input, state }) {
    const { year, structure, grades, periods } = input
    if (state.year === null) return refuse('school-year-unknown', { year })
    const planned = grades.filter((grade) => state.periods.some((known) => known.grades.includes(grade)))
    if (planned.length > 0) return refuse('period-exists', { grades: planned })
    const { from: first, until: last } = state.year
    for (const [i, { period, from, until }] of periods.entries()) {
      const before = periods.slice(0, i)
      if (before.some((known) => known.period === period)) return refuse('period-exists', { period })
      if (until < from) return refuse('bounds-reversed', { period, from, until })
      if (from < first || last < until) {
        return refuse('period-outside-year', { period, from: first, until: last })
      }
      const previous = before.at(-1)
      if (previous !== undefined && from <= previous.until) {
        return refuse('period-overlap', { period, with: previous.period })
      }
    }
    return [{ type: 'PeriodsPlanned', data: { structure, grades, periods } }]
  },
})
