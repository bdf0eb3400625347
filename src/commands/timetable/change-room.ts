import { z } from 'zod'
import { label } from '#values/text.ts'
import { isRefusal, refuse } from '../refusal.ts'
import { named, onPlace, planCommand, plannedLesson } from './planned.ts'

const ChangeRoom = z.strictObject({ ...onPlace, room: label(20).nullable() })

/**
 * Changes the room of one lesson. Two classes may share a room, such as the gymnasium: a room that is taken is shown
 * among the conflicts of the timetable and is not refused.
 */
export const changeRoom = planCommand({
  name: 'change-room',
  summary: 'Сменить кабинет одного урока',
  input: ChangeRoom,
  places: (input) => [input],
  decide(given) {
    const { input } = given
    const lesson = plannedLesson(given, input)
    if (isRefusal(lesson)) return lesson
    if (lesson.room === input.room) return refuse('same-value', { room: input.room })
    return [
      { type: 'RoomChanged', data: { ...named(given, input), previous: lesson.room, room: input.room } },
    ]
  },
})
