import { z } from 'zod'
import { AbsenceCode, Document } from '#events/journal-page.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { attendanceCode, creditsAt, isAbsence, isExcused, markedAt } from './attendance-codes.ts'
import {
  checkCorrection,
  checkMembers,
  correcting,
  lessonOf,
  mayWriteOnPageOrLeads,
  onLesson,
  pageCommand,
  policyFor,
  whyOf,
} from './ground.ts'

const ChangeAbsenceCode = z.strictObject({
  ...onLesson,
  ...correcting,
  pupil: Uuid,
  document: Document.optional().describe('Документ о причине: номер, если есть, и дата'),
  code: AbsenceCode.nullable().describe('Новый код; null — был на уроке и не опоздал'),
})

/**
 * Changes what attendance says of one pupil: a reason learnt by a document, or a mistake. The teacher and the deputy
 * may change anything; the class teacher only the reason of an absence that the teacher recorded (DOMAIN.md B.2, row 3).
 */
export const changeAbsenceCode = pageCommand({
  name: 'change-absence-code',
  summary: 'Изменить код отсутствия: причина стала известна или отметка ошибочна',
  operation: '3',
  input: ChangeAbsenceCode,
  touches: ({ input }) => ({ pupils: [input.pupil], postponed: null }),
  may: mayWriteOnPageOrLeads,
  decide(given) {
    const { input, state, actor } = given
    const { pupil, code } = input
    const lesson = lessonOf(given)
    if (isRefusal(lesson)) return lesson
    if (lesson.attendance === null) return refuse('attendance-not-taken', { lesson: input.lesson })
    const policy = policyFor(given, lesson.date)
    if (isRefusal(policy)) return policy
    const stranger = checkMembers(given, lesson.date, [pupil])
    if (stranger !== null) return stranger

    const standing = lesson.attendance.codes.get(pupil) ?? { ...lesson.attendance, code: null }
    const unfounded = checkCorrection(given, standing, standing.code, policy)
    if (unfounded !== null) return unfounded
    if (standing.code === code) return refuse('same-value', { code })
    const known = code === null ? null : attendanceCode(policy, code)
    if (isRefusal(known)) return known
    if (actor.role === 'class-teacher' && !(isAbsence(policy, standing.code) && isAbsence(policy, code))) {
      return refuse('reason-only', { previous: standing.code, code })
    }
    // What was credited was missed for a valid reason; where that is not so, the credit is withdrawn first (R-2.5c).
    const credits = creditsAt(state, input.lesson, pupil)
    if (credits.length > 0 && !isExcused(policy, code))
      return refuse('absence-credited', { code, entries: credits })
    if (isAbsence(policy, code)) {
      const marked = markedAt(state, policy, input.lesson, [pupil])
      if (marked.length > 0) return refuse('mark-on-absent', { pupils: marked })
    }
    return [
      {
        type: 'AbsenceCodeCorrected',
        data: {
          lesson: input.lesson,
          pupil,
          previous: standing.code,
          code,
          document: input.document ?? null,
          ...whyOf(input),
        },
      },
    ]
  },
})
