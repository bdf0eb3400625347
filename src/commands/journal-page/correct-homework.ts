import { z } from 'zod'
import { HomeworkContent } from '#events/journal-page.ts'
import { isRefusal, refuse } from '../refusal.ts'
import {
  checkCorrection,
  correcting,
  lessonOf,
  mayWriteOnPage,
  onLesson,
  pageCommand,
  policyFor,
  whyOf,
} from './ground.ts'
import { homeworkFields, homeworkOf } from './homework-content.ts'

const CorrectHomework = z.strictObject({ ...onLesson, ...correcting, ...homeworkFields })

/** Corrects homework, or sets it where it had been declined: the whole content in its new form (R-F19). */
export const correctHomework = pageCommand({
  name: 'correct-homework',
  summary: 'Исправить домашнее задание',
  operation: '7a',
  input: CorrectHomework,
  may: mayWriteOnPage,
  decide(given) {
    const { input } = given
    const lesson = lessonOf(given)
    if (isRefusal(lesson)) return lesson
    if (lesson.homework === null) return refuse('homework-unknown', { lesson: input.lesson })
    const policy = policyFor(given, lesson.date)
    if (isRefusal(policy)) return policy
    const unfounded = checkCorrection(given, lesson.homework, lesson.homework.content, policy)
    if (unfounded !== null) return unfounded
    const homework = homeworkOf(given, lesson)
    if (isRefusal(homework)) return homework
    const previous = lesson.homework.content === null ? null : HomeworkContent.parse(lesson.homework.content)
    if (JSON.stringify(homework) === JSON.stringify(previous)) return refuse('same-value', { homework })
    return [
      { type: 'HomeworkCorrected', data: { lesson: input.lesson, previous, homework, ...whyOf(input) } },
    ]
  },
})
