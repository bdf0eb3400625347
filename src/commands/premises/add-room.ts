import { z } from 'zod'
import { premisesEvents } from '#events/premises.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { premisesFold } from './state.ts'

const { room, purpose, seats } = premisesEvents.RoomAdded.data.shape
const AddRoom = z.strictObject({ room, purpose: purpose.default(null), seats: seats.default(null) })

/** Adds a room to those of the school; one that was closed is opened again by it. */
export const addRoom = defineCommand({
  name: 'add-room',
  path: 'premises',
  summary: 'Добавить кабинет',
  operation: '17e',
  input: AddRoom,
  fold: premisesFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state }) {
    if (state.rooms.get(input.room)?.until === null) return refuse('room-exists', { room: input.room })
    return [{ type: 'RoomAdded', data: input }]
  },
})
