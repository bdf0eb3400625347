import { z } from 'zod'
import { Absentee } from '#events/journal-page.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { attendanceCode, isAbsence, markedAt } from './attendance-codes.ts'
import {
  checkMembers,
  dueSameDay,
  lessonOf,
  mayWriteOnPage,
  onLesson,
  pageCommand,
  policyFor,
} from './ground.ts'

const TakeAttendance = z.strictObject({
  ...onLesson,
  absentees: z.array(Absentee).max(400).describe('Отсутствующие и опоздавшие; пустой список — все на уроке'),
})

/** Takes the attendance of a lesson: who was absent or late, and by which code; an empty list says nobody. */
export const takeAttendance = pageCommand({
  name: 'take-attendance',
  summary: 'Отметить присутствие на уроке: отсутствующие и опоздавшие, или никто',
  operation: '2',
  input: TakeAttendance,
  may: mayWriteOnPage,
  decide(given) {
    const { input, state } = given
    const lesson = lessonOf(given)
    if (isRefusal(lesson)) return lesson
    if (lesson.attendance !== null) return refuse('attendance-taken', { version: lesson.attendance.version })
    const policy = policyFor(given, lesson.date)
    if (isRefusal(policy)) return policy

    const pupils = input.absentees.map(({ pupil }) => pupil)
    const stranger = checkMembers(given, lesson.date, pupils)
    if (stranger !== null) return stranger
    for (const { code } of input.absentees) {
      const known = attendanceCode(policy, code)
      if (isRefusal(known)) return known
    }
    const absent = input.absentees.filter(({ code }) => isAbsence(policy, code)).map(({ pupil }) => pupil)
    const marked = markedAt(state, policy, input.lesson, absent)
    if (marked.length > 0) return refuse('mark-on-absent', { pupils: marked })

    const data = { lesson: input.lesson, absentees: input.absentees, dueAt: dueSameDay(given, lesson.date) }
    return [{ type: 'AttendanceTaken', data }]
  },
})
