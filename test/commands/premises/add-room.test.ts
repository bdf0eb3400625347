import { describe, expect, it } from 'vitest'
import { addRoom } from '#commands/premises/add-room.ts'
import { given, malformed } from '#support/spec.ts'
import { date, deputy, past } from '#support/class-7a.ts'

const as = deputy
const now = '2026-08-25T03:00:00.000Z'
const added = past('premises', 'main', {
  type: 'RoomAdded',
  data: { room: '214', purpose: null, seats: null },
})
const closed = past('premises', 'main', {
  type: 'RoomClosed',
  data: { room: '214', from: date('2026-06-01') },
})

describe('add-room', () => {
  it('adds a room, with what it is for where that is named', () => {
    given()
      .when(addRoom, { room: '214' }, { as, now })
      .records({ type: 'RoomAdded', data: { room: '214', purpose: null, seats: null } })
    given()
      .when(addRoom, { room: '305', purpose: 'Кабинет физики', seats: 32 }, { as, now })
      .records({ type: 'RoomAdded', data: { room: '305', purpose: 'Кабинет физики', seats: 32 } })
  })

  it('refuses a room that is there, and opens one again that was closed', () => {
    given(added).when(addRoom, { room: '214' }, { as, now }).refuses('room-exists', { room: '214' })
    given(added, closed).when(addRoom, { room: '214' }, { as, now }).records('RoomAdded')
  })

  it('refuses by its shape a room without a sign, and one without seats', () => {
    expect(malformed(addRoom, { room: ' ' })).toEqual(['room'])
    expect(malformed(addRoom, { room: '214', seats: 0 })).toEqual(['seats'])
  })
})
