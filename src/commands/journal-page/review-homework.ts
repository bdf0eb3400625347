import { z } from 'zod'
import { CommentText, HomeworkAspect, HomeworkVerdict } from '#events/journal-page.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { lessonOf, onLesson, pageCommand } from './ground.ts'

const ReviewHomework = z
  .strictObject({
    ...onLesson,
    expectedVersion: z.int().min(0).describe('Версия задания, которое прочитано'),
    verdict: HomeworkVerdict,
    aspects: z
      .array(HomeworkAspect)
      .max(3)
      .default([])
      .describe('В чём не соответствует: возраст, содержание, объём'),
    text: CommentText.optional().describe('Замечание'),
  })
  .refine(({ aspects }) => new Set(aspects).size === aspects.length, {
    error: 'названо дважды',
    path: ['aspects'],
  })
  .refine(({ verdict, aspects }) => (verdict === 'unsuitable') === aspects.length > 0, {
    error: 'называют, в чём задание не соответствует, и только тогда',
    path: ['aspects'],
  })
  .refine(({ verdict, text }) => verdict === 'suitable' || text !== undefined, {
    error: 'задание, которое не соответствует, требует замечания',
    path: ['text'],
  })

/**
 * Records what a reviewer finds of the homework of a lesson: whether it suits age, content and volume (R-7A.10g). The
 * service judges nothing by itself. A closed page bars nobody from reviewing it.
 */
export const reviewHomework = pageCommand({
  name: 'review-homework',
  summary: 'Дать заключение о домашнем задании: соответствует ли возрасту, содержанию, объёму',
  operation: '29b',
  input: ReviewHomework,
  passesLock: true,
  decide(given) {
    const { lesson: id, expectedVersion, verdict, aspects, text = null } = given.input
    const lesson = lessonOf(given)
    if (isRefusal(lesson)) return lesson
    const { homework } = lesson
    if (homework === null || homework.content === null) return refuse('homework-unknown', { lesson: id })
    if (homework.version !== expectedVersion)
      return refuse('stale-version', {
        expected: expectedVersion,
        actual: homework.version,
        value: homework.content,
      })
    const { version } = homework
    return [{ type: 'HomeworkReviewed', data: { lesson: id, version, verdict, aspects, text } }]
  },
})
