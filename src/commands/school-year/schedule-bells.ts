import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { refuse } from '../refusal.ts'
import { schoolYearFold } from './state.ts'

const ScheduleBells = z.strictObject({ year: SchoolYear, ...schoolYearEvents.BellsScheduled.data.shape })

/** Sets when the lessons of a shift begin and end from a date on, in place of the bells before (R-7A.6a). */
export const scheduleBells = defineCommand({
  name: 'schedule-bells',
  path: 'years/:year',
  summary: 'Задать расписание звонков смены с указанной даты',
  operation: '17',
  input: ScheduleBells,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: [],
  concerns: ({ input }) => ({ grades: input.grades, subject: null }),
  decide({ input, state }) {
    const { year, ...schedule } = input
    if (state.year === null) return refuse('school-year-unknown', { year })
    const { effectiveFrom, bells } = schedule
    if (effectiveFrom < state.year.from || state.year.until < effectiveFrom) {
      return refuse('date-outside-year', { date: effectiveFrom, year })
    }
    const inOrder = bells.toSorted((a, b) => a.number - b.number)
    for (const [i, { number, from, until }] of inOrder.entries()) {
      if (until <= from) return refuse('bounds-reversed', { number, from, until })
      const previous = inOrder[i - 1]
      // Lessons come in the order of their numbers, and none begins before the one before it has ended.
      if (previous !== undefined && (previous.number === number || from < previous.until)) {
        return refuse('bells-overlap', { numbers: [previous.number, number] })
      }
    }
    return [{ type: 'BellsScheduled', data: schedule }]
  },
})
