import { z } from 'zod'
import { HomeworkContent } from '#events/journal-page.ts'
import { isRefusal, refuse } from '../refusal.ts'
import {
  checkCorrection,
  checkReason,
  correcting,
  homeworkDue,
  lessonAndPolicy,
  mayWriteOnPage,
  onLesson,
  pageCommand,
  whyOf,
} from './ground.ts'

const DeclineHomework = z.strictObject({
  ...onLesson,
  ...correcting,
  expectedVersion: correcting.expectedVersion.optional().describe('Нужна, если задание уже было задано'),
})

/** Says that no homework is set («не задано»), which is not the same as an empty field (R-2.7a). */
export const declineHomework = pageCommand({
  name: 'decline-homework',
  summary: 'Указать, что домашнее задание не задано',
  operation: '7',
  input: DeclineHomework,
  may: mayWriteOnPage,
  decide(given) {
    const { input } = given
    const found = lessonAndPolicy(given)
    if (isRefusal(found)) return found
    const { lesson, policy } = found
    const standing = lesson.homework
    if (standing !== null && standing.content === null) return refuse('same-value', { homework: null })
    if (standing !== null) {
      const { version, content } = standing
      const { expectedVersion } = input
      // Taking back homework that was set is a correction like any other, of a version that was seen.
      if (expectedVersion === undefined) return refuse('homework-exists', { version, homework: content })
      const corrected = { ...given, input: { ...input, expectedVersion } }
      const unfounded = checkCorrection(corrected, standing, content, policy)
      if (unfounded !== null) return unfounded
    } else if (input.reason !== undefined) {
      const unknown = checkReason(input.reason, policy)
      if (unknown !== null) return unknown
    }
    const previous = standing === null ? null : HomeworkContent.nullable().parse(standing.content)
    const dueAt = homeworkDue(given, lesson, policy)
    return [{ type: 'HomeworkDeclined', data: { lesson: input.lesson, previous, dueAt, ...whyOf(input) } }]
  },
})
