import { z } from 'zod'
import { lessonId } from '#values/school.ts'
import { label, note } from '#values/text.ts'
import { LocalDate } from '#values/time.ts'
import { isRefusal, refuse } from '../refusal.ts'
import {
  byOrder,
  classesFree,
  giversFree,
  named,
  notRecorded,
  onPlace,
  planCommand,
  plannedLesson,
  schoolDayOf,
} from './planned.ts'
import { combinationOf } from './state.ts'

const TransferLesson = z.strictObject({
  ...onPlace,
  ...byOrder,
  to: z.strictObject({
    date: LocalDate,
    number: onPlace.number,
    room: label(20).nullable().optional().describe('По умолчанию — прежний кабинет'),
  }),
  reason: note().nullable().default(null),
})

/**
 * Moves a lesson to another date or number (перенос, R-2.10, R-7A.6d). A substitution belongs to the place of a lesson:
 * at the new one the lesson is given by its teachers, until another is ordered.
 */
export const transferLesson = planCommand({
  name: 'transfer-lesson',
  summary: 'Перенести урок на другой день или другой номер',
  input: TransferLesson,
  places: ({ journal, date, number, to }) => [
    { journal, date, number },
    { journal, ...to },
  ],
  decide(given) {
    const { input, state } = given
    const { journal, date, number, order, reason } = input
    const lesson = plannedLesson(given, input)
    if (isRefusal(lesson)) return lesson
    const to = { journal, date: input.to.date, number: input.to.number }
    if (to.date === date && to.number === number) return refuse('same-value', { to: input.to })
    const combination = combinationOf(state, journal, date, number)
    if (combination !== undefined) return refuse('lessons-combined', { ...combination })
    const refused =
      notRecorded(given, input) ??
      schoolDayOf(given, to) ??
      notRecorded(given, to) ??
      classesFree(given, to) ??
      giversFree(given, to)
    if (refused !== null) return refused
    const room = input.to.room === undefined ? lesson.room : input.to.room
    const target = { lesson: lessonId(journal, to.date, to.number), date: to.date, number: to.number, room }
    return [{ type: 'LessonTransferred', data: { ...named(given, input), to: target, reason, order } }]
  },
})
