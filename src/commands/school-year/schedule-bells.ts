import { z } from 'zod'
import { schoolYearEvents } from '#events/school-year.ts'
import { SchoolYear } from '#values/school.ts'
import { defineCommand } from '../command.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { gradesNamed, learnersNamed, matterNamed } from './learners-named.ts'
import { schoolYearFold } from './state.ts'

const { shift, effectiveFrom, bells } = schoolYearEvents.BellsScheduled.data.shape
const ScheduleBells = z.strictObject({ year: SchoolYear, shift, effectiveFrom, ...learnersNamed, bells })

/**
 * Sets when the lessons of a shift begin and end from a date on, in place of the bells before (R-7A.6a): for grades, or
 * for classes, groups, streams and individual plans apart from their grades.
 */
export const scheduleBells = defineCommand({
  name: 'schedule-bells',
  path: 'years/:year',
  summary: 'Задать расписание звонков смены с указанной даты: для параллелей или отдельных классов и групп',
  operation: '17',
  input: ScheduleBells,
  fold: schoolYearFold,
  stream: ({ year }) => year,
  needs: ['roster'],
  concerns: ({ input, references: { roster } }) => matterNamed(input, roster),
  decide({ input, state, references: { roster } }) {
    const { year, ...schedule } = input
    if (state.year === null) return refuse('school-year-unknown', { year })
    const grades = gradesNamed(input, roster)
    if (isRefusal(grades)) return grades
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
    return [{ type: 'BellsScheduled', data: { ...schedule, grades } }]
  },
})
