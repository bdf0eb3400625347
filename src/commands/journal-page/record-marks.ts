import { z } from 'zod'
import { KindId, Weight } from '#values/policy.ts'
import type { Uuid } from '#values/uuid.ts'
import { isRefusal } from '../refusal.ts'
import { columnOfMarks, MarksOfColumn } from './column-of-marks.ts'
import { checkMembers, lessonAndPolicy, mayWriteOnPage, onLesson, pageCommand } from './ground.ts'
import { workOfLesson } from './work-of-lesson.ts'

const RecordMarks = z.strictObject({
  ...onLesson,
  kind: KindId.describe('Вид работы из справочника школы'),
  weight: Weight.optional().describe('Вес работы; по умолчанию — из справочника видов работ'),
  marks: MarksOfColumn,
})

/**
 * Records a column of marks: one kind of work at one lesson, for as many pupils as have a mark (R-F13, R-2.6b).
 * The column is one append: all of its marks stand or none. A pupil has one mark for one kind of work at a lesson;
 * another mark needs another kind, another value a correction.
 */
export const recordMarks = pageCommand({
  name: 'record-marks',
  summary: 'Выставить отметки за один вид работы на уроке, столбцом',
  operation: '4',
  input: RecordMarks,
  also: ['testSchedule'],
  touches: ({ input }) => ({ pupils: input.marks.map(({ pupil }) => pupil), postponed: 'mark' }),
  may: mayWriteOnPage,
  decide(given) {
    const { input } = given
    const found = lessonAndPolicy(given)
    if (isRefusal(found)) return found
    const { lesson, policy } = found
    const stranger = checkMembers(
      given,
      lesson.date,
      input.marks.map(({ pupil }) => pupil),
    )
    if (stranger !== null) return stranger
    const column = workOfLesson(given, lesson, policy)
    if (isRefusal(column)) return column
    const { work, dueAt, held } = column
    const codeOf = (pupil: Uuid) => lesson.attendance?.codes.get(pupil)?.code ?? null
    const marks = columnOfMarks(
      given,
      { work, dueOf: () => dueAt, lesson: input.lesson, codeOf },
      policy,
      input.marks,
    )
    return isRefusal(marks) ? marks : [...held, ...marks]
  },
})
