import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { schoolYearFold } from './state.ts'

const PlanHolidays = z.strictObject({ year: SchoolYear, ...schoolYearEvents.HolidaysPlanned.data.shape })

/** Adds days of rest to the year, for the whole school or for some grades. */
export const planHolidays = defineCommand({
  name: 'plan-holidays',
  path: 'years/:year',
  summary: 'Добавить каникулы и праздничные дни',
  operation: '17',
  input: PlanHolidays,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: [],
  decide({ input, state }) {
    const { year, holidays } = input
    if (state.year === null) return refuse('school-year-unknown', { year })
    const { from: first, until: last } = state.year
    for (const { name, from, until } of holidays) {
      if (until < from) return refuse('bounds-reversed', { name, from, until })
      if (from < first || last < until)
        return refuse('holidays-outside-year', { name, from: first, until: last })
    }
    return [{ type: 'HolidaysPlanned', data: { holidays } }]
  },
})
