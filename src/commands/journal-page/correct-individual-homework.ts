import { z } from 'zod'
import { HomeworkContent } from '#events/journal-page.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import {
  checkCorrection,
  correcting,
  lessonAndPolicy,
  mayWriteOnPage,
  onLesson,
  pageCommand,
  whyOf,
} from './ground.ts'
import { homeworkFields, homeworkOf } from './homework-content.ts'

const CorrectIndividualHomework = z.strictObject({
  ...onLesson,
  ...correcting,
  pupil: Uuid,
  homework: z.strictObject(homeworkFields).nullable().describe('null — снять'),
})

/** Corrects or takes back the homework of one pupil; what stood before stays in the record (R-F19). */
export const correctIndividualHomework = pageCommand({
  name: 'correct-individual-homework',
  summary: 'Исправить или снять задание обучающегося с указанием причины',
  operation: '7a',
  input: CorrectIndividualHomework,
  touches: ({ input: { pupil } }) => ({ pupils: [pupil], postponed: null }),
  may: mayWriteOnPage,
  decide(given) {
    const { input } = given
    const { pupil, lesson: id } = input
    const found = lessonAndPolicy(given)
    if (isRefusal(found)) return found
    const { lesson, policy } = found
    const standing = lesson.individual.get(pupil)
    if (standing === undefined) return refuse('homework-unknown', { lesson: id, pupil })
    const unfounded = checkCorrection(given, standing, standing.content, policy)
    if (unfounded !== null) return unfounded
    const homework = input.homework === null ? null : homeworkOf({ ...given, input: input.homework }, lesson)
    if (isRefusal(homework)) return homework
    const previous = HomeworkContent.parse(standing.content)
    if (JSON.stringify(homework) === JSON.stringify(previous)) return refuse('same-value', { homework })
    const data = { lesson: id, pupil, previous, homework, ...whyOf(input) }
    return [{ type: 'IndividualHomeworkCorrected', data }]
  },
})
