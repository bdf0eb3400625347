import { z } from 'zod'
import { CommentText } from '#events/journal-page.ts'
import { Uuid } from '#values/uuid.ts'
import { refuse } from '../refusal.ts'
import { correcting, mayWriteOnPage, onPage, pageCommand } from './ground.ts'

const CorrectComment = z.strictObject({
  ...onPage,
  comment: Uuid,
  expectedVersion: correcting.expectedVersion,
  text: CommentText,
})

/** Rewords a comment of one's own; the earlier wording stays in the record (R-F14). */
export const correctComment = pageCommand({
  name: 'correct-comment',
  summary: 'Изменить свой комментарий',
  operation: '7',
  input: CorrectComment,
  may: mayWriteOnPage,
  reads: ({ comment }, { comments }) => {
    const standing = comments.get(comment)
    return standing === undefined ? [] : [standing.text]
  },
  decide({ input, state, actor, text }) {
    const standing = state.comments.get(input.comment)
    if (standing === undefined) return refuse('comment-unknown', { comment: input.comment })
    if (standing.author !== actor.account) return refuse('comment-not-own', { comment: input.comment })
    const { version, lesson, on } = standing
    const previous = text(standing.text)
    if (previous === null) return refuse('text-erased', { comment: input.comment })
    if (input.expectedVersion !== version) {
      return refuse('stale-version', { expected: input.expectedVersion, actual: version, value: previous })
    }
    if (input.text === previous) return refuse('same-value', { text: previous })
    return [
      { type: 'CommentCorrected', data: { comment: input.comment, lesson, on, previous, text: input.text } },
    ]
  },
})
