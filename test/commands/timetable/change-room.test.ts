import { describe, it } from 'vitest'
import { changeRoom } from '#commands/timetable/change-room.ts'
import { given } from '#support/spec.ts'
import { ALGEBRA, deputy, past, school, YEAR } from '#support/class-7a.ts'

const now = '2026-11-06T03:00:00.000Z'
const as = deputy
const room = { year: YEAR, journal: ALGEBRA, date: '2026-11-09', number: 3, room: '305' } as const

describe('change-room', () => {
  it('records the room before and after', () => {
    const changed = given(school)
      .when(changeRoom, room, { as, now })
      .records({ type: 'RoomChanged', data: { previous: '214', room: '305' } })
      .map((event) => past('timetable', YEAR, event))
    given(school, changed)
      .when(changeRoom, { ...room, room: null }, { as, now })
      .records({ type: 'RoomChanged', data: { previous: '305', room: null } })
    given(school, changed).when(changeRoom, room, { as, now }).refuses('same-value')
  })

  it('refuses a lesson that is not in the timetable', () => {
    given(school)
      .when(changeRoom, { ...room, number: 1 }, { as, now })
      .refuses('lesson-not-in-timetable')
  })
})
