import { describe, it } from 'vitest'
import { setSupportHours } from '#commands/support/set-support-hours.ts'
import { given } from '#support/spec.ts'
import { administrator, school } from '#support/class-7a.ts'

const now = '2026-11-06T03:00:00.000Z'
const as = administrator
const hours = (...times: ReadonlyArray<readonly [number, string, string]>) => ({
  effectiveFrom: '2026-11-09',
  channel: '8 (3822) 00-00-00',
  hours: times.map(([weekday, from, until]) => ({ weekday, from, until })),
  answerMinutes: 240,
})

describe('set-support-hours', () => {
  it('R-7A.17b: states the hours by the clock of the school, from a date on', () => {
    const set = hours([1, '09:00', '13:00'], [1, '13:00', '17:00'], [2, '09:00', '17:00'])
    given(school).when(setSupportHours, set, { as, now }).records({ type: 'SupportHoursSet', data: set })
  })

  it('refuses a time that ends before it begins, and two of one day at once', () => {
    given(school)
      .when(setSupportHours, hours([1, '17:00', '09:00']), { as, now })
      .refuses('bounds-reversed', { weekday: 1 })
    given(school)
      .when(setSupportHours, hours([1, '09:00', '13:00'], [1, '12:59', '17:00']), { as, now })
      .refuses('support-hours-overlap', { weekday: 1, with: '09:00' })
  })
})
