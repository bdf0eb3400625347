import { z } from 'zod'
import { isRefusal, refuse } from '../refusal.ts'
import { homeworkDue, lessonOf, mayWriteOnPage, onLesson, pageCommand, policyFor } from './ground.ts'
import { homeworkFields, homeworkOf } from './homework-content.ts'

const SetHomework = z.strictObject({ ...onLesson, ...homeworkFields })

/** Sets the homework of a lesson, due within the school's minutes after the classes of that day (R-2.7a, R-2.7b). */
export const setHomework = pageCommand({
  name: 'set-homework',
  summary: 'Задать домашнее задание',
  operation: '7',
  input: SetHomework,
  may: mayWriteOnPage,
  decide(given) {
    const lesson = lessonOf(given)
    if (isRefusal(lesson)) return lesson
    if (lesson.homework !== null) {
      const { version, content } = lesson.homework
      return refuse('homework-exists', { version, homework: content })
    }
    const policy = policyFor(given, lesson.date)
    if (isRefusal(policy)) return policy
    const homework = homeworkOf(given, lesson)
    if (isRefusal(homework)) return homework
    const dueAt = homeworkDue(given, lesson, policy)
    return [{ type: 'HomeworkSet', data: { lesson: given.input.lesson, homework, dueAt } }]
  },
})
