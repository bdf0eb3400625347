import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { learningOfUnit } from '../roster/state.ts'
import { gradesOrSchool, learnersOrSchool } from './learners-named.ts'
import { isSchoolDay, schoolYearFold } from './state.ts'

const { date } = schoolYearEvents.SchoolDayAdded.data.shape
const AddSchoolDay = z.strictObject({ year: SchoolYear, date, ...learnersOrSchool })

/**
 * Adds a day with school, such as a Saturday in the place of a day off. Its lessons are those that the timetable has on
 * that day of the week, and those that are transferred to it. Said of classes or groups, it goes before the rest of their grades.
 */
export const addSchoolDay = defineCommand({
  name: 'add-school-day',
  path: 'years/:year',
  summary: 'Сделать день учебным: рабочая суббота, отработка выходного',
  operation: '17',
  input: AddSchoolDay,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: ['roster'],
  concerns({ input, references: { roster } }) {
    const grades = gradesOrSchool(input, roster)
    return grades === null || isRefusal(grades) ? null : { grades, subject: null }
  },
  decide({ input, state, references: { roster } }) {
    const { year, date, units } = input
    if (state.year === null) return refuse('school-year-unknown', { year })
    if (date < state.year.from || state.year.until < date) return refuse('date-outside-year', { date, year })
    const grades = gradesOrSchool(input, roster)
    if (isRefusal(grades)) return grades
    const known =
      units.length > 0
        ? units.every((unit) => isSchoolDay(state, date, learningOfUnit(roster, unit)))
        : state.schoolDays.some(
            (one) =>
              one.date === date &&
              one.units.length === 0 &&
              (one.grades === null || (grades?.every((grade) => one.grades!.includes(grade)) ?? false)),
          )
    return known ? [] : [{ type: 'SchoolDayAdded', data: { date, grades, units } }]
  },
})
