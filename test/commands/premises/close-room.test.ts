import { describe, it } from 'vitest'
import { closeRoom } from '#commands/premises/close-room.ts'
import { given } from '#support/spec.ts'
import { deputy, past } from '#support/class-7a.ts'

const as = deputy
const now = '2026-08-25T03:00:00.000Z'
const added = past('premises', 'main', {
  type: 'RoomAdded',
  data: { room: '214', purpose: null, seats: null },
})
const closing = { room: '214', from: '2027-06-01' }

describe('close-room', () => {
  it('says from which day on the room is closed', () => {
    given(added)
      .when(closeRoom, closing, { as, now })
      .records({ type: 'RoomClosed', data: { room: '214', from: '2027-06-01' } })
  })

  it('refuses a room that is not there, or closed already', () => {
    given().when(closeRoom, closing, { as, now }).refuses('room-unknown')
    const closed = given(added).when(closeRoom, closing, { as, now }).records('RoomClosed')
    given(
      added,
      closed.map((event) => past('premises', 'main', event)),
    )
      .when(closeRoom, closing, { as, now })
      .refuses('room-unknown')
  })
})
