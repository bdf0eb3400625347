import { describe, expect, it } from 'vitest'
import { hireStaff } from '#commands/roster/hire-staff.ts'
import { given } from '#support/spec.ts'
import { actor, deputy, id, MATHEMATICIAN, school } from '#support/class-7a.ts'

const name = { family: 'Петрова', given: 'Анна' }
const now = '2026-08-25T03:00:00.000Z'

describe('hire-staff', () => {
  it('enters a member of staff, without the name', () => {
    const staff = id('staff/physicist')
    const events = given(school)
      .when(hireStaff, { staff, name, from: '2026-09-01' }, { as: deputy, now })
      .records('StaffHired')
    expect(events[0]!.data).toEqual({ staff, from: '2026-09-01' })
  })

  it('lets the operator enter the first one of a new school, and makes an id', () => {
    given()
      .when(hireStaff, { name, from: '2026-09-01' }, { as: actor('operator', id('operator')), now })
      .records({ type: 'StaffHired', data: { staff: expect.stringMatching(/^[0-9a-f-]{36}$/) } })
  })

  it('refuses an id that another member of staff has', () => {
    given(school)
      .when(hireStaff, { staff: MATHEMATICIAN, name, from: '2026-09-01' }, { as: deputy, now })
      .refuses('staff-exists', { staff: MATHEMATICIAN })
  })
})
