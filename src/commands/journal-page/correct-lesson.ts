import { z } from 'zod'
import { type JournalPageEvent, Material, Topic } from '#events/journal-page.ts'
import { KindId } from '#values/policy.ts'
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

const CorrectLesson = z.strictObject({
  ...onLesson,
  ...correcting,
  topic: Topic.optional(),
  material: Material.nullable().optional(),
  type: KindId.optional(),
})

/** Corrects topic, material or type of a recorded lesson; each field is a correction of its own (R-F12, R-F19). */
export const correctLesson = pageCommand({
  name: 'correct-lesson',
  summary: 'Исправить тему, материал или тип урока',
  operation: '1b',
  input: CorrectLesson,
  may: mayWriteOnPage,
  decide(given) {
    const { input } = given
    const found = lessonAndPolicy(given)
    if (isRefusal(found)) return found
    const { lesson, policy } = found
    const { topic, material, type } = lesson
    const unfounded = checkCorrection(given, lesson, { topic, material, type }, policy)
    if (unfounded !== null) return unfounded
    if (input.type !== undefined && !policy.lessonTypes.some((known) => known.type === input.type)) {
      return refuse('lesson-type-unknown', { type: input.type, types: policy.lessonTypes })
    }
    const why = { lesson: input.lesson, ...whyOf(input) }
    const corrections: JournalPageEvent[] = []
    if (input.topic !== undefined && input.topic !== topic) {
      corrections.push({
        type: 'LessonCorrected',
        data: { ...why, field: 'topic', previous: topic, value: input.topic },
      })
    }
    if (input.material !== undefined && input.material !== material) {
      const data = { ...why, field: 'material', previous: material, value: input.material } as const
      corrections.push({ type: 'LessonCorrected', data })
    }
    if (input.type !== undefined && input.type !== type) {
      const data = { ...why, field: 'type', previous: type as KindId, value: input.type } as const
      corrections.push({ type: 'LessonCorrected', data })
    }
    return corrections.length === 0 ? refuse('same-value', { topic, material, type }) : corrections
  },
})
