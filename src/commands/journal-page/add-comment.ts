import { z } from 'zod'
import { CommentText } from '#events/journal-page.ts'
import { Uuid } from '#values/uuid.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { lessonOf, mayWriteOnPage, onLesson, pageCommand } from './ground.ts'
import { occasionOf } from './state.ts'

const AddComment = z.strictObject({
  ...onLesson,
  on: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('lesson') }),
    z.strictObject({ kind: z.literal('mark'), entry: Uuid }),
    z.strictObject({ kind: z.literal('homework') }),
  ]),
  text: CommentText,
})

/** Comments on a lesson, on one mark of it or on its homework; a comment on a mark is for that pupil alone (R-F14). */
export const addComment = pageCommand({
  name: 'add-comment',
  summary: 'Добавить комментарий к уроку, отметке или домашнему заданию',
  operation: '7',
  input: AddComment,
  may: mayWriteOnPage,
  decide(given) {
    const { input, state, newId } = given
    // A mark may be of an assessment, which is no lesson.
    const lesson = input.on.kind === 'mark' ? null : lessonOf(given)
    if (isRefusal(lesson)) return lesson
    if (input.on.kind === 'mark' && occasionOf(state, input.lesson) === undefined)
      return refuse('lesson-unknown', { lesson: input.lesson })
    const comment = { comment: newId('comment'), lesson: input.lesson, text: input.text }
    if (input.on.kind !== 'mark') {
      if (input.on.kind === 'homework' && lesson?.homework === null)
        return refuse('homework-unknown', { lesson: input.lesson })
      return [{ type: 'CommentMade', data: { ...comment, on: input.on } }]
    }
    const { entry } = input.on
    const mark = state.marks.get(entry)
    if (mark === undefined || mark.lesson !== input.lesson) return refuse('mark-unknown', { entry })
    return [{ type: 'CommentMade', data: { ...comment, on: { kind: 'mark', entry, pupil: mark.pupil } } }]
  },
})
