import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { gradesNamed, learnersNamed, matterNamed } from './learners-named.ts'
import { schoolYearFold } from './state.ts'

const { effectiveFrom, schoolDays } = schoolYearEvents.SchoolWeekSet.data.shape
const SetSchoolWeek = z.strictObject({
  year: SchoolYear,
  effectiveFrom,
  ...learnersNamed,
  schoolDays: schoolDays.describe('Учебные дни недели: 1 — понедельник'),
})

/**
 * Sets the days of the week with school from a date on: for grades, or for classes and groups apart from their grades, so
 * that five and six days live side by side (R-F3).
 */
export const setSchoolWeek = defineCommand({
  name: 'set-school-week',
  path: 'years/:year',
  summary: 'Задать учебные дни недели с указанной даты: пяти- и шестидневка параллелей, классов и групп',
  operation: '17',
  input: SetSchoolWeek,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: ['roster'],
  concerns: ({ input, references: { roster } }) => matterNamed(input, roster),
  decide({ input, state, references: { roster } }) {
    const { year, effectiveFrom, units } = input
    if (state.year === null) return refuse('school-year-unknown', { year })
    const grades = gradesNamed(input, roster)
    if (isRefusal(grades)) return grades
    if (effectiveFrom < state.year.from || state.year.until < effectiveFrom)
      return refuse('date-outside-year', { date: effectiveFrom, year })
    const schoolDays = [...new Set(input.schoolDays)].toSorted((a, b) => a - b)
    return [{ type: 'SchoolWeekSet', data: { effectiveFrom, grades, units, schoolDays } }]
  },
})
