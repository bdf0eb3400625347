import { z } from 'zod'
import { note } from '#values/text.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { teachersOf } from '../teaching-load/state.ts'
import {
  atSchool,
  byOrder,
  named,
  onPlace,
  planCommand,
  plannedLesson,
  recordedAt,
  teacherFree,
} from './planned.ts'
import { combinationOf, substituteOf } from './state.ts'

const OrderSubstitution = z.strictObject({
  ...onPlace,
  ...byOrder,
  substitute: Uuid,
  reason: note().nullable().default(null),
})

/**
 * Orders that another teacher gives a lesson (замена, R-2.10). The substitute may write on that lesson and on no other.
 * A lesson that this very substitute has recorded already is confirmed by the order; one that somebody else
 * gave is not given anew.
 */
export const orderSubstitution = planCommand({
  name: 'order-substitution',
  summary: 'Назначить замену: урок проведёт другой учитель',
  input: OrderSubstitution,
  places: (input) => [input],
  decide(given) {
    const { input, state, references } = given
    const { journal, date, number, substitute, reason, order } = input
    const lesson = plannedLesson(given, input)
    if (isRefusal(lesson)) return lesson
    const absent = atSchool(given, substitute, date)
    if (absent !== null) return absent
    const teachers = teachersOf(references.teachingLoad, journal, date)
    if (teachers.includes(substitute)) return refuse('teacher-assigned', { journal, staff: substitute })
    const combination = combinationOf(state, journal, date, number)
    if (combination !== undefined) return refuse('lessons-combined', { ...combination })
    const recorded = recordedAt(given, input)
    if (recorded !== undefined && recorded.teacher !== substitute)
      return refuse('lesson-recorded', { journal, date, number, teacher: recorded.teacher })
    const previous = substituteOf(state, journal, date, number) ?? null
    if (previous === substitute) return refuse('same-value', { substitute })
    const busy = teacherFree(given, substitute, input, [journal])
    if (busy !== null) return busy
    const data = { ...named(given, input), teachers, substitute, previous, reason, order }
    return [{ type: 'SubstitutionOrdered', data }]
  },
})
