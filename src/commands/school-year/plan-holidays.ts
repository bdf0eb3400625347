import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { gradesOrSchool, learnersOrSchool } from './learners-named.ts'
import { schoolYearFold } from './state.ts'

const { holidays } = schoolYearEvents.HolidaysPlanned.data.shape
const PlanHolidays = z.strictObject({
  year: SchoolYear,
  holidays: z.array(holidays.element.extend(learnersOrSchool)).min(1).max(60),
})

/**
 * Adds days of rest to the year: for the whole school, for some grades (the break of grade 1), or for classes and groups
 * that rest apart from their grades.
 */
export const planHolidays = defineCommand({
  name: 'plan-holidays',
  path: 'years/:year',
  summary: 'Добавить каникулы и праздничные дни: для всей школы, параллелей или отдельных классов и групп',
  operation: '17',
  input: PlanHolidays,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: ['roster'],
  concerns({ input: { year, holidays }, references: { roster } }) {
    return holidays.flatMap((rest) => {
      const grades = gradesOrSchool({ year, ...rest }, roster)
      return grades === null || isRefusal(grades) ? [] : [{ grades, subject: null }]
    })
  },
  decide({ input: { year, holidays }, state, references: { roster } }) {
    if (state.year === null) return refuse('school-year-unknown', { year })
    const { from: first, until: last } = state.year
    const planned = []
    for (const rest of holidays) {
      const { name, from, until } = rest
      if (until < from) return refuse('bounds-reversed', { name, from, until })
      if (from < first || last < until)
        return refuse('holidays-outside-year', { name, from: first, until: last })
      const grades = gradesOrSchool({ year, ...rest }, roster)
      if (isRefusal(grades)) return grades
      planned.push({ ...rest, grades })
    }
    return [{ type: 'HolidaysPlanned', data: { holidays: planned } }]
  },
})
