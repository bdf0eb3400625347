import { z } from 'zod'
import { SchoolYear } from '#values/school.ts'
import { LocalDate, TimeZone, Weekday } from '#values/time.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { DEFAULT_ZONE, schoolYearFold } from './state.ts'

const OpenSchoolYear = z.strictObject({
  year: SchoolYear,
  from: LocalDate,
  until: LocalDate,
  zone: TimeZone.default(DEFAULT_ZONE),
  schoolDays: z
    .array(Weekday)
    .min(1)
    .max(7)
    .default([1, 2, 3, 4, 5])
    .describe('Учебные дни недели: 1 — понедельник'),
})

/** Opens a school year: its bounds, its clock and its school days (R-F3). */
export const openSchoolYear = defineCommand({
  name: 'open-school-year',
  path: 'years/:year',
  summary: 'Открыть учебный год: границы, часовой пояс, учебные дни недели',
  operation: '17a',
  input: OpenSchoolYear,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: [],
  decide({ input, state }) {
    const { year, from, until } = input
    if (state.year !== null) return refuse('school-year-exists', { year })
    if (until < from) return refuse('bounds-reversed', { from, until })
    if (!from.startsWith(`${year}-`)) return refuse('date-outside-year', { date: from, year })
    return [{ type: 'SchoolYearOpened', data: input }]
  },
})
