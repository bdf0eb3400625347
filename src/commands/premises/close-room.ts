import { z } from 'zod'
import { premisesEvents } from '#events/premises.ts'
import { defineCommand } from '../command.ts'
import { WHOLE_SCHOOL } from '../references.ts'
import { refuse } from '../refusal.ts'
import { premisesFold } from './state.ts'

const CloseRoom = z.strictObject(premisesEvents.RoomClosed.data.shape)

/** Says from which day on a room cannot be used. */
export const closeRoom = defineCommand({
  name: 'close-room',
  path: 'premises',
  summary: 'Закрыть кабинет с указанного дня',
  operation: '17e',
  input: CloseRoom,
  fold: premisesFold,
  stream: () => WHOLE_SCHOOL,
  needs: [],
  decide({ input, state }) {
    if (state.rooms.get(input.room)?.until !== null) return refuse('room-unknown', { room: input.room })
    return [{ type: 'RoomClosed', data: input }]
  },
})
