import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { isSchoolDay, schoolYearFold } from './state.ts'

const { date, grades } = schoolYearEvents.SchoolDayAdded.data.shape
const AddSchoolDay = z.strictObject({ year: SchoolYear, date, grades: grades.default(null) })

/**
 * Adds a day with school, such as a Saturday in the place of a day off. Its lessons are those that the timetable has on
 * that day of the week, and those that are transferred to it.
 */
export const addSchoolDay = defineCommand({
  name: 'add-school-day',
  path: 'years/:year',
  summary: 'Сделать день учебным: рабочая суббота, отработка выходного',
  operation: '17',
  input: AddSchoolDay,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: [],
  concerns: ({ input }) => (input.grades === null ? null : { grades: input.grades, subject: null }),
  decide({ input, state }) {
    const { year, ...day } = input
    if (state.year === null) return refuse('school-year-unknown', { year })
    if (day.date < state.year.from || state.year.until < day.date)
      return refuse('date-outside-year', { date: day.date, year })
    const known =
      day.grades === null
        ? state.schoolDays.some((one) => one.date === day.date && one.grades === null)
        : day.grades.every((grade) => isSchoolDay(state, day.date, [grade]))
    return known ? [] : [{ type: 'SchoolDayAdded', data: day }]
  },
})
