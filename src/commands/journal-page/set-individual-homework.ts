import { z } from 'zod'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import {
  checkMembers,
  homeworkDue,
  lessonAndPolicy,
  mayWriteOnPage,
  onLesson,
  pageCommand,
} from './ground.ts'
import { homeworkFields, homeworkOf } from './homework-content.ts'

const SetIndividualHomework = z.strictObject({
  ...onLesson,
  pupils: z.array(Uuid).min(1).max(200),
  ...homeworkFields,
})

/** Sets homework for some pupils alone, under the deadline of that of all; nobody else sees it (R-F1, R-2.7b). */
export const setIndividualHomework = pageCommand({
  name: 'set-individual-homework',
  summary: 'Задать домашнее задание отдельным обучающимся',
  operation: '7',
  input: SetIndividualHomework,
  touches: ({ input: { pupils } }) => ({ pupils, postponed: null }),
  may: mayWriteOnPage,
  decide(given) {
    const { pupils, lesson: id } = given.input
    const found = lessonAndPolicy(given)
    if (isRefusal(found)) return found
    const { lesson, policy } = found
    const stranger = checkMembers(given, lesson.date, pupils)
    if (stranger !== null) return stranger
    for (const pupil of pupils) {
      const standing = lesson.individual.get(pupil)
      if (standing !== undefined)
        return refuse('homework-exists', { pupil, version: standing.version, homework: standing.content })
    }
    const homework = homeworkOf(given, lesson)
    if (isRefusal(homework)) return homework
    const dueAt = homeworkDue(given, lesson, policy)
    return [{ type: 'IndividualHomeworkSet', data: { lesson: id, pupils, homework, dueAt } }]
  },
})
