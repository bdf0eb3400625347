import { z } from 'zod'
import type { JournalPageEvent } from '#events/journal-page.ts'
import { CriterionScore, MarkValue } from '#values/grading.ts'
import { KindId, Weight } from '#values/policy.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { isAbsence, isEarned } from './attendance-codes.ts'
import {
  checkMembers,
  gradingUnder,
  lessonAndPolicy,
  mayWriteOnPage,
  onLesson,
  pageCommand,
} from './ground.ts'
import { isSaid, NOTHING_SAID, valueOf } from './mark-values.ts'
import { workOfLesson } from './work-of-lesson.ts'

const RecordMarks = z.strictObject({
  ...onLesson,
  kind: KindId.describe('Вид работы из справочника школы'),
  weight: Weight.optional().describe('Вес работы; по умолчанию — из справочника видов работ'),
  marks: z
    .array(
      z
        .strictObject({
          pupil: Uuid,
          value: MarkValue.optional(),
          criteria: z
            .array(CriterionScore)
            .min(1)
            .max(20)
            .optional()
            .describe('В критериальной системе: баллы по критериям, из которых выводится отметка'),
        })
        .refine(isSaid, NOTHING_SAID),
    )
    .min(1)
    .max(200),
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
    const { input, state, newId } = given
    const { marks } = input
    const found = lessonAndPolicy(given)
    if (isRefusal(found)) return found
    const { lesson, policy } = found
    const stranger = checkMembers(
      given,
      lesson.date,
      marks.map(({ pupil }) => pupil),
    )
    if (stranger !== null) return stranger
    const column = workOfLesson(given, lesson, policy)
    if (isRefusal(column)) return column
    const { work, dueAt } = column
    const events: JournalPageEvent[] = [...column.held]
    const grading = gradingUnder(policy, given)
    const standing = new Map(
      [...state.marks]
        .filter(([, mark]) => mark.work === work)
        .map(([entry, mark]) => [mark.pupil, { entry, ...mark }]),
    )
    for (const { pupil, ...said } of marks) {
      const meant = valueOf(grading, policy, said)
      if (isRefusal(meant)) return { ...meant, detail: { ...meant.detail, pupil } }
      const { value, criteria } = meant
      const mark = standing.get(pupil)
      if (mark !== undefined) {
        return refuse('mark-exists', { pupil, entry: mark.entry, value: mark.value, version: mark.version })
      }
      const absence = lesson.attendance?.codes.get(pupil)?.code ?? null
      if (isAbsence(policy, absence) && isEarned(policy, value))
        return refuse('mark-on-absent', { pupils: [pupil] })
      const entry = newId(`mark ${pupil}`)
      const data = { entry, work, lesson: input.lesson, pupil, value, criteria, dueAt }
      events.push({ type: 'MarkRecorded', data })
    }
    return events
  },
})
